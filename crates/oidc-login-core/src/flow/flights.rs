//! Callbacks at work: the second one with the same login waits for the first.

use std::sync::Arc;

use aws_lc_rs::digest;
use tokio::sync::watch;

use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{Code, StateHash},
    session::{ExpiringMap, SessionId, SessionKey},
};

const CAPACITY: usize = 100_000;

/// The callbacks of this process by the hash of their state, until the login would expire.
pub(crate) struct CallbackFlights(ExpiringMap<StateHash, Flight>);

/// One callback: the code it came with, as a hash, and how it will have ended.
#[derive(Clone)]
struct Flight {
    code: CodeHash,
    landed: watch::Receiver<Option<Landed>>,
}

/// How a callback ended.
#[derive(Clone)]
pub(super) enum Landed {
    SignedIn(Arc<SignedIn>),
    Failed(LoginError),
}

/// A login that succeeded.
pub(super) struct SignedIn {
    pub(super) return_to: String,
    pub(super) id: SessionId,
    /// What the browser presented when it signed in.
    pub(super) presented: Vec<SessionKey>,
    pub(super) at: i64,
}

/// The first callback of a login, whose task tells the others how it ended.
pub(super) struct Departure(watch::Sender<Option<Landed>>);

/// Waits for the first callback of a login.
pub(super) struct Arrival(watch::Receiver<Option<Landed>>);

impl CallbackFlights {
    pub(crate) fn new() -> Self {
        Self(ExpiringMap::new(CAPACITY))
    }

    /// Takes off for this login, unless somebody did with the same code; both may wait for the
    /// arrival. `None` for another code: that is somebody else's answer.
    pub(super) fn depart(
        &self,
        state: StateHash,
        code: &Code,
        until: i64,
        now: i64,
    ) -> Option<(Option<Departure>, Arrival)> {
        let (sender, landed) = watch::channel(None);
        let code = CodeHash::of(code);
        let flight = Flight { code, landed };
        let first = self.0.insert_new(state, flight.clone(), until, now);
        if first.is_ok() {
            return Some((Some(Departure(sender)), Arrival(flight.landed)));
        }
        let first = self.0.read(&state, now, |first, _| first.clone())?;
        (first.code == code).then_some((None, Arrival(first.landed)))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// As if it had never taken off: what it came with was not used.
    pub(super) fn remove(&self, state: &StateHash, now: i64) {
        self.0.remove(state, now);
    }

    /// Whether a callback with this state was here already.
    pub(super) fn has_departed(&self, state: &StateHash, now: i64) -> bool {
        self.0.read(state, now, |_, _| ()).is_some()
    }

    /// How the callback with this state ended, if it did.
    pub(super) fn landed(&self, state: &StateHash, now: i64) -> Option<Landed> {
        self.0
            .read(state, now, |flight, _| flight.landed.borrow().clone())
            .flatten()
    }
}

/// SHA-256 of a code.
#[derive(Clone, Copy, PartialEq, Eq)]
struct CodeHash([u8; 32]);

impl CodeHash {
    fn of(code: &Code) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, code.secret().as_bytes()).as_ref());
        Self(hash)
    }
}

impl Departure {
    pub(super) fn land(self, landed: Landed) {
        self.0.send_replace(Some(landed));
    }
}

impl Arrival {
    /// Why the first one failed, if it did so before this one came.
    pub(super) fn failed_before(&self) -> Option<LoginError> {
        match &*self.0.borrow() {
            Some(Landed::Failed(error)) => Some(error.clone()),
            Some(Landed::SignedIn(_)) | None => None,
        }
    }

    pub(super) async fn landed(mut self) -> Landed {
        let landed = self.0.wait_for(Option::is_some).await;
        let landed = landed.ok().and_then(|landed| landed.clone());
        landed.unwrap_or_else(|| Landed::Failed(LoginErrorKind::Internal.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{LoginStart, State};

    fn state() -> StateHash {
        let start = LoginStart::at(time::OffsetDateTime::UNIX_EPOCH);
        State::new([1; 16], start, |_| [0; 16]).hash()
    }

    #[tokio::test]
    async fn the_second_waits_for_the_first() {
        let flights = CallbackFlights::new();
        let (first, _) = flights.depart(state(), &Code::new("c"), 600, 0).unwrap();
        let (second, arrival) = flights.depart(state(), &Code::new("c"), 600, 0).unwrap();
        assert!(second.is_none() && flights.has_departed(&state(), 0));
        first
            .unwrap()
            .land(Landed::Failed(LoginErrorKind::CodeMissing.into()));
        let Landed::Failed(error) = arrival.landed().await else {
            panic!("the first failed");
        };
        assert_eq!(error.kind(), LoginErrorKind::CodeMissing);
    }

    #[test]
    fn another_code_waits_for_nobody() {
        let flights = CallbackFlights::new();
        let first = flights.depart(state(), &Code::new("c"), 600, 0);
        assert!(first.is_some());
        assert!(flights.depart(state(), &Code::new("d"), 600, 0).is_none());
    }

    #[tokio::test]
    async fn a_task_that_dies_keeps_nobody_waiting() {
        let flights = CallbackFlights::new();
        let (first, arrival) = flights.depart(state(), &Code::new("c"), 600, 0).unwrap();
        drop(first);
        let Landed::Failed(error) = arrival.landed().await else {
            panic!("nobody landed");
        };
        assert_eq!(error.kind(), LoginErrorKind::Internal);
    }
}
