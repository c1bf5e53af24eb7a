//! What an answer may show of the app's values, and what may be left of them in the end.

use tower_sessions::session::Record;

use super::{Asked, Course, Truth};
use crate::{
    guarantee::{Broken, Guarantee},
    plan::{NAMES, Steps, USERS},
    seen::{CookieChange, Seen},
};

impl Truth {
    pub(super) fn check_values(&self, number: usize, seen: &Seen) -> Result<(), Broken> {
        let request = &self.requests[number];
        let Some(values) = seen.values else {
            return Ok(());
        };
        let known = request.presented.as_ref().and_then(|id| self.ids.get(id));
        let owner = known.and_then(|id| id.values.owner);
        let may_be_forgotten = known.is_none_or(|id| self.clock.seconds() >= id.values.until)
            || self.may_be_ended_by_provider(request.presented.as_deref());
        let is_foreign = owner.is_some_and(|owner| seen.name() != Some(USERS[owner]));
        for (value, may_read) in values.into_iter().zip(&request.may_read) {
            if value.is_none() && (known.is_none() || is_foreign || may_be_forgotten) {
                continue;
            }
            if !is_foreign && may_read.contains(&value) {
                continue;
            }
            let text = format!("{} of {may_read:?}", self.text(number, seen));
            return match value {
                Some(value) if self.is_unsaved(value) => {
                    Guarantee::NothingSavedByErrors.broken(text)
                }
                Some(value) if is_foreign || !self.is_own(number, value) => {
                    Guarantee::NobodyElses.broken(text)
                }
                _ => Guarantee::ValuesKept.broken(text),
            };
        }
        Ok(())
    }

    /// In the end: what is in the store is what some living session may hold.
    pub(crate) fn check_what_is_left<'a>(
        &self,
        records: impl IntoIterator<Item = &'a Record>,
    ) -> Result<(), Broken> {
        for record in records {
            for (at, name) in NAMES.iter().enumerate() {
                let value = record
                    .data
                    .get(*name)
                    .and_then(|value| value.as_str()?.parse().ok());
                let Some(value) = value else {
                    continue;
                };
                let mut ids = self.ids.iter();
                let is_held = ids.any(|(id, known)| {
                    known.values.possible[at].contains(&Some(value)) && !self.has_ended(id)
                });
                let writer = self
                    .writer(value)
                    .map(|writer| &self.requests[writer].course);
                // A session whose cookie reached no browser is nobody's.
                if !is_held && writer != Some(&Course::Lost) {
                    return Guarantee::NothingLeft.broken(format!("{value} is still there"));
                }
            }
        }
        Ok(())
    }

    /// Whether an answer said that the session with this id is over, or has another id.
    fn has_ended(&self, id: &str) -> bool {
        // What reached no browser may have taken its values along.
        let mut requests = self.requests.iter();
        let is_maybe_elsewhere =
            requests.any(|request| request.course == Course::Lost && request.asked.may_end());
        let mut requests = self.requests.iter();
        !is_maybe_elsewhere
            && requests.any(|request| {
                let answer = request.course.answer();
                let has_cookie = answer.is_some_and(|(_, cookie)| *cookie != CookieChange::None);
                has_cookie && request.asked.may_end() && request.presented.as_deref() == Some(id)
            })
    }

    fn is_unsaved(&self, value: u32) -> bool {
        let writer = self.writer(value);
        writer.is_some_and(|writer| !self.steps(writer).is_some_and(Steps::is_saved))
    }

    /// Whether the value was written with an id that has the same owner.
    fn is_own(&self, number: usize, value: u32) -> bool {
        let owner = |request: usize| {
            let id = self.requests[request].presented.as_ref()?;
            self.ids.get(id)?.values.owner
        };
        self.writer(value)
            .is_some_and(|writer| owner(writer) == owner(number))
    }

    fn writer(&self, value: u32) -> Option<usize> {
        (self.requests.iter()).position(
            |request| matches!(&request.asked, Asked::Page { value: of, .. } if *of == value),
        )
    }

    fn steps(&self, number: usize) -> Option<&Steps> {
        match &self.requests[number].asked {
            Asked::Page { steps, .. } => Some(steps),
            _ => None,
        }
    }
}
