//! What oidc-login costs: the variants of one small app that both programs of this crate measure.
//!
//! `operations` counts the instructions of one operation, or times it; `login_cpu` times a login beside
//! the check of its signature; `throughput` serves the variants side by side over sockets. All are described in `docs/performance.md`.

mod boxing;
mod counting;
mod least;
mod least_login;
mod plot;
mod processor_time;
mod rehearsed;
mod request;
pub mod side_by_side;
mod signature;
mod spread;
mod table;
mod told;
mod user;
mod variant;
mod world;

pub use boxing::BoxingLayer;
pub use counting::{Others, section_of_others, section_of_ours, time_of_ours};
pub use least_login::LeastLogin;
pub use plot::Plot;
pub use processor_time::ProcessorTime;
pub use rehearsed::Rehearsed;
pub use request::{AtCallback, as_served, get, new_session};
pub use signature::BareSignature;
pub use spread::Spread;
pub use table::Table;
pub use user::{CLAIMS_BYTES, Employee, alice};
pub use variant::Variant;
pub use world::{APP, Browser, ISSUER, OneClient, World};
