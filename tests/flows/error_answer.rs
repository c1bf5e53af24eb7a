//! `error` in the provider's answer.

use oidc_login::{LoginErrorKind as Kind, seams::HttpErrorKind};
use oidc_login_tests::{
    hostile::{
        Endpoint, HostileWorld, assert_refused, refuses, to_provider, with_another, with_parameter,
    },
    user_agent::Page,
    world::APP,
};
use url::Url;

fn with_error(url: &Url, error: &str) -> Url {
    with_another(&with_parameter(url, "code", None), "error", error)
}

async fn refused(error: &str, description: &str) -> Page {
    let mut world = HostileWorld::new();
    let authorization_url = world.begin("/secure").await;
    let answer = world
        .provider
        .refuse(&authorization_url, error, description);
    world.browser.get(answer.as_str()).await
}

#[tokio::test]
async fn an_error_is_an_error_of_the_user_or_of_the_provider() {
    for (error, kind) in [
        ("access_denied", Kind::AccessDenied),
        ("server_error", Kind::ProviderFailed),
        ("temporarily_unavailable", Kind::ProviderBusy),
        ("invalid_scope", Kind::ScopeInvalid),
        ("ACCESS_DENIED", Kind::ProviderError),
        ("<script>", Kind::ProviderError),
    ] {
        refuses(error, kind, |_, url| with_error(url, error)).await;
    }
    refuses("error twice", Kind::ProviderError, |_, url| {
        with_another(&with_error(url, "access_denied"), "error", "access_denied")
    })
    .await;
    refuses("an error beside a code", Kind::ProviderFailed, |_, url| {
        with_another(url, "error", "server_error")
    })
    .await;
}

#[tokio::test]
async fn an_error_asks_for_no_token_and_uses_the_login_up() {
    let mut world = HostileWorld::new();
    let authorization_url = world.begin("/secure").await;
    let answer = world
        .provider
        .refuse(&authorization_url, "access_denied", "no");
    let page = world.browser.get(answer.as_str()).await;
    assert_refused(&page, Kind::AccessDenied, "denied");
    assert_eq!(world.provider.count(Endpoint::Token), 0);
    let pending = world.browser.cookies_named("localhost", "oidc_login_");
    assert_eq!(pending, Vec::<String>::new());
}

#[tokio::test]
async fn an_error_of_another_issuer_is_not_shown() {
    for (name, iss, kind) in [
        (
            "another iss",
            Some("https://evil.test"),
            Kind::IssuerMismatch,
        ),
        ("no iss", None, Kind::IssuerMissing),
    ] {
        let mut world = HostileWorld::new();
        let authorization_url = world.begin("/secure").await;
        let answer = world
            .provider
            .refuse(&authorization_url, "access_denied", "call 555-0100");
        let answer = with_parameter(&answer, "iss", iss);
        let page = world.browser.get(answer.as_str()).await;
        assert_refused(&page, kind, name);
        assert!(!page.text().contains("555-0100"), "{name}");
        assert!(!page.text().contains("access_denied"), "{name}");
        let error = page.error.expect("an error");
        assert_eq!(error.said_by_provider(), None, "{name}");
    }
}

#[tokio::test]
async fn the_providers_words_are_escaped_short_and_without_controls() {
    let page = refused("access_denied", "<script>alert('1')</script>\"&").await;
    let text = page.text();
    assert!(!text.contains("<script"), "{text}");
    assert!(text.contains("&#60;script&#62;"), "{text}");

    let page = refused("server_error", &format!("{}END", "ä".repeat(500))).await;
    let text = page.text();
    assert!(text.contains(&"ä".repeat(200)), "{text}");
    assert!(!text.contains(&"ä".repeat(201)) && !text.contains("END"));

    let page = refused(
        "server_error\u{0}\r\n",
        "a\u{0}\r\nSet-Cookie: b=c\u{1b}[31m\u{7f}",
    )
    .await;
    let text = page.text();
    assert!(text.contains("aSet-Cookie: b=c[31m"), "{text}");
    let controls = |c: char| c.is_control() && c != '\n';
    assert!(!text.contains(controls), "{text:?}");
    assert!(page.header("set-cookie").starts_with("oidc_login_"));
}

#[tokio::test]
async fn error_uri_is_never_a_link() {
    let mut world = HostileWorld::new();
    let authorization_url = world.begin("/secure").await;
    let answer = world
        .provider
        .refuse(&authorization_url, "access_denied", "no");
    let answer = with_another(&answer, "error_uri", "https://evil.test/help");
    let page = world.browser.get(answer.as_str()).await;
    assert_refused(&page, Kind::AccessDenied, "error_uri");
    assert!(!page.text().contains("evil.test"));
}

/// The id stands in the log as well, so that a person in charge finds what the page leaves out.
#[tokio::test]
async fn every_failure_has_an_id_of_its_own_also_one_that_others_share() {
    let world = HostileWorld::new();
    let provider = &world.provider;
    provider.fail(Endpoint::Discovery, HttpErrorKind::Connect);
    let mut ids = Vec::new();
    for name in ["first", "right after"] {
        let mut browser = world.browser.other_browser();
        let page = browser.get(&format!("{APP}/auth/login")).await;
        assert_refused(&page, Kind::ProviderUnavailable, name);
        ids.push(shown_id(&page));
    }
    provider.be_honest();
    world.clock.advance(60);
    let mut browser = world.browser.clone();
    let authorization_url = to_provider(&mut browser, &format!("{APP}/secure")).await;
    let callback = provider.answer(&authorization_url, "alice");
    provider.reply(Endpoint::Token, 400, r#"{"error":"invalid_grant"}"#);
    let mut twice = browser.clone();
    let (one, two) = tokio::join!(browser.get(callback.as_str()), twice.get(callback.as_str()));
    for (page, name) in [(one, "a click"), (two, "a second click")] {
        assert_refused(&page, Kind::TokenRequestRefused, name);
        ids.push(shown_id(&page));
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "{ids:?}");
}

fn shown_id(page: &Page) -> String {
    let error = page.error.as_ref().expect("an error");
    let shown = format!("<code>{}</code>", error.id());
    assert!(page.text().contains(&shown), "{}", page.text());
    assert_eq!(error.id().len(), 12);
    error.id().to_owned()
}
