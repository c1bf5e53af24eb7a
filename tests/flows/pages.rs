//! Our own pages: what they tell to whom, and that nothing on them is anybody else's markup.

use axum::body::Body;
use http::Method;
use oidc_login::{DetailSetting, LoginErrorKind as Kind, page::content_security_policy};
use oidc_login_tests::{
    hostile::{
        Endpoint, HostileProvider, HostileWorld, IdToken, location_of_login, with_another,
        with_parameter,
    },
    user_agent::{Page, navigation, script},
    world::APP,
};
use serde_json::json;

const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=y>&amp;";

/// Everything on the page, the evidence too.
fn telling_world() -> HostileWorld {
    HostileWorld::with(|client| client, |rp| rp.detail(DetailSetting::Full))
}

fn assert_harmless(page: &Page, name: &str) {
    let text = page.text();
    for markup in ["<script", "<img", "\"'>"] {
        assert!(!text.contains(markup), "{name}: {markup} in {text}");
    }
    assert_own_page(page, name);
}

fn assert_own_page(page: &Page, name: &str) {
    for (header, expected) in [
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", content_security_policy()),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(page.header(header), expected, "{name}: {header}");
    }
    assert!(page.header("cache-control").contains("no-store"), "{name}");
    assert!(content_security_policy().starts_with("default-src 'none'"));
}

#[tokio::test]
async fn every_page_of_ours_has_its_headers() {
    let mut world = HostileWorld::new();
    let anonymous = [
        navigation(Method::GET, &format!("{APP}/auth/callback"), Body::empty()),
        navigation(Method::GET, &format!("{APP}/auth/nothing"), Body::empty()),
        navigation(Method::PUT, &format!("{APP}/auth/login"), Body::empty()),
        navigation(Method::POST, &format!("{APP}/secure"), Body::empty()),
    ];
    for request in anonymous {
        let name = format!("{} {}", request.method(), request.uri());
        let page = world.browser.request(request).await;
        assert!(page.error.is_some(), "{name}");
        assert_own_page(&page, &name);
    }
    world.sign_in("alice", "/").await;
    let page = world.browser.get(&format!("{APP}/admin")).await;
    assert_eq!(page.status, 403);
    assert_own_page(&page, "forbidden");
    let page = world.browser.get(&format!("{APP}/auth/logout")).await;
    assert!(page.text().contains("Sign out?"), "{}", page.text());
    assert_own_page(&page, "confirmation");
}

#[tokio::test]
async fn redirects_and_json_of_ours_are_kept_by_nobody() {
    let mut world = HostileWorld::new();
    let page = world.browser.get(&format!("{APP}/auth/login")).await;
    assert!(page.status.is_redirection());
    for (name, page) in [
        ("a redirect", page),
        (
            "who am I",
            world.browser.get(&format!("{APP}/auth/session")).await,
        ),
        (
            "an error for a script",
            world
                .browser
                .request(script(Method::GET, &format!("{APP}/auth/callback")))
                .await,
        ),
    ] {
        assert_eq!(page.header("cache-control"), "no-store", "{name}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{name}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{name}");
    }
}

#[tokio::test]
async fn a_script_gets_json_with_the_same_code_and_no_evidence() {
    let mut world = telling_world();
    let callback = world.to_callback("alice", "/secure").await;
    let callback = with_parameter(&callback, "iss", Some("https://evil.test"));
    let page = world
        .browser
        .request(script(Method::GET, callback.as_str()))
        .await;
    assert_eq!(page.header("content-type"), "application/json");
    assert_eq!(page.json()["error"], "issuer_mismatch");
    assert!(page.json()["id"].is_string(), "to be found in the log");
    assert!(!page.text().contains("evil.test"));
    let page = world
        .browser
        .request(script(Method::GET, &format!("{APP}/secure")))
        .await;
    assert_eq!(page.json()["error"], "not_signed_in");
    assert_eq!(page.json().get("id"), None, "nothing is in the log");
}

#[tokio::test]
async fn markup_in_the_answer_is_text() {
    for name in ["iss", "error", "error_description", "code", "state"] {
        let mut world = telling_world();
        let mut callback = world.to_callback("alice", "/secure").await;
        if name == "error_description" {
            callback = with_another(&callback, "error", "server_error");
        }
        let callback = with_parameter(&callback, name, Some(MARKUP));
        let page = world.browser.get(callback.as_str()).await;
        assert!(page.error.is_some(), "{name}");
        assert_harmless(&page, name);
    }
}

#[tokio::test]
async fn markup_in_what_the_provider_says_is_text() {
    type Bend = fn(&HostileProvider);
    let bends: [(&str, Bend, Kind); 4] = [
        (
            "token error",
            |provider| {
                let body = json!({ "error": MARKUP, "error_description": MARKUP });
                provider.reply(Endpoint::Token, 400, body.to_string());
            },
            Kind::TokenRequestRefused,
        ),
        (
            "token answer",
            |provider| provider.reply(Endpoint::Token, 200, MARKUP),
            Kind::TokenResponseInvalid,
        ),
        (
            "keys",
            |provider| provider.reply(Endpoint::Keys, 200, json!({ "keys": MARKUP }).to_string()),
            Kind::KeysInvalid,
        ),
        (
            "no key",
            |provider| provider.publish([json!({ "kty": "EC", "kid": MARKUP })]),
            Kind::IdTokenKeyUnknown,
        ),
    ];
    for (name, bend, kind) in bends {
        let mut world = telling_world();
        let callback = world.to_callback("alice", "/secure").await;
        bend(&world.provider);
        let page = world.browser.get(callback.as_str()).await;
        let found = page.error.as_ref().map(oidc_login::LoginError::kind);
        assert_eq!(found, Some(kind), "{name}");
        assert_harmless(&page, name);
    }
}

#[tokio::test]
async fn markup_in_the_id_token_is_text() {
    type Defect = fn(&mut IdToken);
    let defects: [(&str, Defect); 5] = [
        ("alg", |token| token.header["alg"] = json!(MARKUP)),
        ("kid", |token| token.header["kid"] = json!(MARKUP)),
        ("iss", |token| token.claims["iss"] = json!(MARKUP)),
        ("aud", |token| {
            token.claims["aud"] = json!([MARKUP, "flask-app"]);
        }),
        ("azp", |token| token.claims["azp"] = json!(MARKUP)),
    ];
    for (name, defect) in defects {
        let mut world = telling_world();
        let callback = world.to_callback("alice", "/secure").await;
        world.provider.bend_id_token(defect);
        let page = world.browser.get(callback.as_str()).await;
        assert!(page.error.is_some(), "{name}");
        assert!(page.text().contains("&#60;script&#62;"), "{name} is shown");
        assert_harmless(&page, name);
    }
}

#[tokio::test]
async fn markup_in_the_discovery_document_is_text() {
    for member in [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
    ] {
        for value in [MARKUP.to_owned(), format!("http://evil.test/{MARKUP}")] {
            let mut world = telling_world();
            world
                .provider
                .bend_metadata(move |metadata| metadata[member] = json!(value));
            let page = world.browser.get(&format!("{APP}/auth/login")).await;
            assert!(page.error.is_some(), "{member}");
            assert_harmless(&page, member);
        }
    }
}

#[tokio::test]
async fn markup_in_claims_is_text() {
    let mut world = telling_world();
    world.provider.bend_id_token(|token| {
        token.claims["preferred_username"] = json!(MARKUP);
        token.claims["name"] = json!(MARKUP);
        token.claims["realm_access"] = json!({ "roles": [MARKUP] });
    });
    world.sign_in("alice", "/").await;
    let page = world.browser.get(&format!("{APP}/admin")).await;
    assert_eq!(page.status, 403);
    assert!(
        page.text().contains("&#60;script&#62;"),
        "the name is shown"
    );
    assert_harmless(&page, "forbidden");
    let page = world.browser.get(&format!("{APP}/auth/logout")).await;
    assert!(
        page.text().contains("&#60;script&#62;"),
        "the name is shown"
    );
    assert_harmless(&page, "confirmation");
}

#[tokio::test]
async fn markup_in_the_request_is_text() {
    let mut world = telling_world();
    let encoded: String = url::form_urlencoded::byte_serialize(MARKUP.as_bytes()).collect();
    for path in [
        format!("/auth/{encoded}"),
        format!("/auth/callback?state={encoded}"),
        format!("/auth/logout?return_to={encoded}"),
    ] {
        let page = world.browser.get(&format!("{APP}{path}")).await;
        if page.error.is_some() {
            assert_harmless(&page, &path);
        }
    }
    let link = location_of_login(MARKUP);
    let page = world.browser.get(&format!("{APP}{link}")).await;
    assert!(page.status.is_redirection());
}
