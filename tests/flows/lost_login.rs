//! Callbacks that no login under way waits for: why, what the page says, and what happens instead.

use http::{HeaderName, HeaderValue};
use oidc_login::{LoginErrorKind as Kind, SessionSecrets};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, assert_refused, location_of_login, to_provider},
    user_agent::{Page, UserAgent},
    world::{APP, ISSUER},
};
use url::Url;

const HTTPS_APP: &str = "https://app.example";

fn says(browser: &mut UserAgent, headers: &[(&'static str, &str)]) {
    browser.headers.clear();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).expect("a value");
        browser.headers.insert(HeaderName::from_static(name), value);
    }
}

fn evidence(page: &Page, what: &str) -> String {
    let error = page.error.as_ref().expect("an error");
    let fact = error.evidence().iter().find(|fact| fact.what() == what);
    let fact = fact.unwrap_or_else(|| panic!("no {what} in {error:?}"));
    fact.value().to_owned()
}

fn is_new_try(page: &Page) -> bool {
    let location = page.location();
    location.is_some_and(|location| location.as_str().starts_with(ISSUER))
}

/// An app at another origin than the usual one.
fn world_at(origin: &str) -> HostileWorld {
    let mut world = HostileWorld::with(
        |client| {
            client
                .root_url(format!("{origin}/"))
                .valid_redirect_uris(["/*"])
        },
        |relying_party| relying_party,
    );
    let sites = [
        (origin.to_owned(), world.app.clone()),
        (APP.to_owned(), world.app.clone()),
    ];
    world.browser = UserAgent::new(sites, world.clock.clone());
    world
}

/// The answer to a login that began with these headers.
async fn begun_with(
    world: &mut HostileWorld,
    origin: &str,
    headers: &[(&'static str, &str)],
) -> Url {
    says(&mut world.browser, headers);
    let link = format!("{origin}{}", location_of_login("/secure"));
    let asked = to_provider(&mut world.browser, &link).await;
    says(&mut world.browser, &[]);
    world.provider.answer(&asked, "alice")
}

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

/// Here the browser does keep cookies, so a new sign-in works, at the host where it came to.
#[tokio::test]
async fn a_login_of_another_host_begins_once_more_in_a_browser_that_keeps_cookies() {
    let mut world = world_at(HTTPS_APP);
    let lost = begun_with(&mut world, HTTPS_APP, &[("host", "www.app.example")]).await;
    world.browser.jar.clear();
    says(&mut world.browser, &[("host", "app.example")]);
    world.browser.get(&format!("{HTTPS_APP}/auth/login")).await;
    let page = world.browser.arrive(lost.as_str()).await;
    assert!(is_new_try(&page), "{}", page.status);
    let asked = page.location().expect("a new try");
    let callback = world.provider.answer(&asked, "alice");
    let page = world.browser.arrive(callback.as_str()).await;
    assert_eq!(page.header("location"), "/", "home: nobody knows better");
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

/// Login CSRF: whatever answer somebody else brings along, a user who is signed in stays who they
/// are, and goes to no place that the answer knows.
#[tokio::test]
async fn somebody_elses_answer_leads_a_signed_in_user_home_and_nowhere_else() {
    let mut world = HostileWorld::new();
    let mut mallorys = world.browser.other_browser();
    let trap = format!("{APP}{}", location_of_login("/secure?trap"));
    let mut answers = Vec::new();
    for is_used in [false, true] {
        let asked = to_provider(&mut mallorys, &trap).await;
        let answer = world.provider.answer(&asked, "mallory");
        if is_used {
            mallorys.open(answer.as_str()).await;
        }
        answers.push(answer);
    }
    let asked = to_provider(&mut mallorys, &trap).await;
    answers.push(
        world
            .provider
            .refuse(&asked, "access_denied", "call 555-0100"),
    );
    world.sign_in("bob", "/").await;
    let tokens = world.provider.count(Endpoint::Token);
    for answer in &answers {
        let page = world.browser.arrive(answer.as_str()).await;
        assert_eq!(page.header("location"), "/", "{answer}");
        assert_eq!(page.set_cookies(), [""; 0], "{answer}");
        assert_eq!(world.greeting().await, "hello bob", "{answer}");
    }
    assert_eq!(world.provider.count(Endpoint::Token), tokens);
    // A script learns that it went wrong.
    let request = oidc_login_tests::user_agent::script(http::Method::GET, answers[0].as_str());
    let page = world.browser.request(request).await;
    assert_eq!(page.json()["error"], "no_pending_login");
}

#[tokio::test]
async fn a_login_of_this_browser_leads_a_signed_in_user_to_the_page_asked_for() {
    let mut world = HostileWorld::new();
    let old = world.to_callback("alice", "/secure?old").await;
    let mut with_cookie = world.browser.clone();
    world.clock.advance(601);
    for (_, end) in with_cookie.jar.values_mut() {
        *end = None;
    }
    world.browser = with_cookie;
    world.sign_in("bob", "/").await;
    let login = world.browser.cookies_named("localhost", "oidc_login_");
    assert_eq!(login, [""; 0], "what is over makes room");
    let mut world = HostileWorld::new();
    world.sign_in("bob", "/").await;
    let stale = world.to_callback_again("alice", "/secure?stale").await;
    world.clock.advance(601);
    for (_, end) in world.browser.jar.values_mut() {
        *end = None;
    }
    let page = world.browser.arrive(stale.as_str()).await;
    assert_eq!(page.header("location"), "/secure?stale");
    assert_eq!(world.greeting().await, "hello bob");
    let page = world.browser.arrive(old.as_str()).await;
    assert_refused(&page, Kind::StateUnknown, "an app with another secret");
}

/// Some providers' cancel buttons lead nowhere: nothing is left of such logins.
#[tokio::test]
async fn a_login_that_is_never_answered_ends_by_itself() {
    let mut world = HostileWorld::new();
    for number in 0..20 {
        world.begin(&format!("/secure?{number}")).await;
    }
    let under_way = world.browser.cookies_named("localhost", "oidc_login_");
    assert_eq!(under_way.len(), 7);
    world.clock.advance(600);
    let under_way = world.browser.cookies_named("localhost", "oidc_login_");
    assert_eq!(under_way, [""; 0]);
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
}

/// The back button after a sign-out, in a browser with another sign-in under way: nobody is signed in
/// again without having asked for it.
#[tokio::test]
async fn after_a_sign_out_no_old_answer_begins_a_sign_in() {
    for has_end_session in [true, false] {
        let name = format!("sign-out at the provider: {has_end_session}");
        let mut world = HostileWorld::new();
        if !has_end_session {
            world.provider.bend_metadata(|metadata| {
                metadata["end_session_endpoint"] = serde_json::Value::Null;
            });
        }
        let lost = world.to_callback("alice", "/secure").await;
        let forgotten = world.browser.jar.clone();
        let used = world.to_callback("alice", "/secure").await;
        world.browser.open(used.as_str()).await;
        assert_eq!(world.greeting().await, "hello alice", "{name}");
        world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
        let page = world.browser.arrive(used.as_str()).await;
        assert_refused(&page, Kind::StateReplayed, &name);
        if !has_end_session {
            // A sign-in of before, whose cookie is another one by now.
            for (cookie, (_, end)) in forgotten {
                if cookie.1.contains("oidc_login_") {
                    world.browser.jar.insert(cookie, ("gone".to_owned(), end));
                }
            }
            let page = world.browser.arrive(lost.as_str()).await;
            assert_refused(&page, Kind::PendingLoginUnreadable, &name);
        }
    }
}
