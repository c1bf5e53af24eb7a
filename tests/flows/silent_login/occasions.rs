//! When a visitor is sent to the provider without a question, and when not.

use axum::body::Body;
use http::{Method, StatusCode};
use oidc_login_tests::{
    user_agent::{navigation, script, set},
    world::{APP, ISSUER, World, sign_in},
};

use super::{HELLO, MARK, PAUSE, hostile, lose_session, world};

#[tokio::test]
async fn it_is_off_unless_an_app_wants_it() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    lose_session(&mut world);
    for _ in 0..3 {
        let page = world.browser.get(HELLO).await;
        assert_eq!(page.text(), "hello stranger");
        assert!(page.set_cookies().is_empty());
        world.clock.advance(PAUSE);
    }
    world.browser.open(&format!("{APP}/secure")).await;
    world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    assert_eq!(world.browser.cookies_named("localhost", MARK), [""; 0]);
}

#[tokio::test]
async fn only_a_page_that_a_person_opens_leads_to_the_provider() {
    let mut world = world();
    let with = |name: &'static str, value: &str| {
        let mut request = navigation(Method::GET, HELLO, Body::empty());
        set(&mut request, name, value);
        request
    };
    let without = |name: &str| {
        let mut request = navigation(Method::GET, HELLO, Body::empty());
        request.headers_mut().remove(name);
        request
    };
    let long = format!("{APP}/hello?{}", "a".repeat(1024));
    let cases = [
        ("HEAD", navigation(Method::HEAD, HELLO, Body::empty())),
        ("a script", script(Method::GET, HELLO)),
        ("a frame", with("sec-fetch-dest", "iframe")),
        ("a prefetch", with("sec-purpose", "prefetch")),
        ("a prerender", with("sec-purpose", "prefetch;prerender")),
        ("an old prefetch", with("purpose", "prefetch")),
        (
            "a script of old",
            with("x-requested-with", "XMLHttpRequest"),
        ),
        ("a robot: no mode", without("sec-fetch-mode")),
        ("a robot: no destination", without("sec-fetch-dest")),
        ("no way back", navigation(Method::GET, &long, Body::empty())),
    ];
    for (name, request) in cases {
        let mut browser = world.browser.clone();
        browser.jar.clear();
        // Neither without the mark, which is then not set, nor with it.
        let request = || {
            let mut same = http::Request::new(Body::empty());
            *same.method_mut() = request.method().clone();
            *same.uri_mut() = request.uri().clone();
            *same.headers_mut() = request.headers().clone();
            same
        };
        let page = browser.request(request()).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        assert!(page.set_cookies().is_empty(), "{name}");
        browser.get(HELLO).await;
        let page = browser.request(request()).await;
        assert_eq!(page.status, StatusCode::OK, "{name}, later");
        let page = browser.get(HELLO).await;
        assert_eq!(
            page.status,
            StatusCode::SEE_OTHER,
            "{name}: but a page does"
        );
    }
    let page = world.browser.get(&format!("{APP}/")).await;
    assert!(page.set_cookies().is_empty(), "nobody asks who it is");
    let link = world.browser.get(&format!("{APP}/secure")).await.location();
    let page = world.browser.get(link.expect("a link").as_str()).await;
    let location = page.location().expect("the provider");
    let has_prompt = location.query_pairs().any(|(name, _)| name == "prompt");
    assert!(!has_prompt, "a page that needs a login asks");
}

/// Otherwise it would be sent round and round.
#[tokio::test]
async fn a_browser_without_our_cookie_is_never_sent_anywhere() {
    let mut world = world();
    let name = {
        world.browser.get(HELLO).await;
        world.browser.cookies_named("localhost", MARK).remove(0)
    };
    let key = ("localhost".to_owned(), name);
    let now = world.clock.seconds();
    let cases = [
        ("none", None),
        ("nothing", Some(String::new())),
        ("no time", Some("soon".to_owned())),
        ("a time to come", Some((now + 1).to_string())),
        ("signed out", Some("out".to_owned())),
    ];
    for (name, value) in cases {
        for _ in 0..3 {
            world.browser.jar.remove(&key);
            if let Some(value) = &value {
                world.browser.jar.insert(key.clone(), (value.clone(), None));
            }
            let page = world.browser.get(HELLO).await;
            assert_eq!(page.status, StatusCode::OK, "{name}");
        }
    }
}

/// Whoever signs out stays so, on a shared computer too, until somebody signs in by hand.
#[tokio::test]
async fn after_a_sign_out_nobody_is_signed_in_again_unasked() {
    for out in ["button", "button at no session", "by the app"] {
        let mut world = world();
        world.sign_in("alice", "/secure").await;
        world.browser.get(&format!("{APP}/do?set=color:red")).await;
        if out == "button at no session" {
            lose_session(&mut world);
        }
        if out == "by the app" {
            world.browser.get(&format!("{APP}/do?flush")).await;
        } else {
            // The browser stays on the provider's page, where nobody presses anything.
            world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
        }
        for waits in [0, PAUSE, 86_400] {
            world.clock.advance(waits);
            let page = world.browser.get(HELLO).await;
            assert_eq!(page.text(), "hello stranger", "{out}, after {waits}");
        }
        world.sign_in("alice", "/secure").await;
        lose_session(&mut world);
        world.clock.advance(PAUSE);
        assert_eq!(
            world.browser.open(HELLO).await.text(),
            "hello alice",
            "{out}"
        );
    }
}

#[tokio::test]
async fn a_login_that_takes_the_place_of_another_is_no_sign_out() {
    let mut world = world();
    world.sign_in("alice", "/secure").await;
    world
        .browser
        .jar
        .retain(|(_, name), _| !name.contains("dev_provider"));
    sign_in(&mut world.browser, "bob", "/auth/login?return_to=/secure").await;
    lose_session(&mut world);
    world.clock.advance(PAUSE);
    assert_eq!(world.browser.open(HELLO).await.text(), "hello bob");
}

/// Nobody but us makes a login silent: what a link says to anybody is ignored.
#[tokio::test]
async fn a_link_of_somebody_elses_is_not_silent() {
    let mut world = hostile();
    let login = format!("{APP}/auth/login?return_to=/hello&prompt=none&is_silent=1");
    let page = world.browser.get(&login).await;
    let location = page.location().expect("the provider");
    assert!(location.as_str().starts_with(ISSUER));
    assert!(!location.query_pairs().any(|(name, _)| name == "prompt"));
    let answer = world.provider.refuse(&location, "server_error", "no");
    let page = world.browser.get(answer.as_str()).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
}
