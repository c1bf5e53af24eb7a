//! The people who can sign in.

use std::fmt;

use aws_lc_rs::digest;
use serde_json::{Map, Value};

use crate::ConfigError;

/// A person who can sign in, with the claims that go into their tokens.
///
/// What is not set is made up from the user name: `alice` is Alice Example, `alice@example.com`, and has the same `sub` at every start.
///
/// ```
/// use oidc_login_dev_provider::User;
///
/// let carol = User::new("carol", "carol").role("editor").email("carol@example.org").claim("department", "press");
/// # let _ = carol;
/// ```
///
/// # Security
///
/// The password is shown on the sign-in page as long as the provider listens on loopback addresses. Do not use one that means anything.
#[derive(Clone)]
#[must_use]
pub struct User {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) sub: String,
    pub(crate) given_name: String,
    pub(crate) family_name: String,
    pub(crate) email: String,
    pub(crate) email_verified: bool,
    pub(crate) roles: Vec<String>,
    pub(crate) claims: Map<String, Value>,
}

impl User {
    /// A user with no role.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        let username = username.into();
        Self {
            password: password.into(),
            sub: stable_sub(&username),
            given_name: capitalized(&username),
            family_name: "Example".into(),
            email: if username.contains('@') {
                username.clone()
            } else {
                format!("{username}@example.com")
            },
            email_verified: true,
            roles: Vec::new(),
            claims: Map::new(),
            username,
        }
    }

    /// Adds a role, found in `roles` and in `realm_access.roles`.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// The subject identifier, `sub`; by default made from the user name, in the form of a UUID.
    pub fn subject(mut self, sub: impl Into<String>) -> Self {
        self.sub = sub.into();
        self
    }

    /// First and last name, for `given_name`, `family_name` and `name`.
    pub fn name(mut self, given_name: impl Into<String>, family_name: impl Into<String>) -> Self {
        self.given_name = given_name.into();
        self.family_name = family_name.into();
        self
    }

    /// The e-mail address, with `email_verified` true.
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = email.into();
        self.email_verified = true;
        self
    }

    /// An e-mail address that nobody checked: `email_verified` is false.
    pub fn unverified_email(mut self, email: impl Into<String>) -> Self {
        self.email = email.into();
        self.email_verified = false;
        self
    }

    /// Adds a claim of any name to ID token, access token and userinfo, whatever the scope; it wins over a claim of the user's own.
    ///
    /// Claims about the token itself (`iss`, `aud`, `exp`, …) cannot be set this way: [`DevProviderBuilder::build`] refuses them.
    ///
    /// [`DevProviderBuilder::build`]: crate::DevProviderBuilder::build
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
            .trim()
            .to_owned()
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let setting = |field: &str| format!("user({}).{field}", self.username.escape_debug());
        if self.username.is_empty()
            || self.username.len() > 100
            || self.username.chars().any(char::is_control)
        {
            return Err(ConfigError::new(
                "user.username",
                &self.username,
                "1 to 100 bytes without control characters",
            ));
        }
        if self.password.is_empty() {
            return Err(ConfigError::redacted(
                setting("password"),
                "a password that is not empty",
            ));
        }
        // https://openid.net/specs/openid-connect-core-1_0.html#IDToken
        if self.sub.is_empty() || self.sub.len() > 255 || !self.sub.is_ascii() {
            return Err(ConfigError::new(
                setting("sub"),
                &self.sub,
                "1 to 255 ASCII characters",
            ));
        }
        match self
            .claims
            .keys()
            .find(|name| PROTOCOL_CLAIMS.contains(&name.as_str()))
        {
            Some(name) => Err(ConfigError::new(
                setting("claim"),
                name,
                "a claim about the user, not about the token",
            )),
            None => Ok(()),
        }
    }
}

const PROTOCOL_CLAIMS: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "azp",
    "client_id",
    "scope",
    "nonce",
    "at_hash",
    "c_hash",
    "auth_time",
    "acr",
    "amr",
    "sid",
];

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("username", &self.username)
            .field("password", &"[redacted]")
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

/// The same user name gives the same `sub` at every start, so that what an app stored about a user stays theirs.
fn stable_sub(username: &str) -> String {
    let hash = digest::digest(
        &digest::SHA256,
        format!("oidc-login-dev-provider user {username}").as_bytes(),
    );
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    // RFC 9562 §5.8: version 8, made by a rule of one's own.
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

fn capitalized(username: &str) -> String {
    let mut letters = username.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_is_stable_and_looks_like_a_uuid() {
        let sub = User::new("alice", "alice").sub;
        assert_eq!(sub, User::new("alice", "other").sub);
        assert_ne!(sub, User::new("bob", "bob").sub);
        assert_eq!(
            sub.split('-').map(str::len).collect::<Vec<_>>(),
            [8, 4, 4, 4, 12]
        );
    }

    #[test]
    fn wrong_users_are_refused_by_setting() {
        let cases = [
            (User::new("", "x"), "user.username"),
            (User::new("a\nb", "x"), "user.username"),
            (User::new("carol", ""), "user(carol).password"),
            (User::new("carol", "x").subject(""), "user(carol).sub"),
            (
                User::new("carol", "x").claim("iss", "http://evil.test"),
                "user(carol).claim",
            ),
        ];
        for (user, setting) in cases {
            assert_eq!(
                user.check().map_err(|error| error.setting().to_owned()),
                Err(setting.to_owned())
            );
        }
    }

    #[test]
    fn debug_shows_no_password() {
        assert!(!format!("{:?}", User::new("carol", "hunter2")).contains("hunter2"));
    }
}
