//! Browsers that sign in, and what the provider says to them.

use super::{Asked, Course, Truth, logins::Login};
use crate::{
    guarantee::{Broken, Guarantee},
    plan::USERS,
};

/// An answer of the provider counts that long, in seconds: the library shares what came of it.
const TIME_TO_ANSWER: i64 = 59;

/// A browser that wants to sign in.
pub(super) struct Attempt {
    operation: usize,
    user: usize,
    code: String,
    began: u64,
    began_at: i64,
    /// How many answers of the provider will come to this browser.
    answers: usize,
    login: Option<usize>,
}

impl Truth {
    /// A browser was sent back from the provider; this many times the answer will come.
    pub(crate) fn attempt(
        &mut self,
        operation: usize,
        user: usize,
        code: &str,
        answers: usize,
    ) -> usize {
        self.moment += 1;
        self.attempts.push(Attempt {
            operation,
            user,
            code: code.to_owned(),
            began: self.moment,
            began_at: self.clock.seconds(),
            answers,
            login: None,
        });
        self.attempts.len() - 1
    }

    /// Whether an operation signed this user in, with this session at the provider.
    pub(crate) fn is_login(&self, operation: usize, user: usize, session: u32) -> bool {
        let exchanges = self.exchanges.lock().expect("no panic");
        self.attempts.iter().any(|attempt| {
            let exchange = exchanges.get(&attempt.code).and_then(|made| made.first());
            let has_session = exchange.is_some_and(|exchange| exchange.sessions[user] == session);
            attempt.operation == operation && attempt.user == user && has_session
        })
    }

    pub(super) fn login_of_attempt(&mut self, number: usize) -> usize {
        let attempt = &self.attempts[number];
        if let Some(login) = attempt.login {
            return login;
        }
        let exchanges = self.exchanges.lock().expect("no panic");
        let exchange = exchanges
            .get(&attempt.code)
            .and_then(|made| made.first().copied());
        let exchange = exchange.expect("a login comes from a token request");
        drop(exchanges);
        self.logins.push(Login {
            user: attempt.user,
            began: attempt.began,
            exchange,
            answered_at: self.clock.seconds(),
            seen_alive_at: exchange.at,
            used_until: self.clock.seconds(),
            shown: None,
        });
        let login = self.logins.len() - 1;
        self.attempts[number].login = Some(login);
        login
    }

    /// Why a login may have failed: a crash, a tab that was closed, a logout, or too much time.
    pub(super) fn has_excuse(&self, number: usize) -> bool {
        let attempt = &self.attempts[number];
        self.last_crash > attempt.began
            || self.clock.seconds() - attempt.began_at > TIME_TO_ANSWER
            || self.requests.iter().any(|request| {
                matches!(&request.asked, Asked::Answer { attempt, .. } if *attempt == number)
                    && request.course == Course::Lost
            })
            || self
                .logouts
                .iter()
                .any(|logout| logout.may_mean(attempt.user, attempt.began))
    }

    /// After the last answer of a login: is its user signed in?
    pub(super) fn check_attempt(&self, number: usize) -> Result<(), Broken> {
        let Asked::Answer { attempt: of, .. } = self.requests[number].asked else {
            return Ok(());
        };
        let own = Asked::Answer {
            attempt: of,
            by_other: false,
        };
        let answers = self
            .requests
            .iter()
            .filter(|request| request.asked == own && request.course.answer().is_some());
        let attempt = &self.attempts[of];
        if answers.count() < attempt.answers || attempt.login.is_some() || self.has_excuse(of) {
            return Ok(());
        }
        let user = USERS[attempt.user];
        Guarantee::NoError.broken(format!("{user} could not sign in"))
    }

    /// Each answer of the provider was exchanged once.
    pub(crate) fn check_exchanges(&self) -> Result<(), Broken> {
        let exchanges = self.exchanges.lock().expect("no panic");
        match exchanges.values().find(|requests| requests.len() > 1) {
            Some(requests) => Guarantee::OneTokenRequest.broken(format!("{requests:?}")),
            None => Ok(()),
        }
    }
}
