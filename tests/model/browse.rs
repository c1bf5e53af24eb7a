//! What browsers do, each thing a task.

use std::rc::Rc;

use oidc_login::session::EndBy;
use oidc_login_tests::{
    user_agent::{Page, UserAgent},
    world::{APP, ISSUER},
};
use time::OffsetDateTime;
use url::Url;

use crate::{
    executor::Place,
    plan::{NODES, SecondAnswer, USERS, What},
    run::Run,
    truth::Asked,
};

impl Run {
    pub(crate) async fn browse(self: Rc<Self>, number: usize, what: What, place: Place) {
        match what {
            What::Login { .. } => self.log_in(number, what, place).await,
            What::Page {
                browser,
                node,
                stale,
                steps,
            } => {
                place.set(Some(node));
                let value = self.last_value.get() + 1;
                self.last_value.set(value);
                let url = format!("{APP}/do?{}", steps.query(value));
                let agent = self.agent(browser, node, stale);
                let receiver = stale.is_none().then_some(browser);
                self.ask(
                    Asked::Page { steps, value },
                    agent,
                    receiver,
                    async |agent| agent.get(&url).await,
                )
                .await;
            }
            What::WhoAmI { browser, node } => {
                place.set(Some(node));
                let url = format!("{APP}/auth/session");
                let agent = self.agent(browser, node, None);
                self.ask(Asked::WhoAmI, agent, Some(browser), async |agent| {
                    agent.get(&url).await
                })
                .await;
            }
            What::Logout { browser, node } => {
                place.set(Some(node));
                let url = format!("{APP}/auth/logout");
                let agent = self.agent(browser, node, None);
                self.ask(Asked::Logout, agent, Some(browser), async |agent| {
                    agent.post(&url, &[]).await
                })
                .await;
            }
            What::EndBy { user, node, by_sid } => {
                place.set(Some(node));
                self.end_by(user, by_sid).await;
            }
            What::Time(_) | What::Crash(_) | What::HangUp(_) => {}
        }
    }

    /// The browser as it is at this moment, on its way to a node.
    fn agent(&self, browser: usize, node: usize, stale: Option<u8>) -> UserAgent {
        let mut agent = self.nodes.borrow()[node].agent.clone();
        agent.jar = self.browsers[browser].borrow().jar.clone();
        let had = &self.had.borrow()[browser];
        if let Some(stale) = stale.filter(|_| !had.is_empty()) {
            let names = agent
                .jar
                .keys()
                .filter(|(_, name)| name.starts_with("oidc_session"));
            let name = names.cloned().next().expect("it had one");
            let id = had[usize::from(stale) % had.len()].clone();
            agent.jar.insert(name, (id, None));
        }
        agent
    }

    /// Asks, keeps the cookies that come back, and holds the answer against the truth.
    async fn ask(
        &self,
        asked: Asked,
        mut agent: UserAgent,
        receiver: Option<usize>,
        send: impl AsyncFnOnce(&mut UserAgent) -> Page,
    ) {
        let number = self.begin(asked, &agent);
        let ticket = Ticket {
            run: self,
            number: Some(number),
        };
        let page = send(&mut agent).await;
        ticket.answered();
        self.receive(receiver, &page);
        let result = self.truth.borrow_mut().answer(number, &page);
        if let Err(broken) = result {
            self.broken.borrow_mut().get_or_insert(broken);
        }
    }

    fn receive(&self, browser: Option<usize>, page: &Page) {
        let Some(browser) = browser else {
            return;
        };
        let mut agent = self.browsers[browser].borrow_mut();
        agent.receive(page);
        let session = agent.session().filter(|session| !session.is_empty());
        let mut had = self.had.borrow_mut();
        if let Some(session) = session.filter(|session| !had[browser].contains(session)) {
            had[browser].push(session);
        }
    }

    async fn log_in(self: &Rc<Self>, number: usize, what: What, place: Place) {
        let What::Login {
            browser,
            user,
            begins_at,
            answered_at,
            second_answer,
        } = what
        else {
            return;
        };
        place.set(Some(begins_at));
        let mut agent = self.agent(browser, begins_at, None);
        let page = agent
            .get(&format!("{APP}/auth/login?return_to=/hello"))
            .await;
        self.receive(Some(browser), &page);
        let location = page
            .location()
            .filter(|url| url.as_str().starts_with(ISSUER));
        let location = location.expect("the provider is there");
        let callback = self.shared.wire.provider.answer(&location, USERS[user]);
        let code = oidc_login_tests::hostile::parameter(&callback, "code");
        let own_second = matches!(
            second_answer,
            SecondAnswer::SameNode | SecondAnswer::OtherNode
        );
        let answers = 1 + usize::from(own_second);
        let attempt = self
            .truth
            .borrow_mut()
            .attempt(number, user, &code, answers);
        if second_answer != SecondAnswer::No {
            let (run, callback, at) = (self.clone(), callback.clone(), Place::default());
            let node = if second_answer == SecondAnswer::SameNode {
                answered_at
            } else {
                (answered_at + 1) % NODES
            };
            let by_other = second_answer == SecondAnswer::OtherBrowser;
            at.set(Some(node));
            let name = format!("{number} second answer");
            self.executor.start(&name, at, async move {
                let browser = if by_other { 1 - browser } else { browser };
                run.answer(attempt, browser, by_other, node, callback).await;
            });
        }
        place.set(Some(answered_at));
        self.answer(attempt, browser, false, answered_at, callback)
            .await;
    }

    async fn answer(&self, attempt: usize, browser: usize, by_other: bool, node: usize, url: Url) {
        let agent = self.agent(browser, node, None);
        self.ask(
            Asked::Answer { attempt, by_other },
            agent,
            Some(browser),
            async |agent| agent.get(url.as_str()).await,
        )
        .await;
    }

    /// As a verified logout token would have it.
    async fn end_by(&self, user: usize, by_sid: bool) {
        let session = {
            let mut sessions = self.shared.wire.sessions.lock().expect("no panic");
            let session = sessions[user];
            sessions[user] += u32::from(by_sid);
            session
        };
        let session = by_sid.then_some(session);
        let number = self.truth.borrow_mut().begin_logout(user, session);
        let indexes = self.shared.logins.indexes.lock().expect("no panic").clone();
        let truth = self.truth.borrow();
        let index = indexes.iter().find(|(saved_by, _)| {
            let operation = saved_by
                .split(' ')
                .next()
                .and_then(|number| number.parse().ok());
            operation.is_some_and(|operation| truth.is_login(operation, user, session))
        });
        drop(truth);
        let Some((_, index)) = index else {
            return;
        };
        let logout = match session {
            Some(_) => EndBy::Sid(&index.sid),
            None => EndBy::Subject {
                keys: &index.subject,
                logged_in_until: OffsetDateTime::from_unix_timestamp(self.shared.clock.seconds())
                    .expect("a day of our time"),
            },
        };
        let ended = oidc_login::LoginStore::end_by(&self.shared.logins, logout).await;
        ended.expect("a store that works");
        self.truth.borrow_mut().answer_logout(number);
        if session.is_none() {
            // A login of the same second would be ended too.
            self.shared.clock.advance(1);
        }
    }
}

/// A request whose answer may never come.
struct Ticket<'a> {
    run: &'a Run,
    number: Option<usize>,
}

impl Ticket<'_> {
    fn answered(mut self) {
        self.number = None;
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.run.truth.borrow_mut().lose(number);
        }
    }
}
