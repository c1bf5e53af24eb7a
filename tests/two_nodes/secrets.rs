//! The session secrets, rotated node by node.

use http::StatusCode;

use crate::{
    browser::{Browser, shows},
    stage::{Node, SECRET as OLD, Stage},
};

/// 32 bytes in base64.
const NEW: &str = "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";

/// Everybody who has signed in so far.
#[derive(Default)]
struct Crowd(Vec<Browser>);

impl Crowd {
    async fn join(&mut self, mut browser: Browser, callback: &str, at: Node, what: &str) {
        let page = browser.at(at).come_back(callback).await;
        assert!(shows(&page, "alice"), "{what}: {}", page.text());
        self.0.push(browser);
    }

    async fn is_still_signed_in(&mut self, what: &str) {
        for browser in &mut self.0 {
            for node in Node::BOTH {
                let who = browser.at(node).who().await;
                assert_eq!(who.as_deref(), Ok("alice"), "{what}, at {node:?}");
            }
        }
    }
}

/// A login begun on each node, for each node to finish.
async fn under_way(stage: &Stage) -> Vec<(Node, Node, Browser, String)> {
    let mut begun = Vec::new();
    for from in Node::BOTH {
        for to in Node::BOTH {
            let mut browser = stage.browser();
            let callback = browser.at(from).callback("alice").await;
            begun.push((from, to, browser, callback));
        }
    }
    begun
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn a_rotation_in_three_steps_ends_no_session_and_no_login_under_way() {
    let mut stage = Stage::new().await;
    let mut crowd = Crowd::default();
    let (last, first) = (format!("{OLD},{NEW}"), format!("{NEW},{OLD}"));
    for (step, secrets) in [("last", &*last), ("first", &first), ("alone", NEW)] {
        for node in Node::BOTH {
            let what = format!("the new secret {step} at {node:?}");
            let begun = under_way(&stage).await;
            stage.replace(node, secrets).await;
            for (from, to, browser, callback) in begun {
                let what = format!("{what}, begun on {from:?}, finished on {to:?}");
                crowd.join(browser, &callback, to, &what).await;
            }
            for (from, to, browser, callback) in under_way(&stage).await {
                let what = format!("{what}, then begun on {from:?}, finished on {to:?}");
                crowd.join(browser, &callback, to, &what).await;
            }
            crowd.is_still_signed_in(&what).await;
        }
    }
}

/// Without the first of the three steps nobody is signed out either, and what was begun with the old secret ends well. Only
/// a login begun with the new one cannot be read by the node that lacks it.
#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn a_new_secret_put_first_at_one_node_is_not_read_by_the_other() {
    let mut stage = Stage::new().await;
    let mut crowd = Crowd::default();
    let begun = under_way(&stage).await;
    stage.replace(Node::A, &format!("{NEW},{OLD}")).await;
    for (from, to, browser, callback) in begun {
        let what = format!("begun on {from:?}, finished on {to:?}");
        crowd.join(browser, &callback, to, &what).await;
    }
    for (from, to, mut browser, callback) in under_way(&stage).await {
        if (from, to) == (Node::A, Node::B) {
            let page = browser.at(to).come_back(&callback).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.text());
            assert!(
                page.text().contains("Start the sign-in again"),
                "{}",
                page.text()
            );
            let page = browser.try_to_sign_in("alice").await;
            assert!(page.is_ok_and(|page| shows(&page, "alice")));
        } else {
            let what = format!("then begun on {from:?}, finished on {to:?}");
            crowd.join(browser, &callback, to, &what).await;
        }
    }
    crowd.is_still_signed_in("the new secret first at A").await;
    stage.replace(Node::B, &format!("{NEW},{OLD}")).await;
    crowd
        .is_still_signed_in("the new secret first at both")
        .await;
    for node in Node::BOTH {
        stage.replace(node, NEW).await;
    }
    crowd.is_still_signed_in("the new secret alone").await;
}
