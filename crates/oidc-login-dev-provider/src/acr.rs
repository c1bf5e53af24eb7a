//! How a person proved who they are: the `acr` of an ID token.

/// How a person proved who they are: the authentication context class,
/// [OIDC Core §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Acr {
    /// With a password.
    #[default]
    Password,
    /// With a password and a one-time code.
    TwoFactors,
}

/// The one-time code of everybody, for ever: it shows what a second factor looks like, and protects nothing.
pub(crate) const ONE_TIME_CODE: &str = "123456";

impl Acr {
    /// What there is, weakest first.
    pub(crate) const ALL: [Self; 2] = [Self::Password, Self::TwoFactors];

    /// As it stands in `acr`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Password => "1",
            Self::TwoFactors => "2",
        }
    }

    /// As it stands in `amr`, [RFC 8176](https://www.rfc-editor.org/rfc/rfc8176).
    pub(crate) fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::TwoFactors => &["pwd", "otp"],
        }
    }

    /// The first of `acr_values` that there is; they come best first.
    pub(crate) fn wished_for(acr_values: &str) -> Self {
        let mut known = acr_values
            .split_ascii_whitespace()
            .filter_map(|value| Self::ALL.into_iter().find(|known| known.as_str() == value));
        known.next().unwrap_or_default()
    }
}
