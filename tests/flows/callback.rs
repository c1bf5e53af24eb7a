//! The provider's answer: `iss` and `code`, each with one thing wrong.

use http::StatusCode;
use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, assert_refused, refuses, with_another, with_parameter},
    world::{APP, ISSUER},
};

#[tokio::test]
async fn an_honest_answer_signs_in_and_leads_back() {
    let mut world = HostileWorld::new();
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(
        (page.status, page.text().as_str()),
        (StatusCode::OK, "secure alice")
    );
    assert_eq!(page.url.as_str(), format!("{APP}/secure"));
}

#[tokio::test]
async fn the_issuer_is_the_one_asked() {
    for (name, iss) in [("no iss", None), ("an empty iss", Some(""))] {
        refuses(name, Kind::IssuerMissing, |_, url| {
            with_parameter(url, "iss", iss)
        })
        .await;
    }
    for (name, iss) in [
        ("another iss", "http://localhost:5002"),
        ("iss with a slash more", "http://localhost:5001/"),
        ("iss in upper case", "HTTP://LOCALHOST:5001"),
    ] {
        refuses(name, Kind::IssuerMismatch, |_, url| {
            with_parameter(url, "iss", Some(iss))
        })
        .await;
    }
    refuses("iss twice", Kind::IssuerDuplicated, |_, url| {
        with_another(url, "iss", ISSUER)
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_never_announced_iss_may_leave_it_out_but_not_lie() {
    let quiet = || {
        let world = HostileWorld::new();
        world.provider.bend_metadata(|metadata| {
            metadata["authorization_response_iss_parameter_supported"] = false.into();
        });
        world
    };
    let mut world = quiet();
    let callback = world.to_callback("alice", "/secure").await;
    let callback = with_parameter(&callback, "iss", None);
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");

    let mut world = quiet();
    let callback = world.to_callback("alice", "/secure").await;
    let callback = with_parameter(&callback, "iss", Some("https://evil.test"));
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::IssuerMismatch, "another iss");
}

#[tokio::test]
async fn the_code_is_there_once() {
    for (name, code) in [("no code", None), ("an empty code", Some(""))] {
        refuses(name, Kind::CodeMissing, |_, url| {
            with_parameter(url, "code", code)
        })
        .await;
    }
    refuses("code twice", Kind::CodeDuplicated, |_, url| {
        with_another(url, "code", "other")
    })
    .await;
    refuses("another code", Kind::TokenRequestRefused, |_, url| {
        with_parameter(url, "code", Some("stolen"))
    })
    .await;
}

#[tokio::test]
async fn an_answer_without_a_code_asks_for_no_token_and_leaves_the_login_alive() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let page = with_parameter(&callback, "code", None);
    let page = world.browser.get(page.as_str()).await;
    assert_refused(&page, Kind::CodeMissing, "no code");
    assert_eq!(world.provider.count(Endpoint::Token), 0);
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn what_else_stands_in_the_answer_is_not_looked_at() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let mut callback = with_another(&callback, "session_state", "<script>");
    for name in ["return_to", "id_token", "access_token", "user", "x", "x"] {
        callback = with_another(&callback, name, "https://evil.test/");
    }
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
}
