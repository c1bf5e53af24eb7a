//! What is promised, by name.

use std::fmt;

/// What sessions promise, whatever overlaps with whatever, and wherever a node dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Guarantee {
    /// Who has signed out, or was, is not signed in by any request that begins after that was
    /// answered.
    EndedStaysEnded,
    /// Nobody is shown as somebody else, and nobody finds what another user, or another browser,
    /// wrote.
    NobodyElses,
    /// A session's cookie is set only by a request that itself made, renewed or ended a session,
    /// and taken away only by one that ended what was alive.
    CookieByItsOwn,
    /// Who signed in stays signed in until they sign out, are signed out, or time is up.
    NoLoginLost,
    /// What was written and answered is there until it is overwritten; of parallel writers one
    /// counts.
    ValuesKept,
    /// A server error saves nothing that was not saved by hand.
    NothingSavedByErrors,
    /// Of a session that has ended, nothing is left in the store.
    NothingLeft,
    /// A login gets an id that was never seen before, and the one before it is dead.
    NewIdAtLogin,
    /// The provider is asked for tokens once for each answer, however often and wherever it comes.
    OneTokenRequest,
    /// A refresh token is used once, unless whoever used it died, or its lease ran out.
    OneRefresh,
    /// Who was given a refreshed token is never given an older one again, and no refresh ends a
    /// login.
    RefreshedTokenKept,
    /// An answer of the provider signs in nobody but the browser that began that login.
    AnswerOfOwnLogin,
    /// A login ends when it was not used for the idle time, and when its time is up.
    ExpiresInTime,
    /// No order of things is a server error; a login fails only for a reason that its user can see.
    NoError,
    /// Every request is answered.
    Answered,
}

/// A promise that was not kept.
#[derive(Clone, Debug)]
pub(crate) struct Broken {
    pub(crate) guarantee: Guarantee,
    pub(crate) how: String,
}

impl Guarantee {
    /// For the end of a function that found it broken.
    pub(crate) fn broken<T>(self, how: impl Into<String>) -> Result<T, Broken> {
        let how = how.into();
        Err(Broken {
            guarantee: self,
            how,
        })
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.guarantee, self.how)
    }
}
