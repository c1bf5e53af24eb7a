//! Who is signed in with which id, who may be, and who may not be any more.

use super::{ABSOLUTE, Asked, Course, IDLE, Id, Request, Truth};
use crate::{
    guarantee::{Broken, Guarantee},
    plan::USERS,
    seen::{CookieChange, Seen, Who},
    stepping::Exchange,
};

/// How long the answer with a new id may be on its way, in seconds.
const ON_ITS_WAY: i64 = 10;

/// A login that a browser got to know of.
pub(super) struct Login {
    pub(super) user: usize,
    /// When its first answer of the provider was under way.
    pub(super) began: u64,
    /// What the provider said, and when.
    pub(super) exchange: Exchange,
    /// When the latest answer was on its way that could have made it.
    pub(super) answered_at: i64,
    /// When a page was asked for and showed that it was alive.
    pub(super) seen_alive_at: i64,
    /// Until when it was in use, at most.
    pub(super) used_until: i64,
    /// The newest token that an answer showed, and when that came.
    pub(super) shown: Option<(u64, usize)>,
}

impl Truth {
    pub(super) fn check_who(&self, number: usize, seen: &Seen) -> Result<(), Broken> {
        let request = &self.requests[number];
        let Some(who) = &seen.who else {
            return Ok(());
        };
        if seen.claims.as_ref().is_some_and(|claims| claims != who) {
            return Guarantee::NobodyElses.broken(self.text(number, seen));
        }
        let (login, name) = match (self.login_of(request.presented.as_deref()), who) {
            (None, Who::Nobody) => return Ok(()),
            (None, Who::User(_)) => return Guarantee::NewIdAtLogin.broken(self.text(number, seen)),
            (Some(login), Who::Nobody) => return self.check_absence(number, login, seen),
            (Some(login), Who::User(name)) => (login, name),
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
        let before = id.and_then(|id| self.ids.get(id)?.renewed_from.as_ref());
        let is_maybe_over = others.any(|(_, other)| {
            let presented = other.presented.as_ref();
            presented.is_some() && (presented == id || presented == before) && other.asked.may_end()
        }) || self.may_be_ended_by_provider(id.map(String::as_str))
            || self.may_have_lost_tokens(id.map(String::as_str));
        // The end of an idle login is moved at most every tenth of the time.
        let may_be_idle = now >= login.seen_alive_at + IDLE - IDLE / 10;
        let is_old = now >= login.exchange.at + ABSOLUTE;
        if is_maybe_over || may_be_idle || is_old {
            return Ok(());
        }
        Guarantee::NoLoginLost.broken(self.text(number, seen))
    }

    /// Which promise says that the login was over before this request began.
    fn over(&self, request: &Request, login: &Login) -> Option<Guarantee> {
        let logouts = self.logouts.iter().filter(|logout| logout.means(login));
        let mut answers = logouts.filter_map(|logout| logout.answered);
        if answers.any(|answered| answered < request.began) {
            return Some(Guarantee::EndedStaysEnded);
        }
        for other in &self.requests {
            let Some((moment, cookie)) = other.course.answer() else {
                continue;
            };
            let (same_id, is_new) = (
                other.presented == request.presented,
                matches!(cookie, CookieChange::New(_)),
            );
            let is_over = match &other.asked {
                Asked::Answer { .. } => is_new && (same_id || self.is_renewal(request, other)),
                asked if asked.ends() => same_id || self.is_renewal(request, other),
                asked => same_id && is_new && asked.renews(),
            };
            if is_over && moment < request.began {
                return Some(match other.asked {
                    Asked::Answer { .. } => Guarantee::NewIdAtLogin,
                    _ => Guarantee::EndedStaysEnded,
                });
            }
        }
        None
    }

    /// Whether the id of a request came from a renewal that `end` must have ended as well.
    fn is_renewal(&self, request: &Request, end: &Request) -> bool {
        self.requests.iter().any(|renewal| {
            let Some((moment, CookieChange::New(id))) = renewal.course.answer() else {
                return false;
            };
            request.presented.as_ref() == Some(id)
                && moment > end.began
                && renewal.asked.renews()
                && Self::reaches(end, renewal)
        })
    }

    /// Whether the end of a session means what another request, under way, makes of it: the answer
    /// with a new id may still be on its way.
    pub(super) fn reaches(end: &Request, request: &Request) -> bool {
        let Course::Answered {
            moment,
            at,
            is_nobodys,
            ..
        } = end.course
        else {
            return false;
        };
        // An app that found nobody signed in had nothing to flush.
        !is_nobodys
            && request.presented.is_some()
            && request.presented == end.presented
            && request.began < moment
            && at - request.began_at.min(end.began_at) < ON_ITS_WAY
    }

    /// Whether the node of a request knows that. What the store has of a login all nodes know; of
    /// what a visitor's session became they do not tell each other.
    pub(super) fn is_at_same_node(&self, end: &Request, request: &Request) -> bool {
        request.node == end.node && self.last_crash < request.began.min(end.began)
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
            asked if asked.renews() => {
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
        let request = &self.requests[number];
        let renewed_from = request.presented.clone().filter(|_| request.asked.renews());
        let id = id.clone();
        self.ids.insert(
            id,
            Id {
                login,
                renewed_from,
                values,
            },
        );
        Ok(())
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

    pub(super) fn login_mut(&mut self, number: usize) -> Option<&mut Login> {
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
