//! What tests can do with the provider.

use http::StatusCode;
use oidc_login_dev_provider::{Bend, Endpoint, Hold, SigningAlgorithm, SigningKeys};

use crate::support::*;

#[tokio::test]
async fn requests_are_counted_per_endpoint() {
    let mut world = World::new();
    world.tokens("alice").await;
    world.get("/jwks").await;
    world.get("/jwks").await;
    world.post("/token", &form([])).await;
    let count = |endpoint| world.provider.control().requests(endpoint);
    assert_eq!(
        [
            count(Endpoint::Token),
            count(Endpoint::Jwks),
            count(Endpoint::Discovery),
            count(Endpoint::Authorization)
        ],
        [2, 2, 0, 1]
    );
}

#[tokio::test]
async fn replaced_keys_sign_and_are_published() {
    let mut world = World::new();
    let old = world.tokens("alice").await;
    let keys = SigningKeys::generate().unwrap();
    world.provider.control().replace_signing_keys(keys.clone());
    let new = world.refresh(&old["refresh_token"]).await.json();
    let kid = |token: &serde_json::Value| {
        jsonwebtoken::decode_header(token.as_str().unwrap())
            .unwrap()
            .kid
            .unwrap()
    };
    assert_eq!(kid(&new["id_token"]), keys.key_id(SigningAlgorithm::Rs256));
    let published = world.get("/jwks").await.body;
    assert!(
        published.contains(&kid(&new["id_token"])) && !published.contains(&kid(&old["id_token"]))
    );
    world
        .verified(
            &new["id_token"],
            jsonwebtoken::Algorithm::RS256,
            "flask-app",
        )
        .await;
}

#[tokio::test]
async fn a_gate_forces_the_order() {
    let mut world = World::new();
    let (first, second) = (
        world.tokens("alice").await,
        world.another_browser().tokens("bob").await,
    );
    let gate = world
        .provider
        .control()
        .hold(Endpoint::Token, Hold::Request);
    let refresh = |tokens: serde_json::Value| {
        let mut world = world.clone();
        tokio::spawn(async move { world.refresh(&tokens["refresh_token"]).await.status })
    };
    let first = refresh(first);
    gate.arrived(1).await;
    let second = refresh(second);
    gate.arrived(2).await;
    assert!(!first.is_finished() && !second.is_finished());
    gate.release(1);
    assert_eq!(first.await.unwrap(), StatusCode::OK);
    assert!(!second.is_finished());
    drop(gate);
    assert_eq!(second.await.unwrap(), StatusCode::OK);
}

#[tokio::test]
async fn an_answer_held_back_was_worked_for() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    let gate = world.provider.control().hold(Endpoint::Token, Hold::Answer);
    let held = {
        let (mut world, tokens) = (world.clone(), tokens.clone());
        tokio::spawn(async move { world.refresh(&tokens["refresh_token"]).await.status })
    };
    gate.arrived(1).await;
    held.abort();
    drop(gate);
    assert_eq!(
        world.refresh(&tokens["refresh_token"]).await.status,
        StatusCode::BAD_REQUEST,
        "it was rotated already"
    );
}

#[tokio::test]
async fn an_endpoint_in_trouble_does_nothing_until_it_recovers() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    let control = world.provider.control();
    control.fail(Endpoint::Token, StatusCode::SERVICE_UNAVAILABLE);
    for _ in 0..2 {
        let answer = world.refresh(&tokens["refresh_token"]).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(world.get("/jwks").await.status, StatusCode::OK);
    control.recover(Endpoint::Token);
    let answer = world.refresh(&tokens["refresh_token"]).await;
    assert_eq!(answer.status, StatusCode::OK, "it was not used up");
}

#[tokio::test]
async fn it_lies_about_one_thing_at_a_time() {
    const DISCOVERY: &str = "/.well-known/openid-configuration";
    let mut world = World::new();
    let control = world.provider.control();
    let honest = (
        world.get(DISCOVERY).await.body,
        world.get("/jwks").await.body,
    );
    control.bend(Bend::DiscoveryIssuer);
    assert_ne!(world.get(DISCOVERY).await.body, honest.0);
    assert_eq!(world.get("/jwks").await.body, honest.1);
    control.bend(Bend::KeysNone);
    assert_eq!(world.get(DISCOVERY).await.body, honest.0);
    assert_ne!(world.get("/jwks").await.body, honest.1);
    control.straighten();
    assert_eq!(world.get(DISCOVERY).await.body, honest.0);
    assert_eq!(world.get("/jwks").await.body, honest.1);
}
