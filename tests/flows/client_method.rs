//! Which way of authentication is taken where it is left to the provider, and what is sent.

use std::collections::HashSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc_login::{ClientAuthentication, ClientKeys, ClientSecret};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, Seen, refuses},
    log::Log,
    steps::Gates,
    tokens::token_routes,
    world::ISSUER,
};
use serde_json::{Value, json};

const P256: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/p256.pkcs8.pem");
const LIST: &str = "token_endpoint_auth_methods_supported";

fn world(authentication: ClientAuthentication) -> HostileWorld {
    HostileWorld::with_routes(
        |client| client.client("flask-app", authentication),
        |relying_party, _| relying_party,
        token_routes(&Gates::default()),
    )
}

fn left_open() -> ClientAuthentication {
    ClientAuthentication::ClientSecret(ClientSecret::new("s3cret"))
}

/// The requests that name the client.
fn token_requests(world: &HostileWorld) -> Vec<Seen> {
    let mut seen = world.provider.seen();
    seen.retain(|seen| seen.endpoint == Endpoint::Token);
    seen
}

fn way(seen: &Seen) -> &'static str {
    let has = |name: &str| seen.form.contains_key(name);
    match (
        seen.headers.contains_key("authorization"),
        has("client_secret"),
        seen.form.get("client_assertion"),
    ) {
        (true, false, None) => "basic",
        (false, true, None) => "post",
        (false, false, None) => "none",
        (false, false, Some(assertion)) => match part(assertion, 0)["alg"].as_str() {
            Some("HS256") => "HS256",
            _ => "key",
        },
        _ => "several",
    }
}

fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).expect("a part");
    let part = URL_SAFE_NO_PAD.decode(part).expect("base64");
    serde_json::from_slice(&part).expect("JSON")
}

#[tokio::test]
async fn a_list_chooses_where_it_may_and_forbids_nothing() {
    let secret = || ClientSecret::new("s3cret");
    let keys = || ClientAuthentication::PrivateKeyJwt(ClientKeys::new(P256));
    for (name, authentication, list, expected) in [
        ("no list", left_open(), Value::Null, "basic"),
        ("post", left_open(), json!(["client_secret_post"]), "post"),
        (
            "both",
            left_open(),
            json!(["client_secret_post", "client_secret_basic"]),
            "basic",
        ),
        (
            "assertions only",
            left_open(),
            json!(["private_key_jwt", "client_secret_jwt"]),
            "HS256",
        ),
        (
            "keys only",
            left_open(),
            json!(["private_key_jwt"]),
            "basic",
        ),
        ("empty", left_open(), json!([]), "basic"),
        (
            "a public client, not listed",
            ClientAuthentication::None,
            json!(["client_secret_basic"]),
            "none",
        ),
        (
            "stated post",
            ClientAuthentication::ClientSecretPost(secret()),
            json!(["client_secret_basic"]),
            "post",
        ),
        (
            "stated basic",
            ClientAuthentication::ClientSecretBasic(secret()),
            json!(["client_secret_post"]),
            "basic",
        ),
        ("stated key", keys(), json!(["client_secret_post"]), "key"),
    ] {
        let mut world = world(authentication);
        world
            .provider
            .bend_metadata(move |metadata| metadata[LIST] = list.clone());
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{name}");
        assert_eq!(way(&token_requests(&world)[0]), expected, "{name}");
    }
}

#[tokio::test]
async fn the_log_says_once_what_was_chosen_and_why() {
    let (log, _guard) = Log::record();
    let mut world = world(left_open());
    for _ in 0..3 {
        world.sign_in("alice", "/secure").await;
    }
    let said = "client authentication method=\"client_secret_basic\"";
    assert_eq!(log.count("client authentication"), 1, "{}", log.text());
    assert_eq!(log.count(said), 1, "{}", log.text());
    assert!(log.text().contains("the provider lists no methods"));

    world
        .provider
        .bend_metadata(|metadata| metadata[LIST] = json!(["client_secret_post"]));
    world.clock.advance(3600);
    // The first login finds the metadata old, and the next one the new one.
    for _ in 0..3 {
        world.sign_in("alice", "/secure").await;
        tokio::task::yield_now().await;
    }
    let said = "client authentication method=\"client_secret_post\"";
    assert_eq!(log.count("client authentication"), 2, "{}", log.text());
    assert_eq!(log.count(said), 1, "{}", log.text());
    let last = token_requests(&world).pop().expect("a request");
    assert_eq!(way(&last), "post");
    assert!(!log.text().contains("s3cret"));
}

#[tokio::test]
async fn a_way_that_is_not_listed_is_taken_and_said_so() {
    let (log, _guard) = Log::record();
    let mut world = world(ClientAuthentication::None);
    world
        .provider
        .bend_metadata(|metadata| metadata[LIST] = json!(["client_secret_basic"]));
    world.sign_in("alice", "/secure").await;
    assert_eq!(
        log.count("the provider does not list it"),
        1,
        "{}",
        log.text()
    );
}

#[tokio::test]
async fn every_request_has_an_assertion_of_its_own() {
    let keys = ClientKeys::new(P256).kid("k1");
    let mut world = world(ClientAuthentication::PrivateKeyJwt(keys));
    for _ in 0..2 {
        world.sign_in("alice", "/secure").await;
        world.clock.advance(11);
        let page = world.browser.script("/refresh").await;
        assert_eq!(page.status, 200, "{}", page.text());
    }
    let requests = token_requests(&world);
    assert_eq!(requests.len(), 4);
    let mut ids = HashSet::new();
    let mut times = Vec::new();
    for request in requests {
        assert_eq!(request.form["client_id"], "flask-app");
        let assertion = &request.form["client_assertion"];
        assert_eq!(
            part(assertion, 0),
            json!({ "alg": "ES256", "typ": "JWT", "kid": "k1" })
        );
        let claims = part(assertion, 1);
        assert_eq!(claims["iss"], "flask-app");
        assert_eq!(claims["sub"], "flask-app");
        assert_eq!(claims["aud"], ISSUER);
        let issued = claims["iat"].as_i64().expect("a time");
        assert_eq!(claims["exp"], issued + 60);
        times.push(issued);
        ids.insert(claims["jti"].as_str().expect("an id").to_owned());
    }
    assert_eq!(ids.len(), 4, "an id twice");
    let start = times[0];
    assert_eq!(times, [start, start + 11, start + 11, start + 22]);
}

/// A provider that names another one's token endpoint gets nothing that is good there.
#[tokio::test]
async fn an_assertion_is_not_for_the_endpoint_it_is_sent_to() {
    let keys = ClientKeys::new(P256);
    let mut world = world(ClientAuthentication::PrivateKeyJwt(keys));
    world.provider.bend_metadata(|metadata| {
        metadata["token_endpoint"] = json!("http://localhost:9999/token");
    });
    world.sign_in("alice", "/secure").await;
    let claims = part(&token_requests(&world)[0].form["client_assertion"], 1);
    assert_eq!(claims["aud"], ISSUER);
}

#[tokio::test]
async fn a_refusal_may_have_any_shape() {
    use oidc_login::LoginErrorKind as Kind;
    for (status, body, expected) in [
        (
            401,
            r#"{"error":"invalid_client"}"#,
            Kind::TokenRequestRefused,
        ),
        (
            400,
            r#"{"error":"invalid_client"}"#,
            Kind::TokenRequestRefused,
        ),
        (
            403,
            r#"{"error":"unauthorized_client"}"#,
            Kind::TokenRequestRefused,
        ),
        (401, "<html>", Kind::TokenRequestRefused),
        (500, "", Kind::ProviderUnavailable),
    ] {
        let name = format!("{status} {body}");
        refuses(&name, expected, |provider, url| {
            provider.reply(Endpoint::Token, status, body);
            url.clone()
        })
        .await;
    }
}
