//! `/auth/jwks`: the public halves of the client's keys, for whoever asks.

use oidc_login::{ClientAuthentication, ClientKeys, ClientSecret, LoginErrorKind as Kind};
use oidc_login_tests::{
    hostile::{HostileWorld, assert_refused},
    world::APP,
};
use serde_json::json;

const SET: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/set.jwks.json");
const RSA: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/rsa.pkcs8.pem");

fn world(authentication: ClientAuthentication) -> HostileWorld {
    HostileWorld::with(
        |client| client.client("flask-app", authentication),
        |relying_party| relying_party,
    )
}

#[tokio::test]
async fn public_keys_are_for_everybody_and_private_ones_for_nobody() {
    for text in [SET, RSA] {
        let keys = ClientKeys::new(text);
        let mut world = world(ClientAuthentication::PrivateKeyJwt(keys));
        // Also for whoever is signed in it is the same answer, and no cookie's.
        for _ in 0..2 {
            let page = world.browser.get(&format!("{APP}/auth/jwks")).await;
            assert_eq!(page.status, 200);
            assert_eq!(page.header("content-type"), "application/json");
            assert_eq!(page.header("cache-control"), "public, max-age=300");
            assert_eq!(page.header("vary"), "");
            assert_eq!(page.header("x-content-type-options"), "nosniff");
            assert!(page.set_cookies().is_empty());
            let jwks = page.json();
            let keys = jwks["keys"].as_array().expect("keys");
            assert!(!keys.is_empty());
            for key in keys {
                for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                    assert!(key.get(private).is_none(), "{private}");
                }
                assert_eq!(key["use"], json!("sig"));
            }
            world.sign_in("alice", "/secure").await;
        }
    }
}

#[tokio::test]
async fn without_keys_there_is_no_such_endpoint() {
    for authentication in [
        ClientAuthentication::None,
        ClientAuthentication::ClientSecret(ClientSecret::new("s")),
    ] {
        let mut world = world(authentication);
        let page = world.browser.get(&format!("{APP}/auth/jwks")).await;
        assert_refused(&page, Kind::UnknownEndpoint, "no keys");
    }
}

#[tokio::test]
async fn it_is_only_read() {
    let keys = ClientKeys::new(RSA);
    let mut world = world(ClientAuthentication::PrivateKeyJwt(keys));
    let page = world.browser.post(&format!("{APP}/auth/jwks"), &[]).await;
    assert_refused(&page, Kind::MethodNotAllowed, "POST");
    assert_eq!(page.header("allow"), "GET");
}
