//! Where in the claims something stands.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

use crate::error::ConfigError;

/// The way to a claim: names separated by dots, `\.` for a dot within a name.
///
/// `realm_access.roles` is Keycloak's realm roles; `https://example\.com/roles` one claim whose
/// name is a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath(Vec<String>);

impl ClaimPath {
    /// The claim at the end of the way.
    pub fn find<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.0.split_first()?;
        rest.iter().try_fold(claims.get(first)?, |value, name| {
            value.as_object()?.get(name)
        })
    }
}

impl FromStr for ClaimPath {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut names = vec![String::new()];
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '.' => names.push(String::new()),
                '\\' => names.last_mut().into_iter().for_each(|name| {
                    name.extend(characters.next());
                }),
                other => names
                    .last_mut()
                    .into_iter()
                    .for_each(|name| name.push(other)),
            }
        }
        if names.iter().any(String::is_empty) {
            return Err(ConfigError::new(
                "role claim",
                text,
                r"names separated by dots, such as realm_access.roles; \. for a dot within a name",
            ));
        }
        Ok(Self(names))
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|name| name.replace('.', "\\.")).collect();
        f.write_str(&names.join("."))
    }
}

/// The roles at any of these places; `None` when none of the places is there at all.
///
/// A list of texts is taken as it is, a single text as one role; anything else is no role.
pub fn roles(paths: &[ClaimPath], claims: &Map<String, Value>) -> Option<Vec<String>> {
    let mut found = paths.iter().filter_map(|path| path.find(claims)).peekable();
    found.peek()?;
    let mut roles: Vec<String> = found
        .flat_map(|value| match value {
            Value::String(role) => vec![role.clone()],
            Value::Array(roles) => roles
                .iter()
                .filter_map(|role| role.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        })
        .collect();
    roles.sort_unstable();
    roles.dedup();
    Some(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_found_where_they_stand() {
        let claims = serde_json::json!({
            "realm_access": {"roles": ["admin", "user", 7]},
            "roles": "user",
            "https://example.com/roles": ["x"],
            "odd": {"roles": 5},
        });
        let claims = claims.as_object().unwrap();
        for (paths, expected) in [
            (vec!["realm_access.roles"], Some(vec!["admin", "user"])),
            (
                vec!["realm_access.roles", "roles"],
                Some(vec!["admin", "user"]),
            ),
            (vec![r"https://example\.com/roles"], Some(vec!["x"])),
            (vec!["odd.roles"], Some(vec![])),
            (vec!["missing.roles"], None),
            (vec!["roles.deeper"], None),
            (vec![], None),
        ] {
            let paths: Vec<ClaimPath> = paths.iter().map(|path| path.parse().unwrap()).collect();
            let expected: Option<Vec<String>> =
                expected.map(|roles| roles.into_iter().map(str::to_owned).collect());
            assert_eq!(roles(&paths, claims), expected, "{paths:?}");
        }
    }

    #[test]
    fn empty_names_are_refused() {
        for text in ["", ".", "a.", "a..b"] {
            assert!(text.parse::<ClaimPath>().is_err(), "{text:?}");
        }
        let path: ClaimPath = r"a\.b.c".parse().unwrap();
        assert_eq!(path.to_string(), r"a\.b.c");
    }
}
