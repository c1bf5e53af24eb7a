//! What stands in the tokens.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use oidc_login_dev_provider::{Client, RefreshTokens, SigningAlgorithm, User};
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn a_sign_in_gives_tokens_that_others_verify() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"]),
        (&json!("Bearer"), &json!(300))
    );
    assert_eq!(tokens["scope"], "email openid profile roles");

    let id_token = world
        .verified(&tokens["id_token"], Algorithm::RS256, "flask-app")
        .await;
    let hash = digest::digest(
        &digest::SHA256,
        tokens["access_token"].as_str().unwrap().as_bytes(),
    );
    let expected = json!({
        "iss": ISSUER, "aud": "flask-app", "azp": "flask-app", "nonce": "the nonce",
        "iat": START, "exp": START + 300, "auth_time": START, "acr": "1", "amr": ["pwd"],
        "at_hash": URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]),
        "sub": id_token["sub"], "sid": id_token["sid"],
        "preferred_username": "alice", "name": "Alice Example", "given_name": "Alice", "family_name": "Example",
        "email": "alice@example.com", "email_verified": true,
        "roles": ["admin"], "realm_access": { "roles": ["admin"] },
    });
    assert_eq!(id_token, expected);
    assert!(id_token["sid"].is_string() && id_token["sub"].is_string());

    let access_token = world
        .verified(&tokens["access_token"], Algorithm::RS256, "flask-app")
        .await;
    let header = jsonwebtoken::decode_header(tokens["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    for (name, value) in [
        ("sub", id_token["sub"].clone()),
        ("client_id", json!("flask-app")),
        ("azp", json!("flask-app")),
        ("scope", tokens["scope"].clone()),
        ("sid", id_token["sid"].clone()),
        ("realm_access", json!({ "roles": ["admin"] })),
        ("exp", json!(START + 300)),
    ] {
        assert_eq!(access_token[name], value, "{name}");
    }
}

#[tokio::test]
async fn scopes_decide_what_a_client_learns() {
    let cases: [(&str, &[&str], &[&str]); 4] = [
        ("openid", &[], &[]),
        (
            "openid profile",
            &[],
            &["preferred_username", "name", "given_name", "family_name"],
        ),
        ("openid email unknown", &[], &["email", "email_verified"]),
        ("openid", &["roles"], &["roles", "realm_access"]),
    ];
    for (scope, default_scopes, expected) in cases {
        let client = Client::public("narrow")
            .valid_redirect_uris([CALLBACK])
            .default_scopes(default_scopes.iter().copied());
        let mut world = World::with(|builder| builder.client(client));
        let mut request = authorization();
        request.extend(form([("scope", scope), ("client_id", "narrow")]));
        let code = world.code(&request, "alice").await;
        let mut exchange = exchange(&code);
        exchange.extend(form([("client_id", "narrow")]));
        let tokens = world.post("/token", &exchange).await.json();
        let id_token = world
            .verified(&tokens["id_token"], Algorithm::RS256, "narrow")
            .await;
        let userinfo = world.userinfo(&tokens["access_token"]).await.json();
        for name in [
            "preferred_username",
            "name",
            "given_name",
            "family_name",
            "email",
            "email_verified",
            "roles",
            "realm_access",
        ] {
            assert_eq!(
                id_token.get(name).is_some(),
                expected.contains(&name),
                "{name} with {scope}"
            );
            assert_eq!(
                userinfo.get(name),
                id_token.get(name),
                "{name} with {scope}"
            );
        }
    }
}

#[tokio::test]
async fn a_client_may_have_its_roles_in_the_access_token_only() {
    let client = Client::public("elsewhere")
        .valid_redirect_uris([CALLBACK])
        .roles_in_access_token_only();
    let mut world = World::with(|builder| builder.client(client));
    let tokens = world.tokens_of("elsewhere", "alice").await;
    for (token, expected) in [("id_token", false), ("access_token", true)] {
        let claims = world
            .verified(&tokens[token], Algorithm::RS256, "elsewhere")
            .await;
        for name in ["roles", "realm_access"] {
            assert_eq!(claims.get(name).is_some(), expected, "{name} in {token}");
        }
    }
}

#[tokio::test]
async fn a_client_may_want_es256() {
    let client = Client::public("es")
        .valid_redirect_uris([CALLBACK])
        .id_token_signed_response_alg(SigningAlgorithm::Es256)
        .audience(["api", "other"]);
    let mut world = World::with(|builder| builder.client(client));
    let tokens = world.tokens_of("es", "bob").await;
    let id_token = world
        .verified(&tokens["id_token"], Algorithm::ES256, "es")
        .await;
    assert_eq!(
        (&id_token["preferred_username"], &id_token["roles"]),
        (&json!("bob"), &json!([]))
    );
    let access_token = world
        .verified(&tokens["access_token"], Algorithm::RS256, "api")
        .await;
    assert_eq!(access_token["aud"], json!(["api", "other"]));
}

#[tokio::test]
async fn own_users_have_their_own_claims() {
    let user = User::new("carol", "carol")
        .subject("42")
        .unverified_email("c@x.test")
        .claim("department", "press")
        .claim("name", "C.");
    let mut world = World::with(|builder| builder.user(user));
    let tokens = world.tokens("carol").await;
    let id_token = world
        .verified(&tokens["id_token"], Algorithm::RS256, "flask-app")
        .await;
    for (name, value) in [
        ("sub", json!("42")),
        ("email_verified", json!(false)),
        ("department", json!("press")),
        ("name", json!("C.")),
    ] {
        assert_eq!(id_token[name], value);
    }
}

#[tokio::test]
async fn who_gets_a_refresh_token() {
    use RefreshTokens::{Always, Never, OfflineAccess};
    let cases = [
        (Always, "openid", true),
        (OfflineAccess, "openid", false),
        (OfflineAccess, "openid offline_access", true),
        (Never, "openid offline_access", false),
    ];
    for (setting, scope, expected) in cases {
        let mut world = World::with(|builder| builder.refresh_tokens(setting));
        let mut request = authorization();
        request.insert("scope", scope.into());
        let code = world.code(&request, "alice").await;
        let tokens = world.post("/token", &exchange(&code)).await.json();
        assert_eq!(
            tokens.get("refresh_token").is_some(),
            expected,
            "{setting:?} {scope}"
        );
    }
}
