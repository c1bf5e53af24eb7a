//! The config profile: where everything is, and keys that change.

use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{
    hostile::{Endpoint, Key, assert_refused},
    world::APP,
};
use serde_json::json;

use super::{describe, rotate, world};

/// `oidcc-client-test-discovery-openid-config` and `oidcc-client-test-discovery-jwks-uri-keys`.
#[tokio::test]
async fn metadata_and_keys_are_fetched_and_used() {
    let mut world = world();
    assert_eq!(
        world.sign_in("alice", "/secure").await.text(),
        "secure alice"
    );
    for endpoint in [Endpoint::Discovery, Endpoint::Keys] {
        assert_eq!(world.provider.count(endpoint), 1, "{endpoint:?}");
    }
}

/// `oidcc-client-test-discovery-issuer-mismatch`: the browser must not be sent anywhere.
#[tokio::test]
async fn another_issuer_in_the_metadata_ends_the_login_before_it_begins() {
    let mut world = world();
    world.provider.bend_metadata(|metadata| {
        describe(metadata);
        metadata["issuer"] = json!("http://localhost:5001/INVALID");
    });
    for path in ["/secure", "/auth/login"] {
        let page = world.browser.open(&format!("{APP}{path}")).await;
        assert_refused(&page, Kind::DiscoveryInvalid, path);
    }
}

/// `oidcc-client-test-signing-key-rotation-just-before-signing` and
/// `oidcc-client-test-signing-key-rotation`.
#[tokio::test]
async fn keys_may_rotate_before_an_id_token_is_signed_and_between_two() {
    let mut world = world();
    let callback = world.to_callback("alice", "/secure").await;
    rotate(&world.provider, Key::rsa("rs256-2", 1));
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice", "before anybody knew a key");

    let callback = world.to_callback_again("alice", "/secure").await;
    rotate(&world.provider, Key::rsa("rs256-3", 0));
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice", "just before signing");
    assert_eq!(world.provider.count(Endpoint::Keys), 2);

    rotate(&world.provider, Key::rsa("rs256-4", 1));
    assert_eq!(
        world.sign_in("alice", "/secure").await.text(),
        "secure alice"
    );
    assert_eq!(world.provider.count(Endpoint::Keys), 3);
    assert_eq!(world.provider.count(Endpoint::UserInfo), 3);
}
