//! oidc-login and other login libraries for axum, side by side.
//!
//! Each serves the same handler to alice, who signed in at the same provider; `docs/performance.md`
//! describes the measurement.

mod axum_oidc_app;
mod axum_oidc_client_app;
mod axum_security_app;
mod peer;
mod stage;

use std::process::ExitCode;

use benches::side_by_side;

use peer::Peer;

fn main() -> ExitCode {
    side_by_side::run::<Peer>()
}
