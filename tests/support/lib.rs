//! Support for the whole-flow tests: a browser with a cookie jar, a clock moved by hand, and an app
//! and a provider in one process; and a real browser and a real Keycloak.

pub mod browser;
pub mod clock;
pub mod keycloak;
pub mod log;
pub mod steps;
pub mod stores;
pub mod user_agent;
pub mod wire;
pub mod world;
