//! What a load balancer is told about each node.

use http::StatusCode;
use serde_json::json;

use crate::{
    browser::Browser,
    stage::{Node, Stage},
};

async fn ask(browser: &mut Browser, node: Node) -> (StatusCode, serde_json::Value) {
    let url = browser.url("/health/ready");
    let page = browser.at(node).get(&url).await;
    (page.status, page.json())
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn each_node_says_whether_redis_answers() {
    let mut stage = Stage::new().await;
    let mut browser = stage.browser();
    browser.sign_in("alice").await;
    for node in Node::BOTH {
        let (status, answer) = ask(&mut browser, node).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["store"], json!("answers"));
    }
    stage.redis.kill();
    for node in Node::BOTH {
        let (status, answer) = ask(&mut browser, node).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
        assert_eq!(answer["ready"], json!(false));
        assert_eq!(answer["store"], json!("fails"));
        let who = browser.at(node).who().await;
        assert_eq!(who, Err(StatusCode::SERVICE_UNAVAILABLE));
    }
    stage.redis.restart().await;
    for node in Node::BOTH {
        assert_eq!(browser.at(node).who_at_last().await.as_deref(), Ok("alice"));
        let (status, answer) = ask(&mut browser, node).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
}
