//! What an ID token says once it is believed.

use std::{fmt, sync::Arc};

use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::protocol::StandardClaims;
use crate::protocol::numeric_date;
use crate::protocol::signing_algorithm::SigningAlgorithm;
use crate::protocol::token_claims::TokenClaims;

/// An ID token that passed every check; only [`verify`](super::verify) makes one.
///
/// `Debug` shows nothing about the user.
#[derive(Clone)]
pub struct VerifiedIdToken {
    pub(super) claims: TokenClaims,
    pub(super) issuer: Box<str>,
    pub(super) subject: Box<str>,
    pub(super) audience: Vec<String>,
    pub(super) issued_at: OffsetDateTime,
    pub(super) expires_at: OffsetDateTime,
}

impl VerifiedIdToken {
    /// Who issued the token (`iss`). With [`subject`](Self::subject) it is the user's identity.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Who signed in (`sub`), unique only together with [`issuer`](Self::issuer).
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// For whom the token is (`aud`), each member once.
    pub fn audience(&self) -> &[String] {
        &self.audience
    }

    /// When the token was issued (`iat`).
    pub fn issued_at(&self) -> OffsetDateTime {
        self.issued_at
    }

    /// When the token ends (`exp`). It says nothing about how long the login lasts.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }

    /// The algorithm the token is signed with.
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.claims.algorithm
    }

    /// The provider's session (`sid`).
    pub fn sid(&self) -> Option<&str> {
        self.optional_text("sid")
    }

    /// When the user proved who they are (`auth_time`).
    pub fn auth_time(&self) -> Option<OffsetDateTime> {
        self.claims.get("auth_time").and_then(numeric_date::parse)
    }

    /// How strong the proof was (`acr`).
    pub fn acr(&self) -> Option<&str> {
        self.optional_text("acr")
    }

    /// How the user proved who they are (`amr`); empty when the provider does not say.
    pub fn amr(&self) -> Vec<&str> {
        let list = self.claims.get("amr").and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// The claims exactly as the provider signed them.
    pub fn claims_json(&self) -> &str {
        &self.claims.json
    }

    /// The claims, decoded.
    pub fn claims(&self) -> &Map<String, Value> {
        self.claims.decoded.as_map()
    }

    /// The same, for a login to keep.
    pub(crate) fn decoded(&self) -> &Arc<StandardClaims> {
        &self.claims.decoded
    }

    /// The same for a login to keep, once nothing else is asked.
    pub(crate) fn into_decoded(self) -> Arc<StandardClaims> {
        self.claims.decoded
    }

    fn optional_text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }
}

impl fmt::Debug for VerifiedIdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("VerifiedIdToken");
        debug
            .field("issuer", &self.issuer)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
