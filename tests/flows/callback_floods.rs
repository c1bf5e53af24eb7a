//! Callbacks by the thousand: they end nobody's session and reach no provider.

use axum::body::Body;
use http::Method;
use oidc_login::ResponseMode;
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, with_parameter},
    user_agent::navigation,
    world::APP,
};

const CALLBACK: &str = "http://localhost:5000/auth/callback";

#[tokio::test]
async fn what_a_stranger_opens_in_a_users_browser_leaves_the_user_alone() {
    let mut world = HostileWorld::new();
    let foreign = world.to_callback("mallory", "/secure").await;
    world.browser = world.browser.other_browser();
    world.sign_in("bob", "/").await;
    let before = world.browser.cookies_named("localhost", "oidc_session_");
    let asked = world.provider.seen().len();
    for number in 0..500 {
        let code = format!("code-{number}");
        for url in [
            with_parameter(&foreign, "code", Some(&code)),
            with_parameter(&foreign, "state", Some(&code)),
            with_parameter(&foreign, "state", None),
            with_parameter(
                &with_parameter(&foreign, "code", None),
                "error",
                Some(&code),
            ),
        ] {
            let page = world.browser.arrive(url.as_str()).await;
            let lines = page.set_cookies();
            assert!(
                lines.iter().all(|line| !line.contains("oidc_session")),
                "{url}"
            );
        }
    }
    assert_eq!(world.provider.seen().len(), asked);
    assert_eq!(world.greeting().await, "hello bob");
    let after = world.browser.cookies_named("localhost", "oidc_session_");
    assert_eq!(before, after);
}

/// A page that posts forms at the callback fills no browser: there are two places for answers.
#[tokio::test]
async fn posted_answers_fill_no_browser_and_reach_no_provider() {
    let mut world = HostileWorld::with(
        |client| client.response_mode(ResponseMode::FormPost),
        |relying_party| relying_party,
    );
    let mut attacker = world.browser.other_browser();
    let mut answers = Vec::new();
    for _ in 0..20 {
        let link = format!("{APP}/auth/login");
        let asked = oidc_login_tests::hostile::to_provider(&mut attacker, &link).await;
        answers.push(world.provider.answer(&asked, "mallory"));
    }
    let seen = world.provider.seen().len();
    for answer in answers.iter().cycle().take(500) {
        let form = answer.query().unwrap_or_default().to_owned();
        world.browser.post_from_elsewhere(CALLBACK, form).await;
    }
    let waiting = world.browser.cookies_named("localhost", "oidc_answer_");
    assert!(waiting.len() <= 2, "{waiting:?}");
    assert_eq!(world.provider.seen().len(), seen);
    assert_eq!(world.greeting().await, "hello stranger");
    for slot in 0..2 {
        let next = format!("{CALLBACK}?answer={slot}");
        let request = navigation(Method::GET, &next, Body::empty());
        let page = world.browser.request(request).await;
        assert!(page.status.is_client_error(), "{slot}: {}", page.status);
    }
    assert_eq!(world.provider.count(Endpoint::Token), 0);
    assert_eq!(world.greeting().await, "hello stranger");
}
