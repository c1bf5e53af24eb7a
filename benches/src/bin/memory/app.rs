//! The app that crowds come to.

use axum::Router;
use oidc_login::{OidcLayer, RelyingParty};
use oidc_login_tests::{
    clock::HandClock,
    hostile::HostileProvider,
    world::{client, routes},
};

use crate::Failure;

/// An app at this provider, with the sessions in memory.
pub(crate) fn app(provider: &HostileProvider, clock: &HandClock) -> Result<Router, Failure> {
    let client = client(provider.clone()).build()?;
    let relying_party = RelyingParty::builder(client).clock(clock.clone()).build()?;
    Ok(routes().layer(OidcLayer::new(relying_party)))
}
