//! A browser that signs in again and again gets one page that says why; nobody else does.

use axum::{Router, response::Redirect, routing::get};
use http::HeaderValue;
use oidc_login::{Claims, LoginErrorKind as Kind};
use oidc_login_tests::{
    hostile::{
        Endpoint, HostileWorld, assert_refused, location_of_login, to_provider, with_parameter,
    },
    user_agent::{Page, UserAgent},
    world::{APP, ISSUER, routes},
};

const SECURE: &str = "http://localhost:5000/secure";

fn evidence(page: &Page, what: &str) -> String {
    let error = page.error.as_ref().expect("an error");
    let fact = error.evidence().iter().find(|fact| fact.what() == what);
    let fact = fact.unwrap_or_else(|| panic!("no {what} in {error:?}"));
    fact.value().to_owned()
}

/// As in a chain of redirects that led over the provider.
fn by_redirect(browser: &mut UserAgent) {
    let value = HeaderValue::from_static("cross-site");
    browser.headers.insert("sec-fetch-site", value);
}

fn lose_session(browser: &mut UserAgent) {
    browser
        .jar
        .retain(|(_, name), _| !name.contains("oidc_session"));
}

/// Follows redirects as a browser does, the provider signing in without a question, until something
/// is no redirect; says how many there were. `between` happens after every answer.
async fn follow(
    world: &mut HostileWorld,
    url: &str,
    mut between: impl FnMut(&mut UserAgent),
) -> (Page, usize) {
    let mut url = url.to_owned();
    for redirects in 0..200 {
        let page = world.browser.get(&url).await;
        between(&mut world.browser);
        let Some(next) = page.location() else {
            return (page, redirects);
        };
        url = if next.as_str().starts_with(ISSUER) {
            world.provider.answer(&next, "alice").into()
        } else {
            next.into()
        };
    }
    panic!("an endless loop");
}

/// Redirects that browsers follow before they give up.
const BROWSERS_GIVE_UP: usize = 20;

#[tokio::test]
async fn a_session_that_the_browser_does_not_keep_ends_on_a_page() {
    let mut world = HostileWorld::new();
    by_redirect(&mut world.browser);
    let (page, redirects) = follow(&mut world, SECURE, lose_session).await;
    assert_refused(&page, Kind::LoginLoop, "no session cookie");
    // One redirect more for each round: the provider's own.
    assert!(redirects + 4 <= BROWSERS_GIVE_UP, "{redirects}");
    assert_eq!(evidence(&page, "sign-ins in a row"), "4");
    let session = evidence(&page, "session in this request");
    assert_eq!(session, "its cookie did not come");
    assert!(page.text().contains("login_loop"), "{}", page.text());
    let again = "href=\"/auth/login?return_to=%2Fsecure\"";
    assert!(page.text().contains(again), "{}", page.text());
    let asked = world.provider.count(Endpoint::Token);
    assert_eq!(asked, 4, "and the fifth was not begun");

    // Nothing is locked: once the cause is gone, the link on the page works.
    let page = follow(&mut world, SECURE, |_| ()).await.0;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn a_session_that_nobody_knows_ends_on_a_page_that_says_so() {
    let mut world = HostileWorld::new();
    by_redirect(&mut world.browser);
    let forget = |browser: &mut UserAgent| {
        for ((_, name), (value, _)) in &mut browser.jar {
            if name.contains("oidc_session") {
                *value = "A".repeat(43);
            }
        }
    };
    let (page, _) = follow(&mut world, SECURE, forget).await;
    assert_refused(&page, Kind::LoginLoop, "an unknown session");
    let session = evidence(&page, "session in this request");
    assert!(session.contains("not known here"), "{session}");
    let cause = evidence(&page, "likely cause");
    assert!(cause.contains("shared store"), "{cause}");
}

/// An app that sends users without a role to the sign-in instead of telling them.
fn role_loop() -> Router {
    let page = get(|_: Claims| async { Redirect::to("/auth/login?return_to=/members") });
    routes().route("/members", page)
}

#[tokio::test]
async fn an_app_that_sends_its_users_round_is_told_so_and_they_stay_signed_in() {
    let mut world = HostileWorld::with_routes(|client| client, |rp, _| rp, role_loop());
    by_redirect(&mut world.browser);
    let (page, redirects) = follow(&mut world, &format!("{APP}/members"), |_| ()).await;
    assert_refused(&page, Kind::LoginLoop, "a loop of the app's own");
    assert!(redirects + 4 <= BROWSERS_GIVE_UP, "{redirects}");
    assert_eq!(evidence(&page, "session in this request"), "alive");
    assert!(evidence(&page, "likely cause").contains("role"));
    assert_eq!(world.greeting().await, "hello alice");
}

/// A page's script that opens the sign-in is a loop too; a person gets more tries.
#[tokio::test]
async fn a_loop_by_script_ends_as_well() {
    let mut world = HostileWorld::new();
    let (page, _) = follow(&mut world, SECURE, lose_session).await;
    assert_refused(&page, Kind::LoginLoop, "each one opened by a page");
    assert_eq!(world.provider.count(Endpoint::Token), 8);
}

#[tokio::test]
async fn who_signs_in_and_out_by_hand_is_in_no_loop() {
    let mut world = HostileWorld::new();
    by_redirect(&mut world.browser);
    for number in 0..30 {
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{number}");
        by_hand(&mut world.browser);
        world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
        by_redirect(&mut world.browser);
    }
}

fn by_hand(browser: &mut UserAgent) {
    browser.headers.clear();
}

#[tokio::test]
async fn who_looks_at_the_page_before_the_next_sign_in_is_in_no_loop() {
    let mut world = HostileWorld::new();
    by_redirect(&mut world.browser);
    for number in 0..30 {
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{number}");
        world.clock.advance(11);
    }
}

#[tokio::test]
async fn many_tabs_at_once_are_no_loop() {
    let mut world = HostileWorld::new();
    by_redirect(&mut world.browser);
    for batch in 0..3 {
        let mut callbacks = Vec::new();
        for tab in 0..7 {
            let path = format!("/secure?tab={tab}");
            callbacks.push(world.to_callback_again("alice", &path).await);
        }
        for (tab, callback) in callbacks.iter().enumerate() {
            let page = world.browser.open(callback.as_str()).await;
            assert_eq!(page.text(), "secure alice", "{batch} {tab}");
        }
    }
}

/// Twenty tabs of a browser that starts, in a browser that keeps seven logins: the lost ones begin
/// once more each, and all of them end signed in.
#[tokio::test]
async fn a_browser_that_restores_twenty_tabs_is_in_no_loop() {
    let mut world = HostileWorld::new();
    by_redirect(&mut world.browser);
    let mut callbacks = Vec::new();
    for tab in 0..20 {
        callbacks.push(world.to_callback("alice", &format!("/secure?{tab}")).await);
    }
    for callback in callbacks {
        let (page, _) = follow(&mut world, callback.as_str(), |_| ()).await;
        assert!(page.status.is_success(), "{}: {}", page.url, page.text());
    }
    assert_eq!(world.greeting().await, "hello alice");
}

/// Somebody else's page can open the sign-in as often as it likes: the user sees a page once, has the
/// session as before, and signs in with the next click.
#[tokio::test]
async fn somebody_elses_page_locks_nobody_out() {
    let mut world = HostileWorld::new();
    world.sign_in("alice", "/").await;
    by_redirect(&mut world.browser);
    let link = format!("{APP}{}", location_of_login("/hello"));
    let mut refused = 0;
    for _ in 0..50 {
        let (page, _) = follow(&mut world, &link, |_| ()).await;
        refused += usize::from(page.error.is_some());
    }
    assert!(refused > 0);
    assert_eq!(world.greeting().await, "hello alice");
    for _ in 0..2 {
        let (page, _) = follow(&mut world, &link, |_| ()).await;
        if page.error.is_none() {
            return;
        }
    }
    panic!("two refusals in a row");
}

/// The cookie is the browser's, so what it says is worth as much as the tag on it.
#[tokio::test]
async fn a_trail_that_was_changed_counts_nothing() {
    let mut world = HostileWorld::new();
    by_redirect(&mut world.browser);
    let spoil = |browser: &mut UserAgent| {
        lose_session(browser);
        for ((_, name), (value, _)) in &mut browser.jar {
            if name.contains("oidc_trail") && !value.is_empty() {
                let other = if value.starts_with('A') { "B" } else { "A" };
                value.replace_range(..1, other);
            }
        }
    };
    for number in 0..10 {
        let url = to_provider(&mut world.browser, SECURE).await;
        spoil(&mut world.browser);
        let callback = world.provider.answer(&url, "alice");
        let page = world.browser.get(callback.as_str()).await;
        assert_eq!(page.header("location"), "/secure", "{number}");
        spoil(&mut world.browser);
    }
}

/// An app that tries to sign in silently whoever is not signed in, again and again.
fn silent_loop() -> Router {
    let page = get(|| async { Redirect::to("/auth/login?return_to=/greeting&prompt=none") });
    routes().route("/greeting", page)
}

#[tokio::test]
async fn silent_logins_that_lead_nowhere_end_on_a_page() {
    let mut world = HostileWorld::with_routes(
        |client| client.login_parameters(["prompt"]),
        |relying_party, _| relying_party,
        silent_loop(),
    );
    by_redirect(&mut world.browser);
    let mut url = format!("{APP}/greeting");
    for _ in 0..BROWSERS_GIVE_UP {
        let page = world.browser.get(&url).await;
        let Some(next) = page.location() else {
            assert_refused(&page, Kind::LoginLoop, "prompt=none");
            return;
        };
        url = if next.as_str().starts_with(ISSUER) {
            let refused = world.provider.refuse(&next, "login_required", "no");
            with_parameter(&refused, "error_description", None).into()
        } else {
            next.into()
        };
    }
    panic!("an endless loop");
}
