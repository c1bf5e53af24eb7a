//! The provider's answer, brought to both nodes.

use oidc_login_dev_provider::{Endpoint, Hold};
use oidc_login_tests::user_agent::Page;

use crate::{
    browser::{Browser, shows},
    stage::{Node, Stage, reached},
};

/// Which of the two answers the browser takes, and in which order, is chance.
const TAKEN: [&[Turn]; 3] = [
    &[Turn::First, Turn::Late],
    &[Turn::Late, Turn::First],
    &[Turn::Late],
];

#[derive(Clone, Copy, Debug)]
enum Turn {
    First,
    Late,
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn a_callback_brought_to_both_nodes_is_one_token_request_and_a_login() {
    let stage = Stage::new().await;
    for node in Node::BOTH {
        for taken in TAKEN {
            let mut browser = stage.browser();
            let callback = browser.callback("alice").await;
            let before = stage.token_requests();
            let [first, late] = both(&stage, &browser, &callback, node).await;
            assert_eq!(stage.token_requests() - before, 1, "{node:?} {taken:?}");

            let mut last = None;
            for turn in taken {
                let answer = match turn {
                    Turn::First => &first,
                    Turn::Late => &late,
                };
                browser.receive(answer);
                last = answer.location();
            }
            let last = last.unwrap_or_else(|| panic!("{} {}", first.text(), late.text()));
            let page = browser.come_back(last.as_str()).await;
            let place = format!("{node:?} {taken:?} {}", page.url);
            assert!(shows(&page, "alice"), "{place} {}", page.text());
        }
    }
}

/// Brings the answer to one node and, while that one waits for the provider, to the other.
async fn both(stage: &Stage, browser: &Browser, callback: &str, node: Node) -> [Page; 2] {
    let gate = stage.provider().hold(Endpoint::Token, Hold::Request);
    let mut first = browser.clone_at(node);
    let url = callback.to_owned();
    let first = tokio::spawn(async move { first.get(&url).await });
    reached(&gate, 1).await;
    let late = browser.clone_at(node.other()).get(callback).await;
    drop(gate);
    [first.await.expect("a page"), late]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis: ./test installs it"]
async fn of_thirty_callbacks_at_once_one_reaches_the_token_endpoint() {
    let stage = Stage::new().await;
    let mut browser = stage.browser();
    let callback = browser.callback("alice").await;
    let begun = (0..30).map(|nth| {
        let mut browser = browser.clone_at(Node::BOTH[nth % 2]);
        let url = callback.clone();
        tokio::spawn(async move { browser.get(&url).await })
    });
    let begun: Vec<_> = begun.collect();
    let mut signed_in = 0;
    for page in begun {
        let page = page.await.expect("a page");
        let location = page.location().map(String::from).unwrap_or_default();
        signed_in += usize::from(location == browser.url("/secure"));
        assert!(page.status.is_redirection(), "{}", page.text());
    }
    // Those of the node that was first share its login; all others are led on to begin once more.
    assert_eq!(signed_in, 15);
    assert_eq!(stage.token_requests(), 1);
}
