//! Scopes (OpenID Connect Core §5.4 and §11).

use std::{collections::BTreeSet, fmt};

pub(crate) const OPENID: &str = "openid";
pub(crate) const PROFILE: &str = "profile";
pub(crate) const EMAIL: &str = "email";
pub(crate) const ROLES: &str = "roles";
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";

pub(crate) const SUPPORTED: [&str; 5] = [OPENID, PROFILE, EMAIL, ROLES, OFFLINE_ACCESS];

/// What a client was granted, [RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope(BTreeSet<&'static str>);

impl Scope {
    /// Scopes we do not know are left out, as OIDC Core §3.1.2.1 advises.
    pub(crate) fn of<'a>(requested: impl IntoIterator<Item = &'a str>) -> Self {
        let requested: BTreeSet<_> = requested.into_iter().collect();
        Self(
            SUPPORTED
                .into_iter()
                .filter(|scope| requested.contains(scope))
                .collect(),
        )
    }

    pub(crate) fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// Each with what it means to the person.
    pub(crate) fn in_words(&self) -> Vec<(&'static str, &'static str)> {
        let all = SUPPORTED.into_iter().filter(|scope| self.contains(scope));
        all.map(|scope| (scope, meaning(scope))).collect()
    }

    pub(crate) fn within(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }
}

fn meaning(scope: &str) -> &'static str {
    match scope {
        PROFILE => "Your name and user name",
        EMAIL => "Your e-mail address",
        ROLES => "Your roles",
        OFFLINE_ACCESS => "All of it also while you are away",
        _ => "To know you again",
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().copied().collect::<Vec<_>>().join(" "))
    }
}
