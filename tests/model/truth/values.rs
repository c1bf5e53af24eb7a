//! What the app's values may be: one possibility after quiet writing, several after an overlap.

use std::collections::BTreeSet;

use super::{ABSOLUTE, Asked, Course, Truth, logins::Login};
use crate::{
    plan::{Change, NAMES, Steps},
    seen::{CookieChange, Seen, Who},
};

type Possible = [BTreeSet<Option<u32>>; NAMES.len()];

/// The values under one id.
#[derive(Clone, Default)]
pub(super) struct Values {
    pub(super) possible: Possible,
    /// Whose they are; a visitor's are nobody's.
    pub(super) owner: Option<usize>,
    /// They may be forgotten from then on.
    pub(super) until: i64,
    /// Requests that may change them at any time.
    changing: Vec<usize>,
}

fn nothing() -> Possible {
    std::array::from_fn(|_| BTreeSet::from([None]))
}

fn add(possible: &mut Possible, more: &Possible) {
    for (known, more) in possible.iter_mut().zip(more) {
        known.extend(more);
    }
}

impl Asked {
    fn changes_values(&self) -> bool {
        match self {
            Self::Page { steps, .. } => steps.changes_values(),
            Self::Token | Self::WhoAmI => false,
            Self::Logout | Self::Answer { .. } => true,
        }
    }

    /// What may stand there while this is under way, besides what stood there before.
    fn pending(&self) -> Possible {
        let mut pending: Possible = Default::default();
        let may_empty = self.may_end()
            || matches!(self, Self::Page { steps, .. } if steps.change == Change::Clear);
        if may_empty {
            pending = nothing();
        }
        if let Self::Page { steps, value } = self
            && let Some(name) = steps.writes.filter(|_| steps.is_saved())
        {
            pending[name].insert(Some(*value));
        }
        pending
    }
}

impl Steps {
    fn changes_values(&self) -> bool {
        self.writes.is_some() || self.saves || self.change != Change::No
    }
}

impl Truth {
    pub(super) fn begin_change(&mut self, number: usize) {
        let request = &self.requests[number];
        let Some(id) = request
            .presented
            .clone()
            .filter(|_| request.asked.changes_values())
        else {
            return;
        };
        let Some(known) = self.ids.get_mut(&id) else {
            return;
        };
        for other in known.values.changing.clone() {
            self.requests[other].is_alone = false;
            self.requests[number].is_alone = false;
        }
        known.values.changing.push(number);
    }

    /// A request that nobody waits for may have changed the values, or still do.
    pub(super) fn lose_change(&mut self, number: usize) {
        let request = &self.requests[number];
        let pending = request.asked.pending();
        // What the library does on its own goes on.
        let goes_on = request.asked.may_end();
        let Some(known) = request
            .presented
            .as_ref()
            .and_then(|id| self.ids.get_mut(id))
        else {
            return;
        };
        add(&mut known.values.possible, &pending);
        if !goes_on {
            known.values.changing.retain(|other| *other != number);
        }
    }

    /// Whoever reads at this moment may see all that is possible at this moment.
    pub(super) fn tell_readers(&mut self, number: usize) {
        let Some(id) = self.requests[number].presented.clone() else {
            return;
        };
        let Some(known) = self.ids.get(&id) else {
            return;
        };
        let mut possible = known.values.possible.clone();
        for changing in &known.values.changing {
            add(&mut possible, &self.requests[*changing].asked.pending());
        }
        for request in &mut self.requests {
            if request.course == Course::UnderWay && request.presented.as_ref() == Some(&id) {
                add(&mut request.may_read, &possible);
            }
        }
    }

    /// What stands under the id that this answer gives to the browser.
    pub(super) fn values_of_new(&self, number: usize, login: Option<usize>) -> Values {
        let login = login.map(|login| &self.logins[login]);
        let user = login.map(|login| login.user);
        let request = &self.requests[number];
        let before = request.presented.as_ref().and_then(|id| self.ids.get(id));
        let comes_along = match &request.asked {
            Asked::Page { steps, .. } if matches!(steps.change, Change::Flush | Change::Clear) => {
                false
            }
            _ => before.is_some_and(|id| id.values.owner.is_none() || id.values.owner == user),
        };
        let mut possible = nothing();
        if let Some(before) = before.filter(|_| comes_along) {
            let must_come = request.asked.renews() || matches!(request.asked, Asked::Answer { .. });
            let is_in_time = self.clock.seconds() < before.values.until;
            if must_come && is_in_time && self.is_quiet(number) {
                possible.clone_from(&before.values.possible);
            } else {
                add(&mut possible, &before.values.possible);
            }
            for changing in before
                .values
                .changing
                .iter()
                .filter(|other| **other != number)
            {
                add(&mut possible, &self.requests[*changing].asked.pending());
            }
        }
        if let Asked::Page { steps, value } = &request.asked
            && let Some(name) = steps.writes.filter(|_| steps.is_saved())
        {
            possible[name] = BTreeSet::from([Some(*value)]);
        }
        // Who ends what this renews may end what comes of it.
        let changing = before.map(|id| &id.values.changing[..]).unwrap_or_default();
        let mut others = changing.iter().filter(|other| **other != number);
        if others.any(|other| self.requests[*other].asked.may_end()) {
            add(&mut possible, &nothing());
        }
        Values {
            possible,
            owner: user,
            until: login.map_or(request.began_at, Login::began_at) + ABSOLUTE,
            changing: Vec::new(),
        }
    }

    /// Nothing else may have changed the values, or ended the session, so far.
    fn is_quiet(&self, number: usize) -> bool {
        let request = &self.requests[number];
        let mut others = self.requests.iter().enumerate();
        request.is_alone
            && !self.may_be_ended_by_provider(request.presented.as_deref())
            && !others.any(|(other, of)| {
                other != number && of.presented == request.presented && of.asked.may_end()
            })
    }

    /// What an answered request did to the values under the id that it came with.
    pub(super) fn learn_values(&mut self, number: usize, seen: &Seen) {
        let is_quiet = self.is_quiet(number);
        let request = &self.requests[number];
        let (asked, began_at, is_alone) =
            (request.asked.clone(), request.began_at, request.is_alone);
        let Some(known) = request
            .presented
            .as_ref()
            .and_then(|id| self.ids.get_mut(id))
        else {
            return;
        };
        known.values.changing.retain(|other| *other != number);
        let (possible, is_visitor) = (&mut known.values.possible, known.values.owner.is_none());
        match &asked {
            Asked::Page { steps, value } if !asked.may_end() => {
                let is_here = seen.cookie == CookieChange::None;
                if !steps.changes_values() || !steps.is_saved() {
                    return;
                }
                if !is_here {
                    // What a visitor kept under the id before goes when another one begins.
                    add(possible, &nothing());
                } else if is_quiet && (is_visitor || seen.name().is_some()) {
                    if steps.change == Change::Clear {
                        *possible = nothing();
                    }
                    if let Some(name) = steps.writes {
                        possible[name] = BTreeSet::from([Some(*value)]);
                    }
                } else {
                    add(possible, &asked.pending());
                }
                if is_visitor {
                    known.values.until = began_at + ABSOLUTE;
                }
            }
            _ if !asked.changes_values() => {}
            // Values that this visitor may not see are nothing to flush.
            Asked::Page { .. } if !is_visitor && asked.ends() && seen.who == Some(Who::Nobody) => {
                add(possible, &asked.pending());
            }
            // A visitor's values that are emptied and written look like renewed ones, and with an
            // error neither counts.
            Asked::Page { steps, .. }
                if is_visitor && steps.fails && steps.writes.is_some() && !steps.saves =>
            {
                add(possible, &asked.pending());
            }
            _ if is_alone && (asked.ends() || matches!(seen.cookie, CookieChange::New(_))) => {
                *possible = nothing();
            }
            _ => add(possible, &asked.pending()),
        }
    }
}
