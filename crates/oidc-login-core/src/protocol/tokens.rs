//! Values that must never be printed.

use serde::{Deserialize, Serialize};

macro_rules! secrets {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself.
            ///
            /// # Security
            /// Never log it, and never show it on a page.
            pub fn secret(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )+};
}

secrets! {
    /// The client's secret (RFC 6749 §2.3.1).
    ClientSecretText;
    /// A signed token in place of the secret (RFC 7521 §4.2), good for one request.
    ClientAssertion;
    /// An authorization code (RFC 6749 §1.3.1).
    Code;
    /// What calls the user's resources (RFC 6749 §1.4).
    AccessTokenText;
    /// What gets new access tokens (RFC 6749 §1.5).
    RefreshToken;
    /// An ID token as it came, for `id_token_hint`.
    RawIdToken;
    /// The PKCE code verifier (RFC 7636 §4.1).
    CodeVerifier;
    /// Ties the ID token to the login (OpenID Connect Core §15.5.2).
    Nonce;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_redacted() {
        assert_eq!(format!("{:?}", Code::new("abc")), "Code([redacted])");
        assert_eq!(Code::new("abc").secret(), "abc");
    }
}
