//! The claims about a user (OpenID Connect Core §2 and §5.1).

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// All claims of a login, with the standard ones by name.
///
/// A standard claim of the wrong type counts as absent; the others are found by
/// [`get`](Self::get), or by an own type that implements `Deserialize`.
///
/// # Security
/// A user is (`iss`, `sub`). Names and e-mail addresses change hands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StandardClaims(Map<String, Value>);

impl StandardClaims {
    /// The issuer: with [`sub`](Self::sub), who the user is.
    pub fn iss(&self) -> &str {
        self.text("iss").unwrap_or_default()
    }

    /// The subject: the user's identifier at the issuer, never reassigned.
    pub fn sub(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }

    /// The user's full name.
    pub fn name(&self) -> Option<&str> {
        self.text("name")
    }

    /// The given name.
    pub fn given_name(&self) -> Option<&str> {
        self.text("given_name")
    }

    /// The family name.
    pub fn family_name(&self) -> Option<&str> {
        self.text("family_name")
    }

    /// How the user wants to be called; not unique.
    pub fn preferred_username(&self) -> Option<&str> {
        self.text("preferred_username")
    }

    /// The e-mail address, whether or not it was verified.
    ///
    /// # Security
    /// Do not tell users apart by it: use [`verified_email`](Self::verified_email) for sending
    /// mail, and (`iss`, `sub`) for knowing who it is.
    pub fn email(&self) -> Option<&str> {
        self.text("email")
    }

    /// The e-mail address, if the provider says that it verified it.
    pub fn verified_email(&self) -> Option<&str> {
        let verified = self.0.get("email_verified") == Some(&Value::Bool(true));
        self.email().filter(|_| verified)
    }

    /// The user's language, as a BCP 47 tag.
    pub fn locale(&self) -> Option<&str> {
        self.text("locale")
    }

    /// The address of a picture of the user.
    pub fn picture(&self) -> Option<&str> {
        self.text("picture")
    }

    /// Any claim by its name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// All of them.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

impl From<Map<String, Value>> for StandardClaims {
    fn from(claims: Map<String, Value>) -> Self {
        Self(claims)
    }
}

impl From<StandardClaims> for Map<String, Value> {
    fn from(claims: StandardClaims) -> Self {
        claims.0
    }
}

impl<'de> Deserialize<'de> for StandardClaims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> StandardClaims {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_email_counts_as_verified_only_when_it_says_true() {
        for (json, expected) in [
            (r#"{"email":"a@b","email_verified":true}"#, Some("a@b")),
            (r#"{"email":"a@b","email_verified":false}"#, None),
            (r#"{"email":"a@b","email_verified":"true"}"#, None),
            (r#"{"email":"a@b","email_verified":1}"#, None),
            (r#"{"email":"a@b"}"#, None),
            (r#"{"email_verified":true}"#, None),
        ] {
            assert_eq!(claims(json).verified_email(), expected, "{json}");
        }
    }

    #[test]
    fn a_claim_of_the_wrong_type_is_absent() {
        let claims = claims(r#"{"sub":"1","name":5,"locale":null,"picture":{}}"#);
        assert_eq!((claims.sub(), claims.name()), ("1", None));
        assert_eq!((claims.locale(), claims.picture()), (None, None));
    }
}
