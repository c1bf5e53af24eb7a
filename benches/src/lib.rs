//! What oidc-login costs: the variants of one small app that both programs of this crate measure.
//!
//! `operations` counts the instructions of one operation, or times it; `throughput` serves the
//! variants side by side over sockets. Both are described in `docs/performance.md`.

mod boxing;
mod counting;
mod least;
mod plot;
pub mod side_by_side;
mod spread;
mod table;
mod told;
mod user;
mod variant;
mod world;

pub use boxing::BoxingLayer;
pub use counting::{Others, section_of_others, section_of_ours, time_of_ours};
pub use plot::Plot;
pub use spread::Spread;
pub use table::Table;
pub use user::{CLAIMS_BYTES, Employee, alice};
pub use variant::Variant;
pub use world::{APP, Browser, ISSUER, OneClient, World, get};
