//! The refresh token profile.

use http::header;
use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{
    hostile::{Endpoint, IdToken},
    tokens::TokenWorld,
};
use serde_json::json;

use super::{as_is, behave, bend_id_token, client};

async fn signed_in() -> TokenWorld {
    let mut world = TokenWorld::with_client(client, as_is);
    behave(&world.world.provider);
    world.sign_in().await;
    world
}

/// The access tokens that userinfo was asked with.
fn used(world: &TokenWorld) -> Vec<String> {
    let seen = world.world.provider.seen().into_iter();
    let asked = seen.filter(|seen| seen.endpoint == Endpoint::UserInfo);
    let lines = asked.map(|seen| seen.headers[header::AUTHORIZATION].clone());
    lines
        .map(|line| line.to_str().expect("text").replace("Bearer ", ""))
        .collect()
}

/// `oidcc-client-test-refresh-token`.
#[tokio::test]
async fn userinfo_is_asked_with_the_new_token() {
    let mut world = signed_in().await;
    let before = world.text("/token").await;
    let after = world.text("/refresh").await;
    assert_ne!(before, after);
    assert_eq!(used(&world), [before, after]);
}

/// `oidcc-client-test-refresh-token-invalid-issuer` and `oidcc-client-test-refresh-token-invalid-sub`.
#[tokio::test]
async fn tokens_that_come_with_a_wrong_id_token_are_not_used() {
    type Bend = fn(&mut IdToken);
    let modules: [(&str, Kind, Bend); 2] = [
        ("-invalid-issuer", Kind::IdTokenIssuer, |token| {
            token.claims["iss"] = json!("http://localhost:5001/invalid");
        }),
        ("-invalid-sub", Kind::IdTokenSubject, |token| {
            token.claims["sub"] = json!("alice-id-invalid");
        }),
    ];
    for (module, kind, bend) in modules {
        let mut world = signed_in().await;
        let before = world.text("/token").await;
        bend_id_token(&world.world.provider, bend);
        assert_eq!(world.text("/refresh").await, kind.code(), "{module}");
        assert_eq!(world.text("/token").await, before, "{module}");
        assert_eq!(used(&world), [before], "{module}");
    }
}
