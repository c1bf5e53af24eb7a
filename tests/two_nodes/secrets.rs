//! The session secrets, rotated node by node.

use http::StatusCode;

use crate::{
    browser::{Browser, shows},
    stage::{Node, SECRET as OLD, Stage},
};

/// 32 bytes in base64.
const NEW: &str = "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";

type Secrets = &'static [&'static str];

/// The nodes, what each has in its list, and everybody who has signed in so far.
struct Rotation {
    stage: Stage,
    lists: [Secrets; 2],
    /// With the secrets that open their session.
    crowd: Vec<(Browser, Secrets)>,
}

/// A login that waits at the provider.
struct UnderWay {
    browser: Browser,
    callback: String,
    from: Node,
    to: Node,
    /// The one that sealed it.
    secret: &'static str,
}

impl Rotation {
    async fn new() -> Self {
        Self {
            stage: Stage::new().await,
            lists: [&[OLD]; 2],
            crowd: Vec::new(),
        }
    }

    /// A login begun on each node, for each node to finish.
    async fn begin(&self) -> Vec<UnderWay> {
        let mut begun = Vec::new();
        for from in Node::BOTH {
            for to in Node::BOTH {
                let mut browser = self.stage.browser();
                let callback = browser.at(from).callback("alice").await;
                begun.push(UnderWay {
                    browser,
                    callback,
                    from,
                    to,
                    secret: self.lists[from as usize][0],
                });
            }
        }
        begun
    }

    /// Gives a node another list, with logins under way.
    async fn replace(&mut self, node: Node, secrets: Secrets) {
        let begun_before = self.begin().await;
        self.stage.replace(node, &secrets.join(",")).await;
        self.lists[node as usize] = secrets;
        self.finish(begun_before).await;
        let begun_after = self.begin().await;
        self.finish(begun_after).await;
        self.check().await;
    }

    /// A login ends well exactly where the secret is listed that sealed it.
    async fn finish(&mut self, logins: Vec<UnderWay>) {
        for mut login in logins {
            let (from, to) = (login.from, login.to);
            let page = login.browser.at(to).come_back(&login.callback).await;
            let what = format!("{from:?} to {to:?}: {}", page.text());
            if self.lists[to as usize].contains(&login.secret) {
                assert!(shows(&page, "alice"), "{what}");
                self.crowd.push((login.browser, self.lists[to as usize]));
            } else {
                assert_eq!(page.status, StatusCode::BAD_REQUEST, "{what}");
                assert!(page.text().contains("Start the sign-in again"), "{what}");
                let again = login.browser.try_to_sign_in("alice").await;
                assert!(again.is_ok(), "{what}");
            }
        }
    }

    /// A session goes on exactly where a secret is listed that opens it, and a node whose first one
    /// does not writes it anew.
    async fn check(&mut self) {
        for (browser, opens) in &mut self.crowd {
            for node in Node::BOTH {
                let who = browser.clone_at(node).who().await;
                let list = self.lists[node as usize];
                let is_listed = have_one_in_common(list, opens);
                let expected = is_listed.then_some("alice");
                let expected = expected.ok_or(StatusCode::UNAUTHORIZED);
                assert_eq!(who.as_deref(), expected.as_ref().copied(), "at {node:?}");
                if is_listed && !opens.contains(&list[0]) {
                    *opens = list;
                }
            }
        }
    }

    /// Whether everybody is signed in on both nodes; [`check`](Self::check) has seen it.
    fn has_everybody(&self) -> bool {
        let mut opens = self.crowd.iter().map(|(_, opens)| opens);
        opens.all(|opens| {
            self.lists
                .iter()
                .all(|list| have_one_in_common(list, opens))
        })
    }
}

fn have_one_in_common(one: Secrets, other: Secrets) -> bool {
    one.iter().any(|secret| other.contains(secret))
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn a_rotation_in_three_steps_ends_no_session_and_no_login_under_way() {
    let mut rotation = Rotation::new().await;
    for secrets in [&[OLD, NEW], &[NEW, OLD]] {
        for node in Node::BOTH {
            let before = rotation.crowd.len();
            rotation.replace(node, secrets).await;
            assert_eq!(rotation.crowd.len() - before, 8, "all logins ended well");
            assert!(rotation.has_everybody());
        }
    }
    // Everybody has been here since the new one came first.
    for node in Node::BOTH {
        let before = rotation.crowd.len();
        rotation.replace(node, &[NEW]).await;
        assert_eq!(rotation.crowd.len() - before, 8, "all logins ended well");
        assert!(rotation.has_everybody());
    }
}

/// What happens in other orders: nobody is lost for good, but a node reads nothing that it has no secret for.
#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn a_node_reads_what_a_secret_in_its_list_has_sealed() {
    let mut rotation = Rotation::new().await;
    for (node, secrets) in [
        (Node::A, &[NEW, OLD][..]),
        (Node::B, &[NEW, OLD]),
        (Node::A, &[NEW]),
        (Node::B, &[NEW]),
        (Node::A, &[NEW, OLD]),
        (Node::B, &[OLD]),
    ] {
        rotation.replace(node, secrets).await;
    }
}
