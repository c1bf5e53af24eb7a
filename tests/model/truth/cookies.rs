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
            (Asked::WhoAmI | Asked::Logout, CookieChange::New(_)) => false,
            (Asked::Page { steps, .. }, CookieChange::New(_)) => {
                let begins = (steps.writes.is_some() || steps.change == Change::Clear)
                    && (seen.name().is_none() || steps.ends());
                let is_renewal = steps.change == Change::Cycle;
                steps.is_saved() && (begins || is_renewal || (steps.ends() && steps.saves))
            }
            (asked, CookieChange::Removed) => asked.ends() && !self.was_over(number),
        };
        if may_be {
            return Ok(());
        }
        Guarantee::CookieByItsOwn.broken(self.text(number, seen))
    }

    /// Whether another request ended this very session, and was answered, before this one began.
    fn was_over(&self, number: usize) -> bool {
        let request = &self.requests[number];
        self.requests.iter().any(|other| {
            let is_answered =
                matches!(&other.course, super::Course::Answered(at, _) if *at < request.began);
            is_answered
                && request.presented.is_some()
                && other.presented == request.presented
                && other.asked.ends()
        })
    }
}
