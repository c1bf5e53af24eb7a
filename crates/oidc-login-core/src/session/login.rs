//! A login: what our session remembers of a user.

use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::{at, decoded_claims::DecodedClaims, login_record::LoginRecord};
use crate::protocol::{AccessTokenText, RawIdToken, StandardClaims};

/// Claims decoded as [`StandardClaims`] take some three times their text, as a type of the app's
/// less.
const DECODED: usize = 4;
/// How far the clocks of two nodes may be apart, in seconds.
const CLOCKS_APART: i64 = 300;

/// A user who signed in: claims, tokens and times.
///
/// Comes only from a verified ID token, or from the store that one was saved in.
pub struct Login {
    record: LoginRecord,
    decoded: DecodedClaims,
}

/// The claims of a login do not fit a type.
#[derive(Debug, thiserror::Error)]
#[error("the claims do not fit {type_name}")]
#[non_exhaustive]
pub struct ClaimsMismatch {
    /// The type asked for.
    pub type_name: &'static str,
    /// Names the field.
    #[source]
    pub source: serde_json::Error,
}

impl Login {
    pub(crate) fn new(record: LoginRecord) -> Self {
        Self {
            record,
            decoded: DecodedClaims::default(),
        }
    }

    /// A login whose claims are decoded already.
    pub(crate) fn with_claims(record: LoginRecord, claims: &Arc<StandardClaims>) -> Self {
        let login = Self::new(record);
        login.decoded.keep(claims);
        login
    }

    pub(super) fn to_bytes(&self) -> Bytes {
        self.record.to_bytes()
    }

    /// Reads a saved login; `None` for another format or damage.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        LoginRecord::from_bytes(bytes).map(Self::new)
    }

    /// What it takes, about: its texts, and its claims decoded. What those take is not known before
    /// somebody asks for them, so they count as [`DECODED`] times their text from the start.
    pub(crate) fn heap_bytes(&self) -> usize {
        let texts = self.record.texts().map(str::len).sum::<usize>();
        let roles = size_of_val(self.roles());
        size_of::<Self>() + texts + roles + DECODED * self.record.claims.len()
    }

    /// Whether it counts at this second.
    ///
    /// A login from the future was made while the clock was wrong, and would live until its time
    /// has come.
    pub(crate) fn is_alive(&self, now: i64) -> bool {
        let made_by = now.saturating_add(CLOCKS_APART);
        self.record.ends_at > now && self.record.logged_in_at <= made_by
    }

    pub(crate) fn record(&self) -> &LoginRecord {
        &self.record
    }

    /// Who signed the user in.
    pub fn issuer(&self) -> &str {
        &self.record.issuer
    }

    /// The user's identifier at the issuer.
    pub fn subject(&self) -> &str {
        &self.record.subject
    }

    /// The client the user signed in to.
    pub fn client_id(&self) -> &str {
        &self.record.client_id
    }

    /// The provider's own session, if it names one.
    pub fn sid(&self) -> Option<&str> {
        self.record.sid.as_deref()
    }

    /// The user's roles; empty as well when the provider sent no role claim.
    pub fn roles(&self) -> &[String] {
        self.record.roles.as_deref().unwrap_or_default()
    }

    /// Whether the provider sent a role claim at all.
    pub fn has_role_claim(&self) -> bool {
        self.record.roles.is_some()
    }

    /// Whether the user has this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles().iter().any(|has| has == role)
    }

    /// The claims as JSON.
    pub fn claims_json(&self) -> &str {
        &self.record.claims
    }

    /// The standard claims, decoded once per login.
    pub fn claims(&self) -> Arc<StandardClaims> {
        self.decode::<StandardClaims>().unwrap_or_default()
    }

    /// The claims as a type of the app, decoded once per login.
    ///
    /// # Errors
    /// When they do not fit; the source names the field.
    pub fn decode<T>(&self) -> Result<Arc<T>, ClaimsMismatch>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        if let Some(decoded) = self.decoded.get::<T>() {
            return Ok(decoded.clone());
        }
        let decoded = serde_json::from_str::<T>(&self.record.claims);
        let decoded = decoded.map(Arc::new).map_err(|source| ClaimsMismatch {
            type_name: std::any::type_name::<T>(),
            source,
        })?;
        Ok(self.decoded.keep(&decoded).clone())
    }

    /// The ID token as it came with the login, or with its last refresh; for `id_token_hint`.
    pub fn id_token(&self) -> &RawIdToken {
        &self.record.id_token
    }

    /// The access token as it came with the login, or with its last refresh.
    pub fn access_token(&self) -> &AccessTokenText {
        &self.record.access_token
    }

    /// Whether there is a refresh token.
    pub fn has_refresh_token(&self) -> bool {
        self.record.refresh_token.is_some()
    }

    /// The scope that was granted, as the provider wrote it: `None` where it said nothing, which
    /// means the scope that was asked for (RFC 6749 §5.1).
    pub fn granted_scope(&self) -> Option<&str> {
        self.record.granted_scope.as_deref()
    }

    /// When the tokens were last refreshed, if they ever were.
    pub fn refreshed_at(&self) -> Option<OffsetDateTime> {
        self.record.refreshed_at.map(at)
    }

    /// How the user proved who they are (`acr`), as the login's own ID token said: a refresh does not
    /// change it, and neither do userinfo or the app's `on_claims`.
    pub fn acr(&self) -> Option<&str> {
        self.record.authentication.acr.as_deref()
    }

    /// When the user proved who they are to the provider (`auth_time`), as the login's own ID token
    /// said, if it did; never later than the login.
    ///
    /// Not the time of the login: a provider that knows its user signs them in without asking. A refresh
    /// does not change it, here and in the claims, although some providers then tell when the user
    /// signed in anew at another app.
    pub fn auth_time(&self) -> Option<OffsetDateTime> {
        self.record.authentication.auth_time.map(at)
    }

    /// When the user signed in.
    pub fn logged_in_at(&self) -> OffsetDateTime {
        at(self.record.logged_in_at)
    }

    /// When the login ends, however busy it is.
    pub fn ends_at(&self) -> OffsetDateTime {
        at(self.record.ends_at)
    }

    /// When the ID token ended or ends. A login lives on after that.
    pub fn id_token_expires_at(&self) -> OffsetDateTime {
        at(self.record.id_token_expires_at)
    }

    /// When the access token ends, if the provider said so.
    pub fn access_token_expires_at(&self) -> Option<OffsetDateTime> {
        self.record.access_token_expires_at.map(at)
    }
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login")
            .field("issuer", &self.record.issuer)
            .field("subject", &self.record.subject)
            .field("client_id", &self.record.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn login() -> Login {
        Login::new(LoginRecord {
            claims: r#"{"sub":"1","name":"Alice","age":41}"#.into(),
            ..LoginRecord::sample()
        })
    }

    #[derive(Deserialize, Debug)]
    struct Own {
        age: u8,
    }

    #[derive(Deserialize, Debug)]
    struct Wrong {
        #[allow(dead_code)]
        address: String,
    }

    #[test]
    fn a_type_is_decoded_once() {
        let login = login();
        let first = login.decode::<Own>().unwrap();
        assert_eq!(first.age, 41);
        assert!(Arc::ptr_eq(&first, &login.decode::<Own>().unwrap()));
        assert_eq!(login.claims().name(), Some("Alice"));
    }

    #[test]
    fn claims_that_came_decoded_are_not_decoded_again() {
        let claims: Arc<StandardClaims> = Arc::new(serde_json::from_str(r#"{"sub":"1"}"#).unwrap());
        let login = Login::with_claims(LoginRecord::sample(), &claims);
        assert!(Arc::ptr_eq(&claims, &login.claims()));
        assert_eq!(*claims, *Login::new(LoginRecord::sample()).claims());
    }

    #[test]
    fn a_mismatch_names_the_field() {
        let error = login().decode::<Wrong>().unwrap_err();
        assert!(error.source.to_string().contains("address"), "{error:?}");
    }

    #[test]
    fn a_login_counts_from_its_time_to_its_end() {
        for (now, is_alive) in [
            (i64::MIN, false),
            (-301, false),
            (-300, true),
            (0, true),
            (28_799, true),
            (28_800, false),
            (i64::MAX, false),
        ] {
            assert_eq!(login().is_alive(now), is_alive, "{now}");
        }
    }
}
