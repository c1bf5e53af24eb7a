//! Hooks of the app's that never answer: no login passes without its word, and no sign-out waits for it.

use std::{future::pending, time::Duration};

use http::StatusCode;
use oidc_login::{LoginErrorKind as Kind, RelyingPartyBuilder};
use oidc_login_tests::{
    hostile::assert_refused,
    log::Log,
    tasks::Tasks,
    timer::HandTimer,
    user_agent::{Page, UserAgent},
    world::{APP, ISSUER, World, routes},
};
use tokio::task::JoinHandle;

const LOGIN_LIMIT: u64 = 30;
const LOGOUT_LIMIT: u64 = 10;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

type Hook = fn(RelyingPartyBuilder) -> RelyingPartyBuilder;

/// An app with this hook, whose timer is the test's.
fn world(hook: Hook) -> (World, HandTimer, Tasks) {
    let (timer, tasks) = (HandTimer::new(), Tasks::default());
    let settings =
        |builder: RelyingPartyBuilder| hook(builder.timer(timer.clone()).spawn(tasks.clone()));
    let world = World::with(|client| client, settings, routes());
    (world, timer, tasks)
}

/// Opens a page later, with the cookies of this moment; the browser comes back with the page.
fn later(browser: &UserAgent, url: &str) -> JoinHandle<(Page, UserAgent)> {
    let (mut browser, url) = (browser.clone(), url.to_owned());
    tokio::spawn(async move { (browser.get(&url).await, browser) })
}

#[tokio::test]
async fn a_login_whose_hook_never_answers_is_refused_and_not_let_through() {
    let cases: [(&str, Hook); 2] = [
        ("on_login", |builder| {
            builder.on_login(async |_, session| {
                session.insert("color", "hook").await?;
                pending().await
            })
        }),
        ("on_claims", |builder| builder.on_claims(|_| pending())),
    ];
    for (name, hook) in cases {
        let (log, _guard) = Log::record();
        let (mut world, timer, tasks) = world(hook);
        let form = world.browser.open(&format!("{APP}/secure")).await;
        let callback = oidc_login_tests::world::fill_in(&mut world.browser, &form, "alice").await;
        let first = later(&world.browser, &callback);
        timer.asleep(1, seconds(LOGIN_LIMIT)).await;
        // The same answer again waits for the same word.
        let second = later(&world.browser, &callback);
        timer.pass(seconds(LOGIN_LIMIT - 1));
        tokio::task::yield_now().await;
        assert!(!first.is_finished() && !second.is_finished(), "{name}");
        timer.pass(seconds(1));
        for waiting in [first, second] {
            let (page, mut browser) = waiting.await.expect("an answer");
            assert_refused(&page, Kind::HookFailed, name);
            assert_eq!(browser.session(), None, "{name}");
            let greeting = browser.get(&format!("{APP}/hello")).await.text();
            assert_eq!(greeting, "hello stranger", "{name}");
        }
        tasks.ended().await;
        let line = format!("{name} failed error=no answer within 30 s");
        assert_eq!(log.count(&line), 1, "{}", log.text());
    }
}

/// What is left of the sign-out comes all the same: the provider's part, and the revocation of tokens.
#[tokio::test]
async fn a_sign_out_goes_on_without_a_hook_that_never_answers() {
    let (log, _guard) = Log::record();
    let (mut world, timer, tasks) = world(|builder| builder.on_logout(|_| pending()));
    world.sign_in("alice", "/secure").await;
    let mut browser = world.browser.clone();
    let waiting = tokio::spawn(async move {
        let page = browser.post(&format!("{APP}/auth/logout"), &[]).await;
        (page, browser)
    });
    timer.asleep(1, seconds(LOGOUT_LIMIT)).await;
    let greeting = world.browser.get(&format!("{APP}/hello")).await.text();
    assert_eq!(greeting, "hello stranger", "the session ended before");
    timer.pass(seconds(LOGOUT_LIMIT - 1));
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    timer.pass(seconds(1));
    let (page, browser) = waiting.await.expect("an answer");
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    let location = page.location().expect("the provider");
    assert!(location.as_str().starts_with(ISSUER), "{location}");
    assert_eq!(browser.session(), None);
    let text = log.text();
    let mut warned = text.lines().filter(|line| line.contains(" WARN "));
    assert!(
        warned.any(|line| line.contains("on_logout takes longer than 10 s")),
        "{text}"
    );
    tasks.ended().await;
    assert_eq!(log.count("a token is revoked"), 2, "{}", log.text());
}
