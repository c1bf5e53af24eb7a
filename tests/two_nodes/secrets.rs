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
    /// With the secrets that their sessions are sealed with, each of which opens them.
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

    /// A session goes on exactly where one of its secrets is listed. One that lacks the newest of a node is sealed anew with
    /// all that node has, when it is used there.
    async fn check(&mut self) {
        for (browser, sealed) in &mut self.crowd {
            for node in Node::BOTH {
                let list = self.lists[node as usize];
                let who = browser.clone_at(node).who().await;
                if list.iter().any(|secret| sealed.contains(secret)) {
                    assert_eq!(who.as_deref(), Ok("alice"), "{list:?} at {node:?}");
                    if !sealed.contains(&list[0]) {
                        *sealed = list;
                    }
                } else {
                    assert_eq!(who, Err(StatusCode::UNAUTHORIZED), "{list:?} at {node:?}");
                }
            }
        }
    }

    /// How many are signed in, on both nodes; [`check`](Self::check) has seen it.
    fn signed_in(&self) -> usize {
        let is_signed_in = |sealed: &Secrets| {
            let opens = |list: &Secrets| list.iter().any(|secret| sealed.contains(secret));
            self.lists.iter().all(opens)
        };
        let crowd = self.crowd.iter();
        crowd.filter(|(_, sealed)| is_signed_in(sealed)).count()
    }
}

#[tokio::test]
#[ignore = "needs Redis: ./test installs it"]
async fn a_rotation_in_three_steps_ends_no_session_and_no_login_under_way() {
    let mut rotation = Rotation::new().await;
    let mut unused = rotation.stage.browser();
    unused.sign_in("bob").await;
    let mut logins = 0;
    for secrets in [&[OLD, NEW][..], &[NEW, OLD], &[NEW]] {
        for node in Node::BOTH {
            rotation.replace(node, secrets).await;
            logins += 8;
            assert_eq!(rotation.signed_in(), logins, "{secrets:?} at {node:?}");
        }
    }
    // A session that nobody used while both secrets were listed goes with the old one.
    assert_eq!(unused.who().await, Err(StatusCode::UNAUTHORIZED));
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
