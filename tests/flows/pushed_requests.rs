//! Pushed authorization requests (RFC 9126), and what providers answer to them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{StatusCode, header};
use oidc_login::{
    LoginErrorKind as Kind,
    config::{ClientConfigBuilder, PushedAuthorizationRequests as Pushed},
    seams::HttpErrorKind,
};
use oidc_login_dev_provider::{self as dev, PushedRequests};
use oidc_login_tests::{
    hostile::{Endpoint, HostileProvider, HostileWorld, Seen, assert_refused, to_provider},
    world::{APP, ISSUER, World, routes},
};
use serde_json::{Value, json};
use url::Url;

fn world(setting: Pushed, bend: impl FnOnce(&HostileProvider)) -> HostileWorld {
    world_of(|client| client.pushed_authorization_requests(setting), bend)
}

fn world_of(
    client: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
    bend: impl FnOnce(&HostileProvider),
) -> HostileWorld {
    let world = HostileWorld::with(client, |settings| settings);
    bend(&world.provider);
    world
}

fn names(url: &Url) -> Vec<String> {
    let pairs = url.query_pairs();
    pairs.map(|(name, _)| name.into_owned()).collect()
}

fn pushed(provider: &HostileProvider) -> Seen {
    let seen = provider.seen().into_iter();
    let mut pushed = seen.filter(|seen| seen.endpoint == Endpoint::Pushed);
    pushed.next().expect("a pushed request")
}

#[tokio::test]
async fn the_browser_carries_a_reference_and_the_provider_has_the_rest() {
    let mut world = world_of(
        |client| {
            client
                .authorization_parameter("resource", "https://a.test/")
                .login_parameters(["login_hint"])
        },
        HostileProvider::offer_pushed_requests,
    );
    let login = format!("{APP}/auth/login?return_to=/secure&login_hint=alice");
    let location = to_provider(&mut world.browser, &login).await;
    assert_eq!(names(&location), ["client_id", "request_uri"]);
    let form = pushed(&world.provider).form;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "flask-app"),
        ("redirect_uri", "http://localhost:5000/auth/callback"),
        ("scope", "openid profile email"),
        ("code_challenge_method", "S256"),
        ("resource", "https://a.test/"),
        ("login_hint", "alice"),
    ] {
        assert_eq!(form.get(name).map(String::as_str), Some(value), "{name}");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert!(form.contains_key(name), "{name}");
    }
    let callback = world.provider.answer(&location, "alice");
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
    assert_eq!(world.provider.count(Endpoint::Pushed), 1);
}

#[tokio::test]
async fn a_pushed_request_says_who_sends_it() {
    for (name, post) in [("basic", false), ("post", true)] {
        let mut world = world_of(
            |client| {
                use oidc_login::config::ClientAuthentication as By;
                let by = if post {
                    By::ClientSecretPost
                } else {
                    By::ClientSecretBasic
                };
                client.client("flask-app", by("hush".into()))
            },
            HostileProvider::offer_pushed_requests,
        );
        world.begin("/secure").await;
        let pushed = pushed(&world.provider);
        let header = pushed.headers.get(header::AUTHORIZATION);
        let expected = format!("Basic {}", STANDARD.encode("flask-app:hush"));
        let expected = (!post).then_some(expected.as_str());
        assert_eq!(
            header.and_then(|line| line.to_str().ok()),
            expected,
            "{name}"
        );
        let secret = pushed.form.get("client_secret").map(String::as_str);
        assert_eq!(secret, post.then_some("hush"), "{name}");
        assert_eq!(pushed.form["client_id"], "flask-app", "{name}");
    }
}

#[tokio::test]
async fn setting_and_provider_say_together_whether_a_request_is_pushed() {
    let metadata = |offers: bool, requires: bool| {
        move |metadata: &mut Value| {
            if offers {
                let endpoint = format!("{ISSUER}/par");
                metadata["pushed_authorization_request_endpoint"] = json!(endpoint);
            }
            metadata["require_pushed_authorization_requests"] = json!(requires);
        }
    };
    let impossible = Err(Kind::PushedRequestImpossible);
    for (setting, offers, requires, expected) in [
        (Pushed::Auto, false, false, Ok(0)),
        (Pushed::Auto, true, false, Ok(1)),
        (Pushed::Auto, true, true, Ok(1)),
        (Pushed::Auto, false, true, impossible),
        (Pushed::Required, true, false, Ok(1)),
        (Pushed::Required, true, true, Ok(1)),
        (Pushed::Required, false, false, impossible),
        (Pushed::Required, false, true, impossible),
        (Pushed::Never, false, false, Ok(0)),
        (Pushed::Never, true, false, Ok(0)),
        (Pushed::Never, true, true, impossible),
        (Pushed::Never, false, true, impossible),
    ] {
        let name = format!("{setting:?}, offered {offers}, required {requires}");
        let mut world = world(setting, |provider| {
            provider.bend_metadata(metadata(offers, requires));
        });
        match expected {
            Ok(count) => {
                let page = world.sign_in("alice", "/secure").await;
                assert_eq!(page.text(), "secure alice", "{name}");
                assert_eq!(world.provider.count(Endpoint::Pushed), count, "{name}");
            }
            Err(kind) => {
                let page = world.browser.get(&format!("{APP}/auth/login")).await;
                assert_refused(&page, kind, &name);
                assert!(page.set_cookies().is_empty(), "{name}");
            }
        }
    }
}

/// No login begins, the browser stays, and the next one works; never does the browser carry the
/// request after all.
async fn refuses(name: &str, expected: Kind, bend: impl FnOnce(&HostileProvider)) {
    let mut world = world(Pushed::Auto, |provider| {
        provider.offer_pushed_requests();
        bend(provider);
    });
    let page = world.browser.get(&format!("{APP}/auth/login")).await;
    assert_refused(&page, expected, name);
    assert!(page.set_cookies().is_empty(), "{name}");
    let told = format!("{}{:?}", page.text(), page.error);
    for secret in ["state", "nonce", "code_challenge"] {
        let sent = &pushed(&world.provider).form[secret];
        assert!(!told.contains(sent.as_str()), "{name}: {secret} is told");
    }
    assert!(
        !told.contains("<script") && !told.contains("urn:hush"),
        "{name}"
    );
    world.provider.be_honest();
    world.provider.offer_pushed_requests();
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice", "{name}: the next login");
}

#[tokio::test]
async fn an_answer_that_is_none_begins_no_login() {
    const HTML: &str = "<!doctype html><script>alert(1)</script>";
    const HONEST: &str = r#"{"request_uri":"urn:hush:1","expires_in":60}"#;
    let huge = format!(
        r#"{{"request_uri":"urn:{}","expires_in":60}}"#,
        "x".repeat(900_000)
    );
    for (name, status, body, expected) in [
        ("HTML", 201, HTML, Kind::PushedResponseInvalid),
        ("empty", 201, "", Kind::PushedResponseInvalid),
        ("huge", 201, huge.as_str(), Kind::PushedResponseInvalid),
        (
            "no reference",
            201,
            r#"{"expires_in":60}"#,
            Kind::PushedResponseInvalid,
        ),
        (
            "a line end",
            201,
            r#"{"request_uri":"urn:hush\r\nSet-Cookie: a=b","expires_in":60}"#,
            Kind::PushedResponseInvalid,
        ),
        (
            "dead",
            201,
            r#"{"request_uri":"urn:hush:1","expires_in":0}"#,
            Kind::PushedResponseInvalid,
        ),
        ("200", 200, HONEST, Kind::PushedResponseInvalid),
        ("a redirect", 302, HONEST, Kind::PushedResponseInvalid),
        (
            "refused",
            400,
            r#"{"error":"invalid_request","error_description":"<script>redirect_uri"}"#,
            Kind::PushedRequestRefused,
        ),
        (
            "wrong secret",
            401,
            r#"{"error":"invalid_client"}"#,
            Kind::PushedRequestRefused,
        ),
        ("gone", 404, HTML, Kind::PushedRequestRefused),
        ("too many", 429, "", Kind::PushedRequestRefused),
        ("down", 500, HTML, Kind::ProviderUnavailable),
        (
            "down, in JSON",
            503,
            r#"{"error":"temporarily_unavailable"}"#,
            Kind::PushedRequestRefused,
        ),
    ] {
        refuses(name, expected, |provider| {
            provider.reply(Endpoint::Pushed, status, body.to_owned());
        })
        .await;
    }
    for kind in [
        HttpErrorKind::Connect,
        HttpErrorKind::Timeout,
        HttpErrorKind::BodyTooLarge,
        HttpErrorKind::BodyBroken,
    ] {
        refuses(
            &format!("{kind:?}"),
            Kind::ProviderUnavailable,
            |provider| {
                provider.fail(Endpoint::Pushed, kind);
            },
        )
        .await;
    }
}

#[tokio::test]
async fn what_the_provider_says_against_it_is_shown() {
    let mut world = world(Pushed::Auto, |provider| {
        provider.offer_pushed_requests();
        let body = json!({ "error": "invalid_request", "error_description": "redirect_uri <b>" });
        provider.reply(Endpoint::Pushed, 400, body.to_string());
    });
    let page = world.browser.get(&format!("{APP}/auth/login")).await;
    let said = page
        .error
        .as_ref()
        .and_then(|error| error.said_by_provider().cloned());
    let said = said.expect("what the provider said");
    assert_eq!(said.error, "invalid_request");
    assert_eq!(said.description.as_deref(), Some("redirect_uri <b>"));
    assert!(
        page.text().contains("redirect_uri &#60;b&#62;"),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn a_slow_provider_holds_up_nobody_else() {
    let mut world = world(Pushed::Auto, HostileProvider::offer_pushed_requests);
    let mut gate = world.provider.hold(Endpoint::Pushed);
    let mut other = world.browser.other_browser();
    let waiting = tokio::spawn(async move { other.get(&format!("{APP}/auth/login")).await });
    gate.reached(1).await;
    assert_eq!(world.greeting().await, "hello stranger");
    let mut gone = world.browser.other_browser();
    let hangs_up = tokio::spawn(async move { gone.get(&format!("{APP}/auth/login")).await });
    gate.reached(2).await;
    hangs_up.abort();
    assert!(hangs_up.await.is_err());
    gate.open();
    let page = waiting.await.expect("a page");
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
}

/// The provider that demands it, and checks what it gets.
#[tokio::test]
async fn a_provider_that_demands_it_is_signed_in_to() {
    let mut world = World::assemble(
        |provider| provider.pushed_requests(PushedRequests::Required),
        |client| client,
        |builder, _| {
            let relying_party = builder.build().expect("a relying party");
            routes().layer(oidc_login::OidcLayer::new(relying_party))
        },
    );
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
    let control = world.provider.control();
    assert_eq!(
        control.requests(dev::Endpoint::PushedAuthorizationRequest),
        1
    );
    control.fail(
        dev::Endpoint::PushedAuthorizationRequest,
        StatusCode::SERVICE_UNAVAILABLE,
    );
    let mut other = world.browser.other_browser();
    let page = other.get(&format!("{APP}/auth/login")).await;
    assert_refused(&page, Kind::ProviderUnavailable, "down");
}
