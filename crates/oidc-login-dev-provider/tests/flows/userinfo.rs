//! The userinfo endpoint.

use axum::body::Body;
use http::{Request, StatusCode, header};
use jsonwebtoken::Algorithm;
use oidc_login_dev_provider::{Client, SigningAlgorithm};
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn userinfo_by_header_and_by_form() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    let by_header = world.userinfo(&tokens["access_token"]).await;
    assert_eq!(by_header.json()["email"], json!("alice@example.com"));
    assert_eq!(by_header.header(header::CACHE_CONTROL), "no-store");
    let by_form = world
        .post(
            "/userinfo",
            &form([("access_token", tokens["access_token"].as_str().unwrap())]),
        )
        .await;
    assert_eq!(by_form.body, by_header.body);
}

#[tokio::test]
async fn only_living_access_tokens_count() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    for name in ["id_token", "refresh_token"] {
        let answer = world.userinfo(&tokens[name]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
        assert!(
            answer
                .header(header::WWW_AUTHENTICATE)
                .contains("invalid_token"),
            "{name}"
        );
    }
    let nothing = world
        .send(
            Request::get(format!("{ISSUER}/userinfo"))
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(
        (nothing.status, nothing.header(header::WWW_AUTHENTICATE)),
        (StatusCode::UNAUTHORIZED, "Bearer")
    );
    world.advance(300);
    assert_eq!(
        world.userinfo(&tokens["access_token"]).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_client_may_have_its_claims_here_only_and_signed() {
    let client = Client::public("elsewhere")
        .valid_redirect_uris([CALLBACK])
        .claims_in_userinfo_only()
        .userinfo_signed_response_alg(SigningAlgorithm::Es256);
    let mut world = World::with(|builder| builder.client(client));
    let tokens = world.tokens_of("elsewhere", "alice").await;
    let id_token = &tokens["id_token"];
    let id_token = world
        .verified(id_token, Algorithm::RS256, "elsewhere")
        .await;
    for missing in ["email", "preferred_username", "roles", "realm_access"] {
        assert!(id_token.get(missing).is_none(), "{missing}: {id_token}");
    }
    let answer = world.userinfo(&tokens["access_token"]).await;
    assert_eq!(answer.header(header::CONTENT_TYPE), "application/jwt");
    assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
    let mut said = json!(answer.body);
    said = world.verified(&said, Algorithm::ES256, "elsewhere").await;
    assert_eq!(said["sub"], id_token["sub"]);
    assert_eq!(said["email"], "alice@example.com");
}
