//! Pages that ask for more than a login, by click.

use std::net::Ipv4Addr;

use oidc_login_dev_provider::{Client, DevProvider, User};
use oidc_login_tests::{
    browser::{Browser, Page},
    fresh_login::fresh_login_app,
};
use tokio::net::TcpListener;

use crate::stage::{Stage, status};

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_second_factor_opens_the_page_that_asks_for_it() {
    let stage = Stage::new().await;
    let page = stage.signed_in("alice", "/secure").await;
    page.click_text("Home").await;
    page.click_text("/strong").await;
    stage.fill_in(&page, "alice", "alice").await;
    page.fill_labelled("One-time code", "123456").await;
    page.click_text("Sign in").await;
    page.wait_for_url(&stage.at("/strong")).await;
    page.wait_for_text("Hello from the strong endpoint").await;

    page.goto(&stage.at("/")).await;
    page.click_text("/strong").await;
    page.wait_for_text("Hello from the strong endpoint").await;
    assert_eq!(page.url().await, stage.at("/strong"), "not asked again");
}

/// One press leads there again, not the page by itself; and nobody is signed out for it.
#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn without_the_second_factor_it_says_so_and_offers_another_try() {
    let stage = Stage::new().await;
    let page = stage.signed_in("alice", "/secure").await;
    page.click_text("Home").await;
    page.click_text("/strong").await;
    stage.sign_in(&page, "alice").await;
    page.wait_for_text("did not sign you in in the way this app asks for")
        .await;
    assert_eq!(status(&page).await, 403);
    assert!(stage.is_signed_in().await);

    page.click_text("Sign in").await;
    stage.fill_in(&page, "alice", "alice").await;
    page.fill_labelled("One-time code", "123456").await;
    page.click_text("Sign in").await;
    page.wait_for_text("Hello from the strong endpoint").await;
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_page_for_recent_logins_opens_after_one() {
    let stage = Stage::new().await;
    let page = stage.tab("/").await;
    page.click_text("/recent").await;
    stage.sign_in(&page, "alice").await;
    page.wait_for_text("Hello from the recent endpoint").await;
    assert_eq!(page.url().await, stage.at("/recent"));
    page.goto(&stage.at("/")).await;
    page.click_text("/recent").await;
    page.wait_for_text("Hello from the recent endpoint").await;
}

/// An app that takes nothing for fresh that is older than two seconds, and its provider, each on a port.
async fn fresh_login_stage() -> (String, DevProvider) {
    let listen = async || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let port = listener.local_addr().expect("it was bound").port();
        (listener, port)
    };
    let ((app, app_port), (op, op_port)) = (listen().await, listen().await);
    let (url, issuer) = (
        format!("http://localhost:{app_port}"),
        format!("http://localhost:{op_port}"),
    );
    let client = Client::public("flask-app").valid_redirect_uris([format!("{url}/*")]);
    let provider = DevProvider::builder()
        .issuer(&issuer)
        .user(User::new("alice", "alice"))
        .client(client)
        .build()
        .expect("a provider");
    let router = fresh_login_app(&issuer, "flask-app", app_port);
    tokio::spawn(async move { axum::serve(app, router).await });
    let served = provider.clone();
    tokio::spawn(async move { served.serve(op, std::future::pending()).await });
    (url, provider)
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_login_that_is_no_longer_fresh_is_asked_for_again() {
    let (app, provider) = fresh_login_stage().await;
    let browser = Browser::start().await;
    let page = browser.new_tab().await;
    let sign_in = async |page: &Page| {
        page.wait_for_url(provider.issuer()).await;
        page.fill_labelled("User name", "alice").await;
        page.fill_labelled("Password", "alice").await;
        page.click_text("Sign in").await;
    };
    let recent = format!("{app}/recent");
    page.goto(&format!("{app}/secure")).await;
    sign_in(&page).await;
    page.wait_for_text("secure alice").await;
    // As somebody who loads the page again until the app has enough of it.
    page.goto(&recent).await;
    while page.url().await == recent {
        page.goto(&recent).await;
    }
    sign_in(&page).await;
    assert_eq!(page.wait_for_url(&recent).await, recent);
    page.wait_for_text("fresh ").await;
}
