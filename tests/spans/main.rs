//! What a line of the log is about: the spans of login, callback, refresh and logout.
//!
//! A program of its own, because what a thread without a recorder meets first is not logged anywhere
//! else either.

use http::{Method, Request};
use oidc_login_tests::{hostile::Endpoint, log::Log, tokens::TokenWorld, world::APP};

#[tokio::test]
async fn a_line_of_the_log_says_in_which_span_it_was_written() {
    let (log, _guard) = Log::record();
    let mut world = TokenWorld::new();
    world.sign_in().await;
    world.world.clock.advance(11);
    world.world.provider.reply(Endpoint::Token, 503, "");
    world.get("/refresh").await;
    let told = Request::builder()
        .method(Method::POST)
        .uri(format!("{APP}/auth/backchannel-logout"))
        .body("".into());
    let told = told.expect("a request");
    world.world.browser.other_browser().request(told).await;
    let browser = &mut world.world.browser;
    browser.post(&format!("{APP}/auth/logout"), &[]).await;

    let text = log.text();
    for (span, line) in [
        (r#"login{by="app"}:"#, "a login begins"),
        ("callback:", "a user signed in"),
        (r#"refresh{reason="handler"}:"#, "refresh_failed"),
        (r#"logout{by="backchannel"}:"#, "logout_token_missing"),
        (r#"logout{by="user"}:"#, "a user signed out"),
    ] {
        let found = text.lines().find(|found| found.contains(line));
        let found = found.unwrap_or_else(|| panic!("no {line} in {text}"));
        assert!(found.contains(span), "{found}");
    }
}
