//! Callbacks that no login under way waits for: why, what the page says, and what happens instead.

mod reasons;

use http::{HeaderName, HeaderValue};
use oidc_login::LoginErrorKind as Kind;
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
