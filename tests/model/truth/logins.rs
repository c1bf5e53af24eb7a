//! Who is signed in with which id, who may be, and who may not be any more.

use super::{ABSOLUTE, Asked, Course, IDLE, Request, Truth};
use crate::{
    guarantee::{Broken, Guarantee},
    plan::{Change, USERS},
    seen::{CookieChange, Seen},
    stepping::Exchange,
};

/// A provider's answer may wait that long, in seconds, and its ID token still be good.
const TIME_TO_ANSWER: i64 = 240;

/// A login that a browser got to know of.
pub(super) struct Login {
    pub(super) user: usize,
    /// When its first answer of the provider was under way.
    began: u64,
    /// What the provider said, and when.
    exchange: Exchange,
    /// When the latest answer was on its way that could have made it.
    answered_at: i64,
    /// When a page was asked for and showed that it was alive.
    seen_alive_at: i64,
    /// Until when it was in use, at most.
    used_until: i64,
}

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

/// The provider ended logins of a user.
pub(super) struct ProviderLogout {
    user: usize,
    /// One of the provider's sessions, or all.
    session: Option<u32>,
    until: i64,
    answered: Option<u64>,
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
    pub(crate) fn is_login(&self, operation: usize, user: usize, session: Option<u32>) -> bool {
        let exchanges = self.exchanges.lock().expect("no panic");
        self.attempts.iter().any(|attempt| {
            let exchange = exchanges.get(&attempt.code).and_then(|made| made.first());
            let has_session =
                |session| exchange.is_some_and(|exchange| exchange.sessions[user] == session);
            attempt.operation == operation
                && attempt.user == user
                && session.is_none_or(has_session)
        })
    }

    pub(crate) fn begin_logout(&mut self, user: usize, session: Option<u32>) -> usize {
        self.moment += 1;
        self.logouts.push(ProviderLogout {
            user,
            session,
            until: self.clock.seconds(),
            answered: None,
        });
        self.logouts.len() - 1
    }

    pub(crate) fn answer_logout(&mut self, number: usize) {
        self.moment += 1;
        self.logouts[number].answered = Some(self.moment);
    }

    pub(super) fn check_who(&self, number: usize, seen: &Seen) -> Result<(), Broken> {
        let request = &self.requests[number];
        let Some(who) = &seen.who else {
            return Ok(());
        };
        if seen.claims.as_ref().is_some_and(|claims| claims != who) {
            return Guarantee::NobodyElses.broken(self.text(number, seen));
        }
        let (login, name) = match (self.login_of(request.presented.as_deref()), who) {
            (None, None) => return Ok(()),
            (None, Some(_)) => return Guarantee::NewIdAtLogin.broken(self.text(number, seen)),
            (Some(login), None) => return self.check_absence(number, login, seen),
            (Some(login), Some(name)) => (login, name),
        };
        if USERS[login.user] != name {
            return Guarantee::NobodyElses.broken(self.text(number, seen));
        }
        if let Some(guarantee) = self.over(request, login) {
            return guarantee.broken(self.text(number, seen));
        }
        let is_too_late = request.began_at >= request.used_until.saturating_add(IDLE)
            || request.began_at >= login.answered_at + ABSOLUTE;
        if is_too_late {
            return Guarantee::ExpiresInTime.broken(self.text(number, seen));
        }
        Ok(())
    }

    /// Nobody is signed in any more: is there a reason?
    fn check_absence(&self, number: usize, login: &Login, seen: &Seen) -> Result<(), Broken> {
        let now = self.clock.seconds();
        let id = self.requests[number].presented.as_ref();
        let others = self.requests.iter().enumerate();
        let mut others = others.filter(|(other, _)| *other != number);
        let is_maybe_over = others
            .any(|(_, other)| other.presented.as_ref() == id && other.asked.may_end())
            || self.may_be_ended_by_provider(id.map(String::as_str));
        // The end of an idle login is moved at most every tenth of the time.
        let may_be_idle = now >= login.seen_alive_at + IDLE - IDLE / 10;
        let is_old = now >= login.exchange.at + ABSOLUTE;
        if is_maybe_over || may_be_idle || is_old {
            return Ok(());
        }
        Guarantee::NoLoginLost.broken(self.text(number, seen))
    }

    pub(super) fn may_be_ended_by_provider(&self, id: Option<&str>) -> bool {
        let Some(login) = self.login_of(id) else {
            return false;
        };
        self.logouts.iter().any(|logout| {
            logout.user == login.user
                && logout
                    .answered
                    .is_none_or(|answered| answered > login.began)
        })
    }

    /// Which promise says that the login was over before this request began.
    fn over(&self, request: &Request, login: &Login) -> Option<Guarantee> {
        let logouts = self.logouts.iter().filter(|logout| logout.means(login));
        let mut answers = logouts.filter_map(|logout| logout.answered);
        if answers.any(|answered| answered < request.began) {
            return Some(Guarantee::EndedStaysEnded);
        }
        let before = self
            .requests
            .iter()
            .filter_map(|other| match &other.course {
                Course::Answered(at, cookie) if *at < request.began => Some((other, cookie)),
                _ => None,
            });
        for (other, cookie) in before {
            let same_id = other.presented == request.presented;
            let is_new = matches!(cookie, CookieChange::New(_));
            match &other.asked {
                Asked::Answer { .. } if same_id && is_new => return Some(Guarantee::NewIdAtLogin),
                Asked::Page { steps, .. } if same_id && is_new && steps.change == Change::Cycle => {
                    return Some(Guarantee::EndedStaysEnded);
                }
                asked if asked.ends() && (same_id || self.is_renewal(request, other)) => {
                    return Some(Guarantee::EndedStaysEnded);
                }
                _ => {}
            }
        }
        None
    }

    /// Whether the id of a request is the one that another id got while `end` was under way.
    fn is_renewal(&self, request: &Request, end: &Request) -> bool {
        self.requests.iter().any(|renewal| {
            let Course::Answered(at, CookieChange::New(id)) = &renewal.course else {
                return false;
            };
            let is_cycle =
                matches!(&renewal.asked, Asked::Page { steps, .. } if steps.change == Change::Cycle);
            is_cycle
                && renewal.presented == end.presented
                && *at > end.began
                && request.presented.as_ref() == Some(id)
        })
    }

    /// A new id is that of a login, or goes on with one.
    pub(super) fn learn_login(&mut self, number: usize, seen: &Seen) -> Result<(), Broken> {
        let CookieChange::New(id) = &seen.cookie else {
            return Ok(());
        };
        let login = match self.requests[number].asked.clone() {
            Asked::Answer { by_other: true, .. } => {
                return Guarantee::AnswerOfOwnLogin.broken(self.text(number, seen));
            }
            Asked::Answer { attempt, .. } => Some(self.login_of_attempt(attempt)),
            Asked::Page { steps, .. } if steps.change == Change::Cycle => {
                let presented = self.requests[number].presented.as_deref();
                let before = presented.and_then(|id| self.ids.get(id)?.login);
                before.filter(|_| seen.name().is_some())
            }
            _ => None,
        };
        if let Some(known) = self.ids.get(id) {
            if known.login.is_some() && known.login == login {
                return Ok(());
            }
            return Guarantee::NewIdAtLogin.broken(self.text(number, seen));
        }
        let values = self.values_of_new(number, login);
        self.ids.insert(id.clone(), super::Id { login, values });
        Ok(())
    }

    fn login_of_attempt(&mut self, number: usize) -> usize {
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
            || self.logouts.iter().any(|logout| {
                logout.user == attempt.user
                    && logout
                        .answered
                        .is_none_or(|answered| answered > attempt.began)
            })
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
        let answers = self.requests.iter().filter(|request| {
            request.asked == own && matches!(request.course, Course::Answered(..))
        });
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

/// When a login is in use.
impl Truth {
    /// Until when the login of this id is in use, as far as it is known before a request.
    pub(super) fn used_until(&self, id: Option<&str>) -> i64 {
        let Some(login) = id.and_then(|id| self.ids.get(id)?.login) else {
            return 0;
        };
        let is_used = self.requests.iter().any(|request| {
            let id = request.presented.as_ref().and_then(|id| self.ids.get(id));
            request.course == Course::UnderWay && id.is_some_and(|id| id.login == Some(login))
        });
        if is_used {
            return self.clock.seconds();
        }
        self.logins[login].used_until
    }

    pub(super) fn use_login(&mut self, number: usize, until: i64) {
        if let Some(login) = self.login_mut(number) {
            login.used_until = login.used_until.max(until);
        }
    }

    pub(super) fn see_alive(&mut self, number: usize) {
        let began_at = self.requests[number].began_at;
        if let Some(login) = self.login_mut(number) {
            login.seen_alive_at = login.seen_alive_at.max(began_at);
        }
    }

    fn login_mut(&mut self, number: usize) -> Option<&mut Login> {
        let id = self.requests[number].presented.as_ref()?;
        let login = self.ids.get(id)?.login?;
        self.logins.get_mut(login)
    }
}

impl Login {
    /// By the provider's clock.
    pub(super) fn began_at(&self) -> i64 {
        self.exchange.at
    }
}

impl ProviderLogout {
    /// Whether it means this login, whenever that is saved.
    fn means(&self, login: &Login) -> bool {
        let session = login.exchange.sessions[login.user];
        self.user == login.user
            && match self.session {
                Some(meant) => meant == session,
                None => login.exchange.at <= self.until,
            }
    }
}
