//! The discovery document and the keys: wrong, missing, late.

mod outages;

use bytes::Bytes;
use http::{Response, header};
use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{
    hostile::{Endpoint, HostileProvider, HostileWorld, assert_refused},
    world::APP,
};
use serde_json::{Value, json};

/// A login cannot begin, and can as soon as the provider is right; no restart in between.
async fn refuses_to_begin(name: &str, expected: Kind, bend: impl FnOnce(&HostileProvider)) {
    let mut world = HostileWorld::new();
    bend(&world.provider);
    let page = world.browser.get(&format!("{APP}/auth/login")).await;
    assert_refused(&page, expected, name);
    assert!(page.set_cookies().is_empty(), "{name}");
    assert_eq!(world.greeting().await, "hello stranger", "{name}");
    world.provider.be_honest();
    world.clock.advance(A_FAILURE_STANDS);
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice", "{name}");
}

/// For how many seconds a failure stands for those who come after as well.
const A_FAILURE_STANDS: i64 = 2;

#[tokio::test]
async fn an_answer_that_is_no_document_is_refused() {
    const HTML: &str = "<!doctype html><script>alert(1)</script>";
    for (status, body, expected) in [
        (200, HTML, Kind::DiscoveryInvalid),
        (200, "", Kind::DiscoveryInvalid),
        (200, "{}", Kind::DiscoveryInvalid),
        (200, "[]", Kind::DiscoveryInvalid),
        (200, "{\"issuer\":", Kind::DiscoveryInvalid),
        (204, "", Kind::DiscoveryInvalid),
        (302, "", Kind::DiscoveryInvalid),
        (401, "", Kind::DiscoveryInvalid),
        (404, HTML, Kind::DiscoveryInvalid),
        (500, HTML, Kind::ProviderUnavailable),
        (503, "", Kind::ProviderUnavailable),
    ] {
        refuses_to_begin(&format!("{status} {body}"), expected, |provider| {
            provider.reply(Endpoint::Discovery, status, body);
        })
        .await;
    }
}

#[tokio::test]
async fn a_document_that_leads_elsewhere_is_refused() {
    for (member, value) in [
        ("issuer", json!("http://localhost:5002")),
        ("issuer", json!("http://localhost:5001/")),
        ("issuer", json!("http://LOCALHOST:5001")),
        ("issuer", json!("https://evil.test")),
        ("issuer", json!("no address")),
        ("issuer", Value::Null),
        (
            "authorization_endpoint",
            json!("http://evil.test/authorize"),
        ),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("authorization_endpoint", json!("/authorize")),
        ("authorization_endpoint", Value::Null),
        ("token_endpoint", json!("http://evil.test/token")),
        ("token_endpoint", json!("http://localhost.evil.test/token")),
        ("token_endpoint", json!("file:///etc/passwd")),
        ("token_endpoint", json!("https://a{b/token")),
        ("token_endpoint", Value::Null),
        ("jwks_uri", json!("http://169.254.169.254/keys")),
        ("jwks_uri", Value::Null),
        ("end_session_endpoint", json!("http://evil.test/logout")),
        ("end_session_endpoint", json!("javascript:alert(1)")),
    ] {
        let name = format!("{member} {value}");
        refuses_to_begin(&name, Kind::DiscoveryInvalid, |provider| {
            provider.bend_metadata(move |metadata| metadata[member] = value.clone());
        })
        .await;
    }
}

/// An issuer with http in place of https, or one that moved.
#[tokio::test]
async fn a_redirect_is_told_with_where_it_leads() {
    for (endpoint, kind) in [
        (Endpoint::Discovery, Kind::DiscoveryInvalid),
        (Endpoint::Keys, Kind::KeysInvalid),
    ] {
        let mut world = HostileWorld::new();
        let answer = Response::builder()
            .status(301)
            .header(header::LOCATION, "https://moved.test/here")
            .body(Bytes::new());
        let answer = answer.expect("an answer");
        world.provider.reply_with(endpoint, answer);
        let url = match endpoint {
            Endpoint::Discovery => format!("{APP}/auth/login"),
            _ => world.to_callback("alice", "/secure").await.to_string(),
        };
        let page = world.browser.get(&url).await;
        assert_refused(&page, kind, "a redirect");
        let told = format!("{:?}", page.error);
        for said in ["https://moved.test/here", "redirects are not followed"] {
            assert!(told.contains(said), "{told}");
        }
    }
}

/// Servers that write every member they know of leave some of them empty.
#[tokio::test]
async fn what_a_document_says_nothing_of_counts_as_left_out() {
    for (member, nothing) in [
        ("require_pushed_authorization_requests", json!(null)),
        (
            "authorization_response_iss_parameter_supported",
            json!(null),
        ),
        ("pushed_authorization_request_endpoint", json!(null)),
        ("pushed_authorization_request_endpoint", json!("")),
        ("revocation_endpoint", json!("")),
        ("end_session_endpoint", json!("")),
        ("userinfo_endpoint", json!(null)),
        ("token_endpoint_auth_methods_supported", json!(null)),
    ] {
        let name = format!("{member}: {nothing}");
        let mut world = HostileWorld::new();
        let change = nothing.clone();
        world
            .provider
            .bend_metadata(move |metadata| metadata[member] = change.clone());
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{name}");
    }
}

#[tokio::test]
async fn addresses_that_are_odd_do_no_harm() {
    let long = format!("http://localhost:5001/{}", "a".repeat(70_000));
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        for address in [
            long.as_str(),
            "http://localhost:5001/a b|c^d`e{f}\"<g>\\h",
            "http://localhost:5001/?a=\"|^`{}'",
            "http://localhost:5001/#fragment",
            "http://user:pass@localhost:5001/",
            "https://xn--bcher-kva.test:65535/ä?ö",
            "https://a!$&'()*+,;=_~b/",
        ] {
            let name = format!("{member} {address:.60}");
            let mut world = HostileWorld::new();
            let value = json!(address);
            world
                .provider
                .bend_metadata(move |metadata| metadata[member] = value.clone());
            let page = world.browser.get(&format!("{APP}/auth/login")).await;
            assert!(page.status.as_u16() != 500, "{name}: {}", page.text());
            let Some(location) = page.location() else {
                assert_refused(&page, Kind::DiscoveryInvalid, &name);
                continue;
            };
            let callback = world.provider.answer(&location, "alice");
            let page = world.browser.get(callback.as_str()).await;
            assert!(page.status.as_u16() != 500, "{name}: {}", page.text());
        }
    }
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_a_failure_of_the_provider() {
    let many: Vec<_> = (0..101)
        .map(|n| json!({ "kty": "EC", "kid": n.to_string() }))
        .collect();
    let many = json!({ "keys": many }).to_string();
    for (name, status, body, expected) in [
        ("HTML", 200, "<html>", Kind::KeysInvalid),
        ("no keys", 200, "{}", Kind::KeysInvalid),
        ("not found", 404, "", Kind::KeysInvalid),
        ("down", 500, "", Kind::ProviderUnavailable),
        ("too many", 200, many.as_str(), Kind::KeysInvalid),
        ("none", 200, r#"{"keys":[]}"#, Kind::IdTokenKeyUnknown),
        (
            "unreadable",
            200,
            r#"{"keys":[{"kty":"XX"},{}]}"#,
            Kind::IdTokenKeyUnknown,
        ),
    ] {
        let mut world = HostileWorld::new();
        let callback = world.to_callback("alice", "/secure").await;
        world
            .provider
            .reply(Endpoint::Keys, status, body.to_owned());
        let page = world.browser.get(callback.as_str()).await;
        assert_refused(&page, expected, name);
        assert_eq!(world.greeting().await, "hello stranger", "{name}");
        world.provider.be_honest();
        world.clock.advance(A_FAILURE_STANDS);
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{name}");
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_no_reason_to_refuse_the_others() {
    let mut world = HostileWorld::new();
    let good = world.provider.signing_key().jwk();
    let odd = json!({ "kty": "OKP", "crv": "Nothing", "x": "!", "kid": "odd" });
    world.provider.publish([odd, json!({}), good]);
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
}
