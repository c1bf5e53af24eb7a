//! Who may set the session's cookie.

use super::{Asked, Truth};
use crate::{
    guarantee::{Broken, Guarantee},
    plan::Change,
    seen::{CookieChange, Seen},
};

impl Truth {
    pub(super) fn check_cookie(&self, number: usize, seen: &Seen) -> Result<(), Broken> {
        let request = &self.requests[number];
        let may_be = match (&request.asked, &seen.cookie) {
            (_, CookieChange::None) | (Asked::Answer { .. }, CookieChange::New(_)) => true,
            (Asked::Token | Asked::WhoAmI | Asked::Logout, CookieChange::New(_)) => false,
            (Asked::Page { steps, .. }, CookieChange::New(_)) => {
                let begins =
                    (steps.writes.is_some() || steps.saves || steps.change == Change::Clear)
                        && (seen.name().is_none() || steps.ends());
                let is_renewal = steps.change == Change::Cycle;
                steps.is_saved()
                    // What ends a session itself may be late.
                    && (steps.ends() || !self.is_overtaken(number, seen))
                    && (begins || is_renewal || (steps.ends() && steps.saves))
            }
            // A renewal of nothing is taken for an end: tower-sessions tells the store no more.
            (Asked::Page { steps, .. }, CookieChange::Removed) if steps.change == Change::Cycle => {
                seen.name().is_none() && !self.was_over(number)
            }
            (asked, CookieChange::Removed) => asked.ends() && !self.was_over(number),
        };
        if may_be {
            return Ok(());
        }
        Guarantee::CookieByItsOwn.broken(self.text(number, seen))
    }

    /// Whether somebody signed in here while this request was under way, or the login that it was to
    /// renew was ended.
    fn is_overtaken(&self, number: usize, seen: &Seen) -> bool {
        let request = &self.requests[number];
        let renews_login = request.asked.renews() && seen.name().is_some();
        self.requests.iter().any(|other| {
            let has_ended = match (&other.asked, other.course.answer()) {
                (Asked::Answer { .. }, Some((_, cookie))) => *cookie != CookieChange::None,
                (asked, Some(_)) => asked.ends() && renews_login,
                (_, None) => false,
            };
            let is_known = renews_login || self.is_at_same_node(other, request);
            has_ended && is_known && Self::reaches(other, request)
        })
    }

    /// Whether another request ended this very session, and was answered, before this one began.
    fn was_over(&self, number: usize) -> bool {
        if self.setting.has_open_values {
            // A late save may have left values there, and those are ended.
            return false;
        }
        let request = &self.requests[number];
        let is_renewed = self.requests.iter().any(|other| {
            let is_new = matches!(other.course.answer(), Some((_, CookieChange::New(_))));
            is_new && other.presented == request.presented && other.asked.renews()
        });
        // What followed may be alive, and is ended as well.
        !is_renewed
            && self.requests.iter().any(|other| {
                let Some((moment, cookie)) = other.course.answer() else {
                    return false;
                };
                let has_ended = match other.asked {
                    Asked::Logout => true,
                    // Values that this visitor may not see are nothing to end.
                    _ => other.asked.ends() && *cookie != CookieChange::None,
                };
                moment < request.began
                    && request.presented.is_some()
                    && other.presented == request.presented
                    && has_ended
            })
    }
}
