//! New tokens, asked for once, whichever node asks.

use http::StatusCode;
use oidc_login_dev_provider::{Endpoint, Hold};

use crate::stage::{Node, SECRET, Stage, reached};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis: ./test installs it"]
async fn a_hundred_requests_on_both_nodes_for_new_tokens_are_one_token_request() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    browser.sign_in("alice").await;
    let before = stage.token_requests();
    let gate = stage.provider().hold(Endpoint::Token, Hold::Request);
    let all = (0..100).map(|nth| {
        let mut browser = browser.clone_at(Node::BOTH[nth % 2]);
        tokio::spawn(async move { browser.refresh().await })
    });
    let all: Vec<_> = all.collect();
    reached(&gate, 1).await;
    // Nobody but the first gets through: a second one would have no answer in time.
    gate.release(1);
    for page in all {
        let page = page.await.expect("a page");
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    }
    assert_eq!(stage.token_requests() - before, 1);
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn when_the_node_that_refreshes_is_killed_the_other_takes_over() {
    let mut stage = Stage::new().await;
    for node in Node::BOTH {
        let mut browser = stage.browser();
        browser.sign_in("alice").await;
        let before = stage.token_requests();
        let gate = stage.provider().hold(Endpoint::Token, Hold::Request);
        let mut first = browser.clone_at(node);
        let first = tokio::spawn(async move { first.refresh().await });
        reached(&gate, 1).await;
        stage.kill(node).await;
        assert_eq!(first.await.expect("a page").status, StatusCode::BAD_GATEWAY);

        // The other one looks at the lease, more than once, and leaves it alone as long as it holds.
        let looks = stage.redis.scripts_run().await;
        let mut second = browser.clone_at(node.other());
        let second = tokio::spawn(async move { second.refresh().await });
        let has_asked = || stage.token_requests() - before > 1;
        while stage.redis.scripts_run().await < looks + 8 && !has_asked() {
            tokio::task::yield_now().await;
        }
        assert!(!has_asked(), "{node:?} had the lease");
        stage.redis.end_leases().await;
        reached(&gate, 2).await;
        drop(gate);
        let page = second.await.expect("a page");
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());

        stage.start(node, SECRET).await;
        for node in Node::BOTH {
            let page = browser.at(node).refresh().await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text());
            assert_eq!(browser.who().await.as_deref(), Ok("alice"));
        }
        assert_eq!(stage.token_requests() - before, 2, "without {node:?}");
    }
}
