//! `state`: an answer belongs to a login that this browser began, and is used once.

use axum::body::Body;
use http::Method;
use oidc_login::{LoginErrorKind as Kind, SessionSecrets};
use oidc_login_tests::{
    hostile::{
        Endpoint, HostileWorld, assert_refused, parameter, refuses, to_provider, with_another,
        with_parameter,
    },
    user_agent::{Page, UserAgent, navigation, set},
    world::{APP, ISSUER},
};

fn is_new_try(page: &Page) -> bool {
    let location = page.location();
    location.is_some_and(|location| location.as_str().starts_with(ISSUER))
}

/// Whoever is signed in stays who they are, and goes to a page of the app.
fn assert_goes_on(page: &Page, target: &str, name: &str) {
    assert_eq!(page.header("location"), target, "{name}: {}", page.status);
    for line in page.set_cookies() {
        assert!(!line.contains("oidc_session"), "{name}: {line}");
    }
}

#[tokio::test]
async fn there_is_one_and_it_is_ours() {
    for (name, state) in [("no state", None), ("an empty state", Some(""))] {
        refuses(name, Kind::StateMissing, |_, url| {
            with_parameter(url, "state", state)
        })
        .await;
    }
    refuses("state twice", Kind::StateDuplicated, |_, url| {
        with_another(url, "state", &parameter(url, "state"))
    })
    .await;
    let long = "A".repeat(10_000);
    for (name, state) in [
        ("garbage", "garbage"),
        ("no base64", "%%%\u{0}\r\n"),
        ("short", "AAAA"),
        ("long", &long),
        ("markup", "<script>alert(1)</script>"),
    ] {
        refuses(name, Kind::StateUnknown, |_, url| {
            with_parameter(url, "state", Some(state))
        })
        .await;
    }
    refuses("one letter wrong", Kind::StateUnknown, |_, url| {
        let mut state = parameter(url, "state");
        let other = if state.starts_with('A') { "B" } else { "A" };
        state.replace_range(..1, other);
        with_parameter(url, "state", Some(&state))
    })
    .await;
    refuses("one letter more", Kind::StateUnknown, |_, url| {
        let state = parameter(url, "state") + "A";
        with_parameter(url, "state", Some(&state))
    })
    .await;
}

#[tokio::test]
async fn it_is_not_of_another_app() {
    let mut other = HostileWorld::new();
    let foreign = other.to_callback("mallory", "/secure").await;
    let foreign = parameter(&foreign, "state");
    refuses("another secret", Kind::StateUnknown, |_, url| {
        with_parameter(url, "state", Some(&foreign))
    })
    .await;
}

#[tokio::test]
async fn an_app_with_the_same_secret_is_another_app() {
    let secret = || SessionSecrets::from_base64(&"c2VjcmV0".repeat(8)).expect("a secret");
    let mut ours = HostileWorld::with(|client| client, |rp| rp.session_secrets(secret()));
    let other = HostileWorld::with(
        |client| client.public_client("other-app"),
        |rp| rp.session_secrets(secret()),
    );
    ours.begin("/secure").await;
    let url = format!("{APP}/secure");
    let mut browser = UserAgent::new([(APP.to_owned(), other.app.clone())], other.clock.clone());
    let authorization_url = to_provider(&mut browser, &url).await;
    let callback = other.provider.answer(&authorization_url, "mallory");
    // Both cookies are there, the state is known to both; the login under way is the other app's.
    ours.browser.jar.extend(browser.jar);
    let page = ours.browser.get(callback.as_str()).await;
    assert!(page.error.is_some() || is_new_try(&page), "{}", page.status);
    assert_eq!(ours.provider.count(Endpoint::Token), 0);
    assert_eq!(ours.greeting().await, "hello stranger");
}

#[tokio::test]
async fn a_login_begun_in_another_browser_is_refused() {
    let mut world = HostileWorld::new();
    let mut attacker = world.browser.other_browser();
    let authorization_url = to_provider(&mut attacker, &format!("{APP}/secure")).await;
    let callback = world.provider.answer(&authorization_url, "mallory");

    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::NoCookies, "no cookies at all");
    assert_eq!(world.greeting().await, "hello stranger");

    // A victim with a login of her own under way is sent to sign in herself.
    world.begin("/secure").await;
    let page = world.browser.get(callback.as_str()).await;
    assert!(is_new_try(&page), "{}", page.status);
    assert_eq!(world.greeting().await, "hello stranger");

    world.sign_in("bob", "/").await;
    let page = world.browser.get(callback.as_str()).await;
    assert_goes_on(&page, "/", "signed in");
    assert_eq!(world.greeting().await, "hello bob");

    let tokens = world.provider.count(Endpoint::Token);
    assert_eq!(tokens, 1, "bob's own");
    let page = attacker.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure mallory", "in her own browser it works");
}

#[tokio::test]
async fn a_cookie_planted_under_the_right_name_does_not_open() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let [name] = &world.browser.cookies_named("localhost", "oidc_login_")[..] else {
        panic!("one login is under way");
    };
    let key = ("localhost".to_owned(), name.clone());
    let mut other = HostileWorld::new();
    other.begin("/secure").await;
    let foreign = other.browser.jar.into_values().next().expect("a cookie");
    for (name, value) in [
        ("empty", String::new()),
        ("garbage", "garbage".to_owned()),
        ("long", "A".repeat(4000)),
        ("of another secret", foreign.0),
    ] {
        let mut browser = world.browser.clone();
        browser.jar.insert(key.clone(), (value, None));
        let page = browser.get(callback.as_str()).await;
        assert!(is_new_try(&page), "{name}: {}", page.status);
    }
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn the_cookie_of_one_login_does_not_serve_another() {
    let mut world = HostileWorld::new();
    let first = world.to_callback("alice", "/secure").await;
    let first_cookie = world
        .browser
        .jar
        .values()
        .next()
        .cloned()
        .expect("a cookie");
    world.browser.jar.clear();
    let second = world.to_callback("mallory", "/secure").await;
    for value in world.browser.jar.values_mut() {
        *value = first_cookie.clone();
    }
    let page = world.browser.get(second.as_str()).await;
    assert!(is_new_try(&page), "{}", page.status);
    let page = world.browser.get(first.as_str()).await;
    assert!(is_new_try(&page), "{}", page.status);
    assert_eq!(world.provider.count(Endpoint::Token), 0);
}

#[tokio::test]
async fn ten_minutes_are_enough_and_no_more() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    world.clock.advance(599);
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice", "just before");

    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let mut with_cookie = world.browser.clone();
    world.clock.advance(600);
    for (_, end) in with_cookie.jar.values_mut() {
        *end = None;
    }
    // The provider's page was open for long: it answers, and only then has the login to begin again.
    for (name, browser, target) in [
        ("still there", with_cookie, "/secure"),
        ("dropped", world.browser.clone(), "/"),
    ] {
        let mut browser = browser;
        let page = browser.get(callback.as_str()).await;
        assert!(is_new_try(&page), "the cookie is {name}: {}", page.status);
        let second = page.location().expect("a new try");
        let second = world.provider.answer(&second, "alice");
        let mut late = browser.clone();
        let page = browser.get(second.as_str()).await;
        assert_eq!(page.header("location"), target, "the cookie is {name}");
        world.clock.advance(601);
        let page = late.get(second.as_str()).await;
        assert_refused(&page, Kind::PendingLoginExpired, "and not a third time");
    }
    assert_eq!(world.provider.count(Endpoint::Token), 2);

    let mut nothing = world.browser.other_browser();
    let page = nothing.get(callback.as_str()).await;
    assert_refused(&page, Kind::PendingLoginExpired, "without any cookie");
    world.sign_in("bob", "/").await;
    let page = world.browser.get(callback.as_str()).await;
    assert_goes_on(&page, "/", "signed in meanwhile");
    assert_eq!(world.greeting().await, "hello bob");
}

#[tokio::test]
async fn an_answer_serves_once() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    world.browser.open(callback.as_str()).await;
    let page = world.browser.get(callback.as_str()).await;
    assert_eq!(page.header("location"), "/secure", "in the session it made");
    assert_eq!(page.set_cookies(), Vec::<&str>::new());
    assert_eq!(world.greeting().await, "hello alice");
    assert_eq!(world.provider.count(Endpoint::Token), 1);
    let page = world.browser.other_browser().get(callback.as_str()).await;
    assert_refused(&page, Kind::StateReplayed, "in another browser");
    assert_eq!(world.provider.count(Endpoint::Token), 1);

    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    world.provider.reply(Endpoint::Token, 400, "{}");
    world.browser.get(callback.as_str()).await;
    world.provider.be_honest();
    let page = world.browser.get(callback.as_str()).await;
    assert!(is_new_try(&page), "after a failure: {}", page.status);
    assert_eq!(world.greeting().await, "hello stranger");
    assert_eq!(world.provider.count(Endpoint::Token), 1);
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn a_lost_login_begins_once_more_and_not_twice() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    lose_the_login(&mut world.browser);
    let page = world.browser.get(callback.as_str()).await;
    assert!(is_new_try(&page), "{}", page.status);
    let second = page.location().expect("a new try");
    let callback = world.provider.answer(&second, "alice");
    let mut lucky = world.browser.clone();
    lose_the_login(&mut world.browser);
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::NoPendingLogin, "the second try");
    let page = lucky.open(callback.as_str()).await;
    assert_eq!(page.text(), "open", "the new try leads home");
}

#[tokio::test]
async fn a_lost_login_begins_once_more_only_for_a_page_that_is_opened() {
    for (name, header, value) in [
        ("a frame", "sec-fetch-dest", "iframe"),
        ("an image", "sec-fetch-dest", "image"),
        ("a prefetch", "sec-purpose", "prefetch"),
    ] {
        let mut world = HostileWorld::new();
        let callback = world.to_callback("alice", "/secure").await;
        lose_the_login(&mut world.browser);
        let mut request = navigation(Method::GET, callback.as_str(), Body::empty());
        set(&mut request, header, value);
        let page = world.browser.request(request).await;
        assert_refused(&page, Kind::NoPendingLogin, name);
        assert!(page.set_cookies().is_empty(), "{name}");
        let page = world.browser.get(callback.as_str()).await;
        assert!(is_new_try(&page), "{name}, then the page: {}", page.status);
    }
}

/// Another login of ours stays, so the browser is one that keeps cookies.
fn lose_the_login(browser: &mut UserAgent) {
    let names = browser.cookies_named("localhost", "oidc_login_");
    let name = names.first().expect("a login under way");
    let prefix = &name[..name.len() - 11];
    browser.jar.clear();
    let key = ("localhost".to_owned(), format!("{prefix}AAAAAAAAAAA"));
    browser.jar.insert(key, ("lost".to_owned(), None));
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_so_after_one_request() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    world.browser.jar.clear();
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::NoCookies, "no cookies");
    assert!(page.set_cookies().is_empty());
}

#[tokio::test]
async fn a_browser_that_is_signed_in_is_not_sent_away_again() {
    let mut world = HostileWorld::new();
    world.sign_in("bob", "/").await;
    let callback = world.to_callback_again("alice", "/secure").await;
    let pending = world.browser.cookies_named("localhost", "oidc_login_");
    for name in pending {
        world.browser.jar.remove(&("localhost".to_owned(), name));
    }
    let page = world.browser.get(callback.as_str()).await;
    assert_goes_on(&page, "/", "signed in");
    assert_eq!(world.greeting().await, "hello bob");
}
