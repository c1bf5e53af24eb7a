//! Logins that a node serves for a while without asking the store.

use std::time::Duration;

use http::StatusCode;
use tokio::time::{sleep, timeout};

use crate::{
    browser::Browser,
    stage::{Node, SECRET, Stage},
};

/// Signed in, and known to both nodes.
async fn alice(stage: &Stage) -> Browser {
    let mut browser = stage.browser();
    browser.sign_in("alice").await;
    for node in Node::BOTH {
        assert_eq!(browser.at(node).who().await.as_deref(), Ok("alice"));
    }
    browser
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn a_logout_counts_at_once_where_it_was_pressed_and_elsewhere_after_the_cache_time() {
    let mut stage = Stage::with_variables(&[("OIDC_LOGIN_CACHE_SECONDS", "3600")]).await;
    for node in Node::BOTH {
        let mut browser = alice(&stage).await;
        let mut thief = browser.clone();
        browser.at(node).sign_out().await;
        assert_eq!(thief.at(node).who().await, Err(StatusCode::UNAUTHORIZED));
        let elsewhere = node.other();
        assert_eq!(thief.at(elsewhere).who().await.as_deref(), Ok("alice"));
        // What a node remembers ends with it.
        stage.replace(elsewhere, SECRET).await;
        assert_eq!(thief.who().await, Err(StatusCode::UNAUTHORIZED));
    }
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn after_the_cache_time_a_node_asks_again() {
    let stage = Stage::with_variables(&[("OIDC_LOGIN_CACHE_SECONDS", "1")]).await;
    let mut browser = alice(&stage).await;
    let mut thief = browser.clone_at(Node::B);
    browser.at(Node::A).sign_out().await;
    let until_refused = async {
        while thief.who().await.as_deref() == Ok("alice") {
            sleep(Duration::from_millis(5)).await;
        }
    };
    // The limit ends a broken test and measures nothing.
    let refused = timeout(Duration::from_secs(120), until_refused).await;
    assert!(refused.is_ok(), "the node never asks again");
    assert_eq!(thief.who().await, Err(StatusCode::UNAUTHORIZED));
}
