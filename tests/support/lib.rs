//! Support for the whole-flow tests.

pub mod browser;
pub mod keycloak;
