//! What must be so, kept beside what happens: every answer is held against it.

mod attempts;
mod cookies;
mod logins;
mod provider_logouts;
mod reading;
mod tokens;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use oidc_login_tests::{clock::HandClock, user_agent::Page};

use self::{attempts::Attempt, logins::Login, provider_logouts::ProviderLogout, values::Values};
use crate::{
    guarantee::{Broken, Guarantee},
    plan::{Change, NAMES, Setting, Steps, USERS},
    seen::{CookieChange, Seen, Who},
    stepping::{Exchanges, SteppingWire, Tokens},
};

/// A session lives that long unused, and at all, in seconds; not much longer, so that runs come to
/// both ends.
pub(crate) const IDLE: i64 = 3600;
pub(crate) const ABSOLUTE: i64 = 5400;

/// Everything that was asked and answered so far, and what follows from it.
pub(crate) struct Truth {
    clock: HandClock,
    exchanges: Exchanges,
    tokens: Tokens,
    setting: Setting,
    /// Counts what happens, so that "before" has a meaning.
    moment: u64,
    requests: Vec<Request>,
    /// Session ids, as they stand in cookies.
    ids: BTreeMap<String, Id>,
    logins: Vec<Login>,
    attempts: Vec<Attempt>,
    logouts: Vec<ProviderLogout>,
    last_crash: u64,
    /// When a node died, or time passed while something was under way.
    last_disturbance: u64,
}

/// What a browser asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Page {
        steps: Steps,
        value: u32,
    },
    Token,
    WhoAmI,
    Logout,
    /// The answer of the provider to a login.
    Answer {
        attempt: usize,
        by_other: bool,
    },
}

struct Request {
    asked: Asked,
    node: usize,
    presented: Option<String>,
    began: u64,
    began_at: i64,
    course: Course,
    /// Nothing else that may change values was under way with the same id.
    is_alone: bool,
    may_read: [BTreeSet<Option<u32>>; NAMES.len()],
    /// Until when the login was in use before this request.
    used_until: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Course {
    UnderWay,
    Answered {
        moment: u64,
        at: i64,
        cookie: CookieChange,
        /// It says that nobody is signed in.
        is_nobodys: bool,
    },
    /// The node died, or the browser hung up.
    Lost,
}

/// One session id.
struct Id {
    login: Option<usize>,
    renewed_from: Option<String>,
    values: Values,
}

impl Truth {
    pub(crate) fn new(clock: HandClock, wire: &SteppingWire, setting: Setting) -> Self {
        Self {
            clock,
            exchanges: wire.exchanges.clone(),
            tokens: wire.tokens.clone(),
            setting,
            moment: 0,
            requests: Vec::new(),
            ids: BTreeMap::new(),
            logins: Vec::new(),
            attempts: Vec::new(),
            logouts: Vec::new(),
            last_crash: 0,
            last_disturbance: 0,
        }
    }

    /// A request begins, with this session id.
    pub(crate) fn begin(&mut self, asked: Asked, node: usize, presented: Option<String>) -> usize {
        self.moment += 1;
        let number = self.requests.len();
        let used_until = self.used_until(presented.as_deref());
        self.requests.push(Request {
            asked,
            node,
            presented,
            began: self.moment,
            began_at: self.clock.seconds(),
            course: Course::UnderWay,
            is_alone: true,
            may_read: Default::default(),
            used_until,
        });
        self.begin_change(number);
        self.tell_readers(number);
        number
    }

    /// Nobody will get the answer.
    pub(crate) fn lose(&mut self, number: usize) {
        self.moment += 1;
        self.use_login(number, self.clock.seconds());
        self.lose_change(number);
        self.requests[number].course = Course::Lost;
        self.tell_readers(number);
    }

    /// An answer came: is it one that may be?
    pub(crate) fn answer(&mut self, number: usize, page: &Page) -> Result<(), Broken> {
        self.moment += 1;
        let seen = match self.requests[number].asked {
            Asked::Token => self.see_token(page),
            _ => Seen::of(page),
        };
        self.check_status(number, &seen)?;
        self.check_who(number, &seen)?;
        self.check_token(number, &seen, page)?;
        self.check_values(number, &seen)?;
        self.check_cookie(number, &seen)?;
        self.learn_login(number, &seen)?;
        self.learn_values(number, &seen);
        if seen.who != Some(Who::Nobody) {
            self.use_login(number, self.clock.seconds());
        }
        if seen.name().is_some() && self.requests[number].asked != Asked::WhoAmI {
            self.see_alive(number);
        }
        self.requests[number].course = Course::Answered {
            moment: self.moment,
            at: self.clock.seconds(),
            cookie: seen.cookie,
            is_nobodys: seen.who == Some(Who::Nobody),
        };
        self.tell_readers(number);
        self.check_attempt(number)
    }

    pub(crate) fn crash(&mut self) {
        self.moment += 1;
        self.last_crash = self.moment;
        self.last_disturbance = self.moment;
    }

    /// Time passed while something was under way: a lease may have run out.
    pub(crate) fn disturb(&mut self) {
        self.moment += 1;
        self.last_disturbance = self.moment;
    }

    /// No overlap is a reason for a server error.
    fn check_status(&self, number: usize, seen: &Seen) -> Result<(), Broken> {
        let expected = match &self.requests[number].asked {
            Asked::Page { steps, .. } if steps.fails => StatusCode::INTERNAL_SERVER_ERROR,
            Asked::Page { .. } | Asked::WhoAmI => StatusCode::OK,
            Asked::Token => return self.check_token_status(number, seen),
            Asked::Logout => StatusCode::SEE_OTHER,
            Asked::Answer { attempt, .. } => {
                if seen.status.is_server_error() && !self.has_excuse(*attempt) {
                    return Guarantee::NoError.broken(self.text(number, seen));
                }
                return Ok(());
            }
        };
        if seen.status == expected {
            return Ok(());
        }
        Guarantee::NoError.broken(self.text(number, seen))
    }

    fn text(&self, number: usize, seen: &Seen) -> String {
        let request = &self.requests[number];
        let login = self.login_of(request.presented.as_deref());
        let user = login.map_or("nobody", |login| USERS[login.user]);
        format!("{:?} with an id of {user} got {seen:?}", request.asked)
    }

    fn login_of(&self, id: Option<&str>) -> Option<&Login> {
        let login = self.ids.get(id?)?.login?;
        self.logins.get(login)
    }
}

impl Course {
    /// When it was answered, and with which cookie.
    fn answer(&self) -> Option<(u64, &CookieChange)> {
        match self {
            Self::Answered { moment, cookie, .. } => Some((*moment, cookie)),
            Self::UnderWay | Self::Lost => None,
        }
    }
}

impl Asked {
    /// Whether it is there to give the session another id.
    fn renews(&self) -> bool {
        matches!(self, Self::Page { steps, .. } if steps.change == Change::Cycle)
    }

    /// Whether the session may be over, or have another id, after this.
    fn may_end(&self) -> bool {
        match self {
            Self::Page { steps, .. } => steps.ends() || self.renews(),
            Self::Token | Self::WhoAmI => false,
            Self::Logout | Self::Answer { .. } => true,
        }
    }

    /// Whether it is there to end the session.
    fn ends(&self) -> bool {
        match self {
            Self::Page { steps, .. } => steps.ends(),
            Self::Logout => true,
            Self::Token | Self::WhoAmI | Self::Answer { .. } => false,
        }
    }
}
