//! A login and its end, on two nodes.

use http::StatusCode;

use crate::{
    browser::shows,
    stage::{Node, Stage},
};

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn a_login_begun_on_one_node_is_finished_on_the_other() {
    let stage = Stage::new().await;
    for node in Node::BOTH {
        let mut browser = stage.browser();
        let callback = browser.at(node).callback("alice").await;
        let page = browser.at(node.other()).get(&callback).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        for node in Node::BOTH {
            assert_eq!(browser.at(node).who().await.as_deref(), Ok("alice"));
        }
    }
    assert_eq!(stage.token_requests(), 2);
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn wherever_each_request_goes_somebody_signs_in_and_out() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let page = browser.sign_in("bob").await;
    assert!(shows(&page, "bob"), "{} {}", page.url, page.text());
    browser.sign_out().await;
    for _ in Node::BOTH {
        assert_eq!(browser.who().await, Err(StatusCode::UNAUTHORIZED));
    }
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn a_logout_on_one_node_is_seen_by_the_next_request_on_the_other() {
    let stage = Stage::new().await;
    for node in Node::BOTH {
        let mut browser = stage.browser();
        browser.sign_in("alice").await;
        for node in Node::BOTH {
            assert_eq!(browser.at(node).who().await.as_deref(), Ok("alice"));
        }
        let mut thief = browser.clone_at(node.other());
        browser.at(node).sign_out().await;
        assert_eq!(thief.who().await, Err(StatusCode::UNAUTHORIZED));
        let secure = thief.url("/secure");
        let page = thief.get(&secure).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    }
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn sessions_ended_on_one_node_are_over_with_their_next_request_on_the_other() {
    let stage = Stage::new().await;
    for node in Node::BOTH {
        let (mut desk, mut phone) = (stage.browser(), stage.browser());
        let mut bob = stage.browser();
        desk.sign_in("alice").await;
        phone.sign_in("alice").await;
        bob.sign_in("bob").await;
        for node in Node::BOTH {
            assert_eq!(phone.at(node).who().await.as_deref(), Ok("alice"));
        }
        let page = desk.at(node).press("/sessions/end-others").await;
        assert!(page.status.is_redirection(), "{}", page.text());
        let next = phone.at(node.other()).who().await;
        assert_eq!(next, Err(StatusCode::UNAUTHORIZED));
        for node in Node::BOTH {
            assert_eq!(desk.at(node).who().await.as_deref(), Ok("alice"));
            assert_eq!(bob.at(node).who().await.as_deref(), Ok("bob"));
        }
    }
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn while_one_node_is_down_the_other_serves_everybody() {
    let mut stage = Stage::new().await;
    let mut browser = stage.browser();
    browser.sign_in("alice").await;
    for node in Node::BOTH {
        stage.kill(node).await;
        for _ in 0..4 {
            assert_eq!(browser.who().await.as_deref(), Ok("alice"));
        }
        let page = stage.browser().sign_in("bob").await;
        assert!(shows(&page, "bob"), "{} {}", page.url, page.text());
        stage.start(node, crate::stage::SECRET).await;
    }
}
