//! What was seen at real providers and is within the specification: it simply works.

use oidc_login_tests::{
    hostile::{HostileWorld, Key},
    tokens::{LIFETIME, TokenWorld},
};
use serde_json::json;

#[tokio::test]
async fn a_subject_is_any_text() {
    for sub in [
        "1",
        "CgVhbGljZRIFbG9jYWw=",
        "auth0|5f7c8ec7",
        "a b\"\\%'<é>",
    ] {
        let mut world = TokenWorld::new();
        let provider = &world.world.provider;
        provider.bend_id_token(move |token| token.claims["sub"] = json!(sub));
        world.sign_in().await;
        let claims = world.get("/claims").await.json();
        assert_eq!(claims["sub"], sub);
        world.world.clock.advance(LIFETIME);
        assert_eq!(world.get("/token").await.status, 200, "refreshed: {sub}");
    }
}

/// RS512 was seen; metadata may list another one, or `none` beside it.
#[tokio::test]
async fn any_algorithm_of_ours_may_be_the_providers_default() {
    for (key, listed) in [
        (Key::rsa("first", 0), json!(["RS256"])),
        (Key::rs512("first", 0), json!(["RS512", "none"])),
        (Key::rs512("first", 0), json!(["RS256"])),
        (Key::new("first"), json!([])),
    ] {
        let mut world = HostileWorld::new();
        let algorithm = key.jwk()["alg"].clone();
        world.provider.rotate(key);
        let said = listed.clone();
        world.provider.bend_metadata(move |metadata| {
            metadata["id_token_signing_alg_values_supported"] = said.clone();
        });
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{algorithm}, {listed}");
    }
}

/// The end of an ID token says nothing about the session: ten seconds were seen.
#[tokio::test]
async fn an_id_token_may_end_long_before_the_session() {
    let mut world = TokenWorld::new();
    world.world.provider.bend_id_token(|token| {
        let issued_at = token.claims["iat"].as_i64().expect("a time");
        token.claims["exp"] = json!(issued_at + 10);
    });
    let first = world.sign_in().await;
    for _ in 0..3 {
        world.world.clock.advance(50 * 60);
        assert_eq!(world.world.greeting().await, "hello alice");
    }
    assert_ne!(
        world.text("/token").await,
        first,
        "a new one is checked when it comes"
    );
}

/// A refresh token that ends with its access token leads to the sign-in, not to an error.
#[tokio::test]
async fn a_refresh_token_may_end_with_its_access_token() {
    let mut world = TokenWorld::new();
    let first = world.sign_in().await;
    world.world.clock.advance(LIFETIME - 1);
    world.world.provider.revoke_refresh_tokens();
    world.world.clock.advance(1);
    let page = world.get("/token").await;
    assert_eq!(page.status, 401, "{}", page.text());
    assert_eq!(page.json()["error"], "not_signed_in");
    assert_ne!(world.sign_in().await, first);
}

/// Keys for encryption, of unknown types, without a name, and of the same name, beside the one that
/// signs.
#[tokio::test]
async fn a_key_set_may_hold_all_kinds_of_keys() {
    let with = |key: &Key, change: &[(&str, serde_json::Value)]| {
        let mut jwk = key.jwk();
        for (name, value) in change {
            jwk[name] = value.clone();
        }
        jwk
    };
    let mut world = HostileWorld::new();
    let (own, other) = (world.provider.signing_key(), Key::new("first"));
    let keys = [
        with(&other, &[("use", json!("enc")), ("alg", json!("ECDH-ES"))]),
        with(&other, &[("kid", json!(null))]),
        with(&other, &[]),
        json!({ "kty": "OKP", "crv": "Ed448", "x": "AAAA", "kid": "first" }),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA", "kid": "first" }),
        json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "first" }),
        json!({ "kty": "RSA", "n": "!", "e": "AQAB", "kid": "first" }),
        own.jwk(),
        own.jwk(),
    ];
    world.provider.publish(keys);
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");

    // Known by its name, and for encryption only: it signs nothing.
    let mut world = HostileWorld::new();
    let own = world.provider.signing_key();
    world
        .provider
        .publish([with(&own, &[("use", json!("enc"))])]);
    let callback = world.to_callback_again("alice", "/secure").await;
    let page = world.browser.get(callback.as_str()).await;
    let kind = oidc_login::LoginErrorKind::IdTokenKeyUnknown;
    oidc_login_tests::hostile::assert_refused(&page, kind, "a key for encryption");
}
