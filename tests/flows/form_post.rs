//! The provider's answer as a form that the browser posts from the provider's site.

use http::StatusCode;
use oidc_login::{LoginErrorKind as Kind, ResponseMode};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, assert_refused, parameter, with_another, with_parameter},
    user_agent::Page,
    world::APP,
};
use url::Url;

const CALLBACK: &str = "http://localhost:5000/auth/callback";

fn world() -> HostileWorld {
    HostileWorld::with(
        |client| client.response_mode(ResponseMode::FormPost),
        |relying_party| relying_party,
    )
}

/// What the provider's page posts, instead of the redirect.
async fn post(world: &mut HostileWorld, answer: &Url) -> Page {
    let form = answer.query().unwrap_or_default().to_owned();
    world.browser.post_from_elsewhere(CALLBACK, form).await
}

/// The post, and what the browser does next.
async fn answered(world: &mut HostileWorld, answer: &Url) -> Page {
    let page = post(world, answer).await;
    match page.location() {
        Some(next) => world.browser.arrive(next.as_str()).await,
        None => page,
    }
}

#[tokio::test]
async fn a_posted_answer_signs_in() {
    let mut world = world();
    let asked = world.begin("/secure?x=1").await;
    assert_eq!(parameter(&asked, "response_mode"), "form_post");
    let answer = world.provider.answer(&asked, "alice");

    let page = post(&mut world, &answer).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let next = page.location().expect("the callback");
    let shown = next.as_str();
    for secret in ["code", "state"] {
        assert!(!shown.contains(&parameter(&answer, secret)), "{shown}");
    }
    let [cookie] = page.set_cookies()[..] else {
        panic!("one cookie: {:?}", page.set_cookies());
    };
    assert!(!cookie.contains(&parameter(&answer, "code")), "sealed");
    for attribute in ["HttpOnly", "SameSite=Lax", "Max-Age=60", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_eq!(world.provider.count(Endpoint::Token), 0, "nothing yet");

    let page = world.browser.arrive(next.as_str()).await;
    let target = page.location().expect("the page asked for");
    assert_eq!(target.as_str(), format!("{APP}/secure?x=1"));
    assert_eq!(world.greeting().await, "hello alice");
    let left = world.browser.cookies_named("localhost", "oidc_answer");
    assert_eq!(left, [""; 0], "the answer is gone");
}

#[tokio::test]
async fn each_check_holds_for_a_posted_answer() {
    type Attack = fn(&Url) -> Url;
    let attacks: [(&str, Kind, Attack); 7] = [
        ("another iss", Kind::IssuerMismatch, |url| {
            with_parameter(url, "iss", Some("https://evil.test"))
        }),
        ("no iss", Kind::IssuerMissing, |url| {
            with_parameter(url, "iss", None)
        }),
        ("two iss", Kind::IssuerDuplicated, |url| {
            with_another(url, "iss", "https://evil.test")
        }),
        ("no code", Kind::CodeMissing, |url| {
            with_parameter(url, "code", None)
        }),
        ("two codes", Kind::CodeDuplicated, |url| {
            with_another(url, "code", "x")
        }),
        ("another code", Kind::TokenRequestRefused, |url| {
            with_parameter(url, "code", Some("x"))
        }),
        ("an error", Kind::AccessDenied, |url| {
            with_another(&with_parameter(url, "code", None), "error", "access_denied")
        }),
    ];
    for (name, expected, attack) in attacks {
        let mut world = world();
        let callback = world.to_callback("alice", "/secure").await;
        let page = answered(&mut world, &attack(&callback)).await;
        assert_refused(&page, expected, name);
        assert_eq!(world.greeting().await, "hello stranger", "{name}");
        let callback = world.to_callback("alice", "/secure").await;
        answered(&mut world, &callback).await;
        assert_eq!(world.greeting().await, "hello alice", "{name}");
    }
}

#[tokio::test]
async fn what_is_posted_without_a_state_of_ours_leaves_nothing() {
    let mut world = world();
    let callback = world.to_callback("alice", "/secure").await;
    for (name, expected, answer) in [
        (
            "no state",
            Kind::StateMissing,
            with_parameter(&callback, "state", None),
        ),
        (
            "two",
            Kind::StateDuplicated,
            with_another(&callback, "state", "x"),
        ),
        (
            "made up",
            Kind::StateUnknown,
            with_parameter(&callback, "state", Some("x")),
        ),
    ] {
        let page = post(&mut world, &answer).await;
        assert_refused(&page, expected, name);
        assert_eq!(page.set_cookies(), [""; 0], "{name}");
    }
    let long = with_parameter(&callback, "code", Some(&"c".repeat(4_000)));
    let page = post(&mut world, &long).await;
    assert_refused(&page, Kind::AnswerTooLong, "too long");
    assert_eq!(page.set_cookies(), [""; 0]);
}

/// Login CSRF: the answer to the attacker's own login, posted by the victim's browser.
#[tokio::test]
async fn somebody_elses_answer_signs_nobody_in() {
    let mut world = world();
    let victim = world.browser.other_browser();
    let answer = world.to_callback("mallory", "/secure").await;
    for user in [None, Some("bob")] {
        world.browser = victim.other_browser();
        if let Some(user) = user {
            let callback = world.to_callback(user, "/secure").await;
            answered(&mut world, &callback).await;
        }
        let page = answered(&mut world, &answer).await;
        assert!(page.error.is_some() || page.location().is_some());
        let greeting = user.map_or("hello stranger".to_owned(), |user| format!("hello {user}"));
        assert_eq!(world.greeting().await, greeting);
    }
}

#[tokio::test]
async fn a_lost_answer_is_said_to_be_lost_and_a_signed_in_user_goes_home() {
    let mut world = world();
    let callback = world.to_callback("alice", "/secure").await;
    let page = post(&mut world, &callback).await;
    let next = page.location().expect("the callback").to_string();

    let mut other = world.browser.other_browser();
    let page = other.arrive(&next).await;
    assert_refused(&page, Kind::AnswerLost, "without the cookie");

    world.clock.advance(61);
    let page = world.browser.arrive(&next).await;
    assert_refused(&page, Kind::AnswerLost, "too late");

    post(&mut world, &callback).await;
    world.browser.arrive(&next).await;
    assert_eq!(world.greeting().await, "hello alice");
    let again = world.browser.get(&next).await;
    let home = again.location().expect("the home URL");
    assert_eq!(home.as_str(), format!("{APP}/"));
    assert_eq!(world.provider.count(Endpoint::Token), 1);
}

/// The form sent twice, by a double click: the code is used once.
#[tokio::test]
async fn a_form_sent_twice_is_one_login() {
    let mut world = world();
    let callback = world.to_callback("alice", "/secure").await;
    let first = post(&mut world, &callback).await.location().expect("next");
    let second = post(&mut world, &callback).await.location().expect("next");
    assert_eq!(first, second);
    world.browser.arrive(first.as_str()).await;
    world.browser.arrive(second.as_str()).await;
    assert_eq!(world.provider.count(Endpoint::Token), 1);
    assert_eq!(world.greeting().await, "hello alice");
}

#[tokio::test]
async fn without_the_setting_no_form_is_taken() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let page = post(&mut world, &callback).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(page.header("allow"), "GET");
    let page = world.browser.arrive(&format!("{CALLBACK}?answer=0")).await;
    assert_refused(&page, Kind::StateMissing, "nothing to continue");
}
