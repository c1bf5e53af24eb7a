//! Values that must never be printed.

use serde::{Deserialize, Serialize, Serializer};

macro_rules! secret {
    ($(#[$attribute:meta])+ $visibility:vis struct $name:ident;) => {
        $(#[$attribute])+
        #[derive(Clone, PartialEq, Eq)]
        $visibility struct $name(String);

        impl $name {
            /// Takes the text as it is.
            #[allow(dead_code, reason = "some come out of answers and records only")]
            $visibility fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself.
            ///
            /// # Security
            /// Never log it, and never show it on a page.
            $visibility fn secret(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

secret! {
    /// The client's secret (RFC 6749 §2.3.1).
    pub(crate) struct ClientSecretText;
}
secret! {
    /// A signed token in place of the secret (RFC 7521 §4.2), good for one request.
    pub(crate) struct ClientAssertion;
}
secret! {
    /// An authorization code (RFC 6749 §1.3.1).
    pub(crate) struct Code;
}
secret! {
    /// What calls the user's resources (RFC 6749 §1.4).
    ///
    /// It cannot be serialized: an answer or a log line of the app's must not carry it by accident.
    #[derive(Deserialize)]
    #[serde(transparent)]
    pub struct AccessTokenText;
}
secret! {
    /// What gets new access tokens (RFC 6749 §1.5).
    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    pub(crate) struct RefreshToken;
}
secret! {
    /// An ID token as it came, for `id_token_hint`.
    ///
    /// It cannot be serialized: an answer or a log line of the app's must not carry it by accident.
    #[derive(Deserialize)]
    #[serde(transparent)]
    pub struct RawIdToken;
}
secret! {
    /// The PKCE code verifier (RFC 7636 §4.1).
    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    pub(crate) struct CodeVerifier;
}
secret! {
    /// Ties the ID token to the login (OpenID Connect Core §15.5.2).
    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    pub(crate) struct Nonce;
}

impl AccessTokenText {
    /// How records of ours keep it.
    pub(crate) fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl RawIdToken {
    /// How records of ours keep it.
    pub(crate) fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// No answer of an app's carries a token by accident.
///
/// ```compile_fail,E0277
/// fn write<T: serde::Serialize>() {}
/// write::<oidc_login_core::protocol::AccessTokenText>();
/// ```
///
/// ```compile_fail,E0277
/// fn write<T: serde::Serialize>() {}
/// write::<oidc_login_core::protocol::RawIdToken>();
/// ```
#[cfg(doctest)]
struct NotInAnswers;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_redacted() {
        assert_eq!(format!("{:?}", Code::new("abc")), "Code([redacted])");
        assert_eq!(Code::new("abc").secret(), "abc");
    }
}
