//! Many people signing in at once, and what became of each.

use std::{ops::Range, sync::Arc};

use http::StatusCode;
use oidc_login_tests::user_agent::Page;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
};

use crate::{
    browser::Browser,
    stage::{Node, Stage, user},
};

/// How many sign in at the same time.
pub(crate) const AT_ONCE: usize = 20;

/// Somebody who tried to sign in.
struct Person {
    name: String,
    browser: Browser,
    /// The page that said it failed.
    failed: Option<Page>,
}

/// People who are signing in.
pub(crate) struct Storm {
    tasks: JoinSet<Person>,
    done: watch::Receiver<usize>,
}

/// Those who have tried.
#[derive(Default)]
pub(crate) struct People(Vec<Person>);

impl Storm {
    /// These users begin, at most [`AT_ONCE`] at the same time; each request goes where the proxy likes.
    pub(crate) fn begin(stage: &Stage, users: Range<usize>) -> Self {
        let turnstile = Arc::new(Semaphore::new(AT_ONCE));
        let (counter, done) = watch::channel(0);
        let mut tasks = JoinSet::new();
        for number in users {
            let (name, mut browser) = (user(number), stage.browser());
            let (turnstile, counter) = (turnstile.clone(), counter.clone());
            tasks.spawn(async move {
                let _turn = turnstile.acquire().await;
                let failed = browser.try_to_sign_in(&name).await.err();
                counter.send_modify(|done| *done += 1);
                Person {
                    name,
                    browser,
                    failed,
                }
            });
        }
        Self { tasks, done }
    }

    /// Waits until so many have come to an end, good or bad.
    pub(crate) async fn done(&mut self, count: usize) {
        let done = self.done.wait_for(|done| *done >= count).await;
        done.expect("more than that have begun");
    }

    /// Waits until all have.
    pub(crate) async fn end(self) -> People {
        People(self.tasks.join_all().await)
    }
}

impl People {
    pub(crate) fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(crate) fn signed_in(&self) -> usize {
        let signed_in = self.0.iter().filter(|person| person.failed.is_none());
        signed_in.count()
    }

    pub(crate) fn failed(&self) -> usize {
        self.0.len() - self.signed_in()
    }

    /// Whoever saw a login succeed is signed in, as themselves, on both nodes.
    pub(crate) async fn are_who_they_were(&mut self) {
        for person in self.0.iter_mut().filter(|person| person.failed.is_none()) {
            for node in Node::BOTH {
                let who = person.browser.clone_at(node).who().await;
                assert_eq!(who.as_deref(), Ok(&*person.name), "at {node:?}");
            }
        }
    }

    /// Whoever saw a login succeed gets this status now, on both nodes: nobody is taken for a visitor or for somebody else.
    pub(crate) async fn are_told(&mut self, status: StatusCode) {
        for person in self.0.iter_mut().filter(|person| person.failed.is_none()) {
            for node in Node::BOTH {
                let who = person.browser.clone_at(node).who().await;
                assert_eq!(who, Err(status), "{} at {node:?}", person.name);
            }
        }
    }

    /// Whoever did not was told so, in words.
    pub(crate) fn were_told_why(&self) {
        for page in self.0.iter().filter_map(|person| person.failed.as_ref()) {
            let words = match page.status {
                StatusCode::BAD_GATEWAY => "try again",
                StatusCode::SERVICE_UNAVAILABLE => "store_unavailable",
                _ => panic!("{} {} {}", page.url, page.status, page.text()),
            };
            assert!(page.text().contains(words), "{}", page.text());
        }
    }

    /// All who failed try once more, and succeed.
    pub(crate) async fn try_again(&mut self) {
        for person in &mut self.0 {
            if let Some(failed) = person.failed.take() {
                let page = person.browser.try_again(&failed, &person.name).await;
                page.unwrap_or_else(|page| {
                    panic!("{} then {} {}", failed.url, page.url, page.text())
                });
            }
        }
    }

    /// Waits until both nodes have found the store again.
    pub(crate) async fn until_known(&mut self) {
        let known = self.0.iter_mut().find(|person| person.failed.is_none());
        let person = known.expect("somebody has signed in");
        for node in Node::BOTH {
            let who = person.browser.clone_at(node).who_at_last().await;
            assert_eq!(who.as_deref(), Ok(&*person.name), "at {node:?}");
        }
    }
}
