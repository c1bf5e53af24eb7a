//! Why a login was lost, as its page says.

use oidc_login::{LoginErrorKind as Kind, SessionSecrets};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, assert_refused},
    world::APP,
};

use super::{HTTPS_APP, begun_with, evidence, says, world_at};

#[tokio::test]
async fn a_login_that_began_by_http_is_told_from_a_browser_without_cookies() {
    for (name, at_the_start, expected) in [
        (
            "a proxy",
            vec![("x-forwarded-proto", "http")],
            Some("header"),
        ),
        (
            "a page of ours",
            vec![("host", "app.example"), ("referer", "http://app.example/x")],
            Some("page"),
        ),
        ("https", vec![("x-forwarded-proto", "https")], None),
        ("nothing", vec![], None),
        (
            "a page of somebody else",
            vec![("referer", "http://elsewhere.example/")],
            None,
        ),
    ] {
        let mut world = world_at(HTTPS_APP);
        let callback = begun_with(&mut world, HTTPS_APP, &at_the_start).await;
        // By http no browser keeps a cookie whose name begins with __Host-.
        world.browser.jar.clear();
        let page = world.browser.arrive(callback.as_str()).await;
        let Some(sign) = expected else {
            assert_refused(&page, Kind::NoCookies, name);
            continue;
        };
        assert_refused(&page, Kind::SecureCookieOverHttp, name);
        let found = evidence(&page, "what the browser used");
        assert!(found.contains(sign), "{name}: {found}");
        assert_eq!(evidence(&page, "when"), "at the start", "{name}");
        assert_eq!(evidence(&page, "root URL"), "https://app.example/");
        assert_eq!(world.provider.count(Endpoint::Token), 0);
        // The way the page shows.
        let callback = begun_with(&mut world, HTTPS_APP, &[]).await;
        let page = world.browser.arrive(callback.as_str()).await;
        assert_eq!(page.header("location"), "/secure", "{name}");
    }
}

#[tokio::test]
async fn on_loopback_and_for_an_http_app_nothing_says_http() {
    for origin in [APP, "https://localhost:5000"] {
        let mut world = world_at(origin);
        let proto = [("x-forwarded-proto", "http")];
        let callback = begun_with(&mut world, origin, &proto).await;
        world.browser.jar.clear();
        let page = world.browser.arrive(callback.as_str()).await;
        assert_refused(&page, Kind::NoCookies, origin);
    }
}

#[tokio::test]
async fn another_host_at_the_start_is_named_where_it_can_be() {
    for (began_at, expected) in [
        ("www.app.example", "www.app.example"),
        ("localhost:8080", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("intranet", "another host"),
    ] {
        let mut world = world_at(HTTPS_APP);
        let callback = begun_with(&mut world, HTTPS_APP, &[("host", began_at)]).await;
        world.browser.jar.clear();
        says(&mut world.browser, &[("host", "app.example")]);
        let page = world.browser.arrive(callback.as_str()).await;
        assert_refused(&page, Kind::HostDiffers, began_at);
        assert_eq!(evidence(&page, "the sign-in began at"), expected);
        assert_eq!(evidence(&page, "host of this request"), "app.example");
        // A port is no part of it: cookies know none.
        let callback = begun_with(&mut world, HTTPS_APP, &[("host", "app.example:8443")]).await;
        world.browser.jar.clear();
        says(&mut world.browser, &[("host", "app.example")]);
        let page = world.browser.arrive(callback.as_str()).await;
        assert_refused(&page, Kind::NoCookies, began_at);
    }
}

#[tokio::test]
async fn a_session_secret_that_changed_is_told_from_a_state_that_was_made_up() {
    let secret = |byte| SessionSecrets::from_bytes([[byte; 32]]).expect("32 bytes");
    let mut before = HostileWorld::with(|client| client, |rp| rp.session_secrets(secret(1)));
    let callback = before.to_callback("alice", "/secure").await;
    // The same app, after a restart.
    let mut after = HostileWorld::with(|client| client, |rp| rp.session_secrets(secret(2)));
    after.browser.jar = before.browser.jar.clone();
    let page = after.browser.arrive(callback.as_str()).await;
    assert_refused(&page, Kind::SessionSecretDiffers, "after a restart");
    let page = after
        .browser
        .other_browser()
        .arrive(callback.as_str())
        .await;
    assert_refused(
        &page,
        Kind::StateUnknown,
        "in a browser that never began it",
    );
    assert_eq!(after.provider.seen().len(), 0);
    let both = SessionSecrets::from_bytes([[2; 32], [1; 32]]).expect("two secrets");
    let mut rotated = HostileWorld::with(|client| client, |rp| rp.session_secrets(both));
    rotated.browser.jar = before.browser.jar.clone();
    let page = rotated.browser.arrive(callback.as_str()).await;
    assert_refused(
        &page,
        Kind::TokenRequestRefused,
        "the old secret still opens",
    );
}

#[tokio::test]
async fn each_page_says_what_it_saw_of_cookies_and_parameters() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let cookies = "cookies of this app in the request";
    let mut other = world.browser.other_browser();
    let page = other.arrive(callback.as_str()).await;
    assert_refused(&page, Kind::NoCookies, "none");
    let none = "sessions: 0, sign-ins under way: 0, others: 0";
    assert_eq!(evidence(&page, cookies), none);
    let mut request = oidc_login_tests::user_agent::script(http::Method::GET, callback.as_str());
    oidc_login_tests::user_agent::set(&mut request, "cookie", "");
    other.get(&format!("{APP}/auth/login")).await;
    let page = other.request(request).await;
    assert_eq!(page.json()["error"], "no_pending_login");
    let some = "sessions: 0, sign-ins under way: 1, others: 1";
    assert_eq!(evidence(&page, cookies), some);
    for (query, expected) in [
        ("", ""),
        (
            "?error=invalid_request&error_description=bad",
            "error, error_description",
        ),
        ("?code=abc&x=y", "code"),
    ] {
        let page = other.get(&format!("{APP}/auth/callback{query}")).await;
        assert_refused(&page, Kind::StateMissing, query);
        assert_eq!(evidence(&page, "parameters in the answer"), expected);
        assert!(!page.text().contains("bad"), "{query}");
    }
}
