//! Who is signed in, as a page names them.

use oidc_login::StandardClaims;

/// Somebody who is signed in.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) email_is_verified: bool,
}

impl Person {
    pub(crate) fn new(claims: &StandardClaims) -> Self {
        let name = claims.name().or(claims.preferred_username());
        Self {
            name: name.or(claims.email()).unwrap_or(claims.sub()).to_owned(),
            email: claims.email().map(str::to_owned),
            email_is_verified: claims.verified_email().is_some(),
        }
    }

    /// The letter in the circle.
    pub(super) fn initial(&self) -> String {
        let first = self.name.chars().find(|c| c.is_alphanumeric());
        first.map_or_else(|| "•".to_owned(), |c| c.to_uppercase().collect())
    }
}
