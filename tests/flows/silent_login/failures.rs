//! Silent logins that fail: whatever goes wrong, a visitor stays one and gets the page.

use http::StatusCode;
use oidc_login::{LoginDecision, RelyingPartyBuilder, seams::HttpErrorKind};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, with_parameter},
    world::APP,
};
use serde_json::json;
use url::Url;

use super::{HELLO, hostile, on, to_silent_login};

#[tokio::test]
async fn whatever_the_provider_answers_leads_to_the_page() {
    for error in [
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
        "access_denied",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "invalid_scope",
        "invalid_request",
        "unmet_authentication_requirements",
        "made_up",
    ] {
        let mut world = hostile();
        let location = to_silent_login(&mut world).await;
        let answer = world.provider.refuse(&location, error, "no");
        let page = world.browser.get(answer.as_str()).await;
        assert_eq!(
            page.location().map(String::from),
            Some(HELLO.into()),
            "{error}"
        );
        assert_eq!(
            world.browser.get(HELLO).await.text(),
            "hello stranger",
            "{error}"
        );
        let left = world.browser.cookies_named("localhost", "oidc_login_");
        assert_eq!(left, [""; 0], "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_is_wrong_leads_there_too() {
    type Bend = fn(&HostileWorld, &Url) -> Url;
    let cases: [(&str, Bend); 7] = [
        ("another issuer", |_, url| {
            with_parameter(url, "iss", Some("https://evil.test"))
        }),
        ("no issuer", |_, url| with_parameter(url, "iss", None)),
        ("no code", |_, url| with_parameter(url, "code", None)),
        ("another code", |_, url| {
            with_parameter(url, "code", Some("x"))
        }),
        ("another signature", |world, url| {
            world
                .provider
                .bend_id_token(|token| token.claims["nonce"] = json!("x"));
            url.clone()
        }),
        ("no token", |world, url| {
            world.provider.fail(Endpoint::Token, HttpErrorKind::Timeout);
            url.clone()
        }),
        ("bad tokens", |world, url| {
            world.provider.reply(Endpoint::Token, 500, "<html>");
            url.clone()
        }),
    ];
    for (name, bend) in cases {
        let mut world = hostile();
        let location = to_silent_login(&mut world).await;
        let answer = world.provider.answer(&location, "alice");
        let answer = bend(&world, &answer);
        let page = world.browser.get(answer.as_str()).await;
        assert_eq!(
            page.location().map(String::from),
            Some(HELLO.into()),
            "{name}"
        );
        let page = world.browser.get(HELLO).await;
        assert!(!page.text().contains("alice"), "{name}");
    }
}

/// What the browser lost is not asked for again with a page that nobody wanted.
#[tokio::test]
async fn an_answer_without_its_cookie_leads_home_and_asks_nothing() {
    let mut world = hostile();
    let location = to_silent_login(&mut world).await;
    let answer = world.provider.answer(&location, "alice");
    world
        .browser
        .jar
        .retain(|(_, name), _| !name.contains("oidc_login_"));
    let page = world.browser.get(answer.as_str()).await;
    assert_eq!(page.location().map(String::from), Some(format!("{APP}/")));
    assert_eq!(world.provider.count(Endpoint::Token), 0);

    let mut world = hostile();
    let location = to_silent_login(&mut world).await;
    let answer = world.provider.answer(&location, "alice");
    world.clock.advance(601);
    let page = world.browser.get(answer.as_str()).await;
    assert_eq!(page.location().map(String::from), Some(format!("{APP}/")));

    let mut world = hostile();
    let location = to_silent_login(&mut world).await;
    let answer = world.provider.answer(&location, "alice");
    for name in ["first", "again"] {
        let page = world.browser.open(answer.as_str()).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
    }
}

#[tokio::test]
async fn a_provider_that_is_down_costs_a_visitor_nothing() {
    let mut world = hostile();
    world
        .provider
        .fail(Endpoint::Discovery, HttpErrorKind::Connect);
    world.browser.get(HELLO).await;
    let page = world.browser.open(HELLO).await;
    assert_eq!(
        (page.url.as_str(), page.text()),
        (HELLO, "hello stranger".into())
    );
}

#[tokio::test]
async fn whom_the_app_refuses_stays_a_visitor() {
    let refuse = |builder: RelyingPartyBuilder| {
        on(builder).on_login(|_, _| async { Ok(LoginDecision::Deny("not you".into())) })
    };
    let mut world = HostileWorld::with(|client| client, refuse);
    let location = to_silent_login(&mut world).await;
    let answer = world.provider.answer(&location, "alice");
    let page = world.browser.open(answer.as_str()).await;
    assert_eq!(
        (page.url.as_str(), page.text()),
        (HELLO, "hello stranger".into())
    );
}
