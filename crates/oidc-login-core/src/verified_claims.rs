//! The claims of a user, for the app to change before they are kept.

use serde::Serialize;
use serde_json::{Map, Value, value::to_raw_value};

use crate::protocol::{
    AccessTokenText,
    exact_claims::{ExactClaims, is_protocol_claim},
    shown::Shown,
};

/// The verified claims of a user, from the ID token and, where it was asked, from userinfo: what
/// [`on_claims`](crate::RelyingPartyBuilder::on_claims) gets, and gives back with its changes.
///
/// What a token says of itself and of how the user signed in (`iss`, `sub`, `aud`, `exp`, `acr`,
/// `auth_time`, `sid` and the like) stays as it was verified. What is not changed is kept exactly as
/// the provider wrote it.
pub struct VerifiedClaims {
    exact: ExactClaims,
    map: Map<String, Value>,
    access_token: AccessTokenText,
}

/// Why a claim cannot be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// It says who signed in, or how, and that is the provider's word.
    #[error("claim `{name}` is the provider's word on who signed in and how, it cannot be changed")]
    Protected {
        /// Its name.
        name: Shown,
    },
    /// The value cannot be written as JSON.
    #[error("value of claim `{name}` cannot be written as json")]
    Unwritable {
        /// Its name.
        name: Shown,
        /// Why.
        source: serde_json::Error,
    },
}

impl VerifiedClaims {
    pub(crate) fn new(
        exact: ExactClaims,
        map: Map<String, Value>,
        access_token: AccessTokenText,
    ) -> Self {
        Self {
            exact,
            map,
            access_token,
        }
    }

    /// The issuer: with [`subject`](Self::subject), who the user is.
    pub fn issuer(&self) -> &str {
        self.text("iss")
    }

    /// The user's identifier at the issuer.
    pub fn subject(&self) -> &str {
        self.text("sub")
    }

    /// A claim by its name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.map.get(name)
    }

    /// All of them.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.map
    }

    /// The access token, to ask the provider for what it tells nowhere else: a list of groups, say.
    pub fn access_token(&self) -> &AccessTokenText {
        &self.access_token
    }

    /// Adds a claim, or gives it another value.
    ///
    /// # Errors
    /// When it is one that stays as it was verified, or the value cannot be written as JSON.
    pub fn set(&mut self, name: &str, value: impl Serialize) -> Result<(), ClaimError> {
        check(name)?;
        let unwritable = |source| ClaimError::Unwritable {
            name: Shown::new(name),
            source,
        };
        let raw = to_raw_value(&value).map_err(unwritable)?;
        let value = serde_json::from_str(raw.get()).map_err(unwritable)?;
        self.map.insert(name.to_owned(), value);
        self.exact.insert(name, raw);
        Ok(())
    }

    /// Removes a claim; gives what it was.
    ///
    /// # Errors
    /// When it is one that stays as it was verified.
    pub fn remove(&mut self, name: &str) -> Result<Option<Value>, ClaimError> {
        check(name)?;
        self.exact.remove(name);
        Ok(self.map.remove(name))
    }

    pub(crate) fn into_parts(self) -> (ExactClaims, Map<String, Value>) {
        (self.exact, self.map)
    }

    fn text(&self, name: &str) -> &str {
        let claim = self.map.get(name).and_then(Value::as_str);
        claim.unwrap_or_default()
    }
}

fn check(name: &str) -> Result<(), ClaimError> {
    if is_protocol_claim(name) {
        let name = Shown::new(name);
        return Err(ClaimError::Protected { name });
    }
    Ok(())
}

impl std::fmt::Debug for VerifiedClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedClaims")
            .field("issuer", &self.issuer())
            .field("subject", &self.subject())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn claims(json: &str) -> VerifiedClaims {
        let exact = ExactClaims::parse(json).unwrap();
        let map = serde_json::from_str(json).unwrap();
        VerifiedClaims::new(exact, map, AccessTokenText::new("hush"))
    }

    #[test]
    fn claims_about_the_user_are_changed_and_the_rest_stays_letter_by_letter() {
        let mut claims =
            claims(r#"{"big":12345678901234567890123,"e":1e2,"groups":["a"],"sub":"1"}"#);
        let groups = claims.remove("groups").unwrap();
        claims.set("teams", groups).unwrap();
        claims.set("admin", true).unwrap();
        assert_eq!(claims.get("admin"), Some(&Value::Bool(true)));
        assert_eq!(claims.remove("nothing").unwrap(), None);
        let expected =
            r#"{"admin":true,"big":12345678901234567890123,"e":1e2,"sub":"1","teams":["a"]}"#;
        assert_eq!(claims.into_parts().0.to_json(), expected);
    }

    #[test]
    fn who_signed_in_and_how_cannot_be_changed() {
        for name in ["iss", "sub", "aud", "acr", "auth_time", "sid", "nonce"] {
            let mut claims = claims(r#"{"iss":"https://a","sub":"1","acr":"1"}"#);
            let expected = format!("claim `{name}` is the provider's");
            for refused in [claims.set(name, "2"), claims.remove(name).map(drop)] {
                let error = refused.unwrap_err().to_string();
                assert!(error.starts_with(&expected), "{error}");
            }
            assert_eq!((claims.issuer(), claims.subject()), ("https://a", "1"));
        }
    }

    #[test]
    fn debug_shows_no_token() {
        assert!(!format!("{:?}", claims("{}")).contains("hush"));
    }
}
