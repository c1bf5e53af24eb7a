//! A login under way: what is kept in the browser, sealed, until the provider answers.

use serde::{Deserialize, Serialize};

use super::{
    login_parameters::{LoginParameters, sealed},
    tokens::{CodeVerifier, Nonce},
};

/// How long a login may take, in seconds.
pub(crate) const LIFETIME: i64 = 600;

/// What the callback must know about the login it ends. Used once: the callback takes it by value.
#[derive(Serialize, Deserialize)]
pub(crate) struct PendingLogin {
    /// The `state` this login started with.
    pub(crate) state: String,
    /// Expected in the ID token.
    pub(crate) nonce: Nonce,
    /// Proves to the token endpoint that we began this login.
    pub(crate) code_verifier: CodeVerifier,
    /// Where the user goes afterwards, a path on this origin.
    pub(crate) return_to: String,
    /// The redirect URI of the authorization request, repeated at the token endpoint.
    pub(crate) redirect_uri: String,
    /// Which provider was asked.
    pub(crate) issuer: String,
    /// When it started, in seconds since 1970.
    pub(crate) started_at: i64,
    /// Whether the browser sent a cookie of the app's own session when it started.
    pub(crate) had_app_session: bool,
    /// How many logins this browser had completed in a row when it started.
    pub(crate) round: u8,
    /// What it asks for beside what every login of the client asks for.
    #[serde(with = "sealed")]
    pub(crate) parameters: LoginParameters,
}

impl PendingLogin {
    /// Whether it took longer than it may.
    pub(crate) fn is_expired(&self, now: i64) -> bool {
        now >= self.expires_at() || now < self.started_at - LIFETIME
    }

    /// When it ends, in seconds since 1970.
    pub(crate) fn expires_at(&self) -> i64 {
        self.started_at.saturating_add(LIFETIME)
    }

    /// The bytes that are sealed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("strings and numbers always serialize")
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

impl std::fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingLogin")
            .field("issuer", &self.issuer)
            .field("started_at", &self.started_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(started_at: i64) -> PendingLogin {
        PendingLogin {
            state: "s".into(),
            nonce: Nonce::new("n"),
            code_verifier: CodeVerifier::new("v"),
            return_to: "/".into(),
            redirect_uri: "http://localhost:5000/auth/callback".into(),
            issuer: "http://localhost:5001".into(),
            started_at,
            had_app_session: true,
            round: 2,
            parameters: LoginParameters::default(),
        }
    }

    #[test]
    fn ten_minutes_and_no_more() {
        for (name, now, expired) in [
            ("at the start", 10_000, false),
            ("just before", 10_599, false),
            ("at the end", 10_600, true),
            ("a clock that went back a little", 9_700, false),
            ("a clock that went back a lot", 9_399, true),
        ] {
            assert_eq!(pending(10_000).is_expired(now), expired, "{name}");
        }
    }

    #[test]
    fn bytes_come_back() {
        let bytes = pending(5).to_bytes();
        let back = PendingLogin::from_bytes(&bytes).unwrap();
        assert_eq!((back.nonce.secret(), back.started_at), ("n", 5));
        assert!(back.had_app_session && back.round == 2);
        assert!(PendingLogin::from_bytes(&bytes[..3]).is_none());
    }
}
