//! Signing in, and being signed out by the provider.

use std::rc::Rc;

use oidc_login::{
    LoginStore as _,
    session::{EndBy, LoginIndex},
};
use oidc_login_tests::{
    hostile::parameter,
    world::{APP, ISSUER},
};
use url::Url;

use crate::{
    browse::Visit,
    executor::Place,
    plan::{LogIn, NODES, SecondAnswer, USERS},
    run::Run,
    truth::Asked,
};

impl Run {
    pub(crate) async fn log_in(self: &Rc<Self>, number: usize, login: LogIn, place: &Place) {
        let visit = |node| Visit {
            browser: login.browser,
            node,
            stale: None,
        };
        place.set(Some(login.begins_at));
        let url = format!("{APP}/auth/login?return_to=/hello");
        let page = self.agent(visit(login.begins_at)).get(&url).await;
        self.receive(login.browser, &page);
        let location = page.location();
        let location = location.filter(|url| url.as_str().starts_with(ISSUER));
        let location = location.expect("the provider is there");
        let provider = &self.shared.wire.provider;
        let callback = provider.answer(&location, USERS[login.user]);

        let (second, answers) = match login.second_answer {
            SecondAnswer::No => (None, 1),
            SecondAnswer::SameNode => (Some(login.answered_at), 2),
            SecondAnswer::OtherNode => (Some((login.answered_at + 1) % NODES), 2),
            SecondAnswer::OtherBrowser => (Some(login.answered_at), 1),
        };
        let code = parameter(&callback, "code");
        let attempt = {
            let mut truth = self.truth.borrow_mut();
            truth.attempt(number, login.user, &code, answers)
        };
        if let Some(node) = second {
            let mut visit = visit(node);
            let by_other = login.second_answer == SecondAnswer::OtherBrowser;
            if by_other {
                visit.browser = 1 - visit.browser;
            }
            let (run, callback, at) = (self.clone(), callback.clone(), Place::default());
            at.set(Some(node));
            let name = format!("{number}b second answer");
            self.executor.start(&name, at, async move {
                let asked = Asked::Answer { attempt, by_other };
                run.answer(asked, visit, callback).await;
            });
        }
        place.set(Some(login.answered_at));
        let asked = Asked::Answer {
            attempt,
            by_other: false,
        };
        self.answer(asked, visit(login.answered_at), callback).await;
    }

    async fn answer(&self, asked: Asked, visit: Visit, url: Url) {
        self.ask(asked, visit, async |agent| agent.get(url.as_str()).await)
            .await;
    }

    /// As a verified logout token would have it.
    pub(crate) async fn end_by(&self, user: usize, node: usize, by_sid: bool) {
        let session = {
            let mut sessions = self.shared.wire.sessions.lock().expect("no panic");
            let session = sessions[user];
            sessions[user] += u32::from(by_sid);
            by_sid.then_some(session)
        };
        let number = self.truth.borrow_mut().begin_logout(user, session);
        if let Some(session) = session {
            // The store is asked itself: there is no endpoint for it, and no key before a login.
            let Some(index) = self.index_of(user, session) else {
                return;
            };
            let ended = self.shared.logins.end_by(EndBy::Sid(&index.sid)).await;
            ended.expect("a store that works");
        } else {
            self.end_by_subject(user, node).await;
        }
        self.truth.borrow_mut().answer_logout(number);
        if session.is_none() {
            // A login of the same second would be ended too.
            self.shared.clock.advance(1);
        }
    }

    async fn end_by_subject(&self, user: usize, node: usize) {
        let relying_party = self.nodes.borrow()[node].relying_party.clone();
        let sub = format!("{}-id", USERS[user]);
        let ended = relying_party.end_sessions_of(&sub).await;
        ended.expect("a store that works");
    }

    /// What finds the logins of one of a user's sessions at the provider, once there was one.
    fn index_of(&self, user: usize, session: u32) -> Option<LoginIndex> {
        let indexes = self.shared.logins.tap.indexes.lock().expect("no panic");
        let truth = self.truth.borrow();
        let index = indexes.iter().find(|(saved_by, _)| {
            let digits = saved_by.split(|letter: char| !letter.is_ascii_digit());
            let operation = digits
                .into_iter()
                .next()
                .and_then(|digits| digits.parse().ok());
            operation.is_some_and(|operation| truth.is_login(operation, user, session))
        });
        index.map(|(_, index)| index.clone())
    }
}
