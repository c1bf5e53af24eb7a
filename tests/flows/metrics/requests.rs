//! Requests to the provider: which endpoint, and how long.

use oidc_login::{PushedAuthorizationRequests as Pushed, UserInfo, config::ClientConfigBuilder};
use oidc_login_tests::hostile::{Endpoint, HostileWorld};
use serde_json::json;

use super::{REQUESTS, meter::Meter};

/// What each is called stands in the provider's metadata.
#[tokio::test]
async fn every_endpoint_has_its_name() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let asks = |client: ClientConfigBuilder| {
        let client = client.userinfo(UserInfo::Always);
        client.pushed_authorization_requests(Pushed::Required)
    };
    let mut world = HostileWorld::with(asks, |relying_party| relying_party);
    world
        .provider
        .offer_userinfo(|claims| claims["name"] = json!("Alice"));
    world.provider.offer_pushed_requests();
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
    let requests = [
        "endpoint=discovery outcome=2xx: 0",
        "endpoint=jwks_uri outcome=2xx: 0",
        "endpoint=pushed_authorization_request_endpoint outcome=2xx: 0",
        "endpoint=token_endpoint outcome=2xx: 0",
        "endpoint=userinfo_endpoint outcome=2xx: 0",
    ];
    assert_eq!(meter.take(REQUESTS), requests);
}

/// A duration below zero would break the sums of whoever collects them.
#[tokio::test]
async fn a_clock_that_is_set_back_meanwhile_makes_no_time_pass() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    meter.take(REQUESTS);
    let mut gate = world.provider.hold(Endpoint::Token);
    let mut browser = world.browser.clone();
    let signing_in = tokio::spawn(async move { browser.open(callback.as_str()).await });
    gate.reached(1).await;
    world.clock.advance(-5);
    gate.open();
    assert_eq!(signing_in.await.expect("a page").text(), "secure alice");
    let token = "endpoint=token_endpoint outcome=2xx: 0".to_owned();
    assert!(meter.take(REQUESTS).contains(&token));
}
