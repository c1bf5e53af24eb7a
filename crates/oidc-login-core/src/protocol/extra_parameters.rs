//! Parameters that an app adds to a request, beside those that the login sets itself.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::parameter_error::ParameterError;

/// What the flow itself sets in an authorization request, or answers to.
const PROTECTED_IN_AUTHORIZATION: [&str; 20] = [
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "dpop_jkt",
    "grant_type",
    "id_token_hint",
    "iss",
    "nonce",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
];

/// What the flow itself sets in a token request.
const PROTECTED_IN_TOKEN: [&str; 9] = [
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "grant_type",
    "redirect_uri",
    "refresh_token",
];

/// The one that may stand in a request more than once (RFC 8707 §2).
const REPEATABLE: &str = "resource";
const MAX_NAME: usize = 64;

/// Which request a parameter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// The authorization request.
    Authorization,
    /// The token request, of a code or of a refresh token.
    Token,
}

/// Checked parameters for one kind of request.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExtraParameters(Vec<(String, String)>);

impl ExtraParameters {
    /// Adds a parameter.
    pub(crate) fn add(
        &mut self,
        request: Request,
        name: &str,
        value: &str,
    ) -> Result<(), ParameterError> {
        check_name(request, name)?;
        if name != REPEATABLE && self.get(name).is_some() {
            return Err(ParameterError::Repeated { name: name.into() });
        }
        let value = checked_value(name, value)?;
        self.0.push((name.to_owned(), value));
        Ok(())
    }

    /// The first value of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs()
            .find_map(|(found, value)| (found == name).then_some(value))
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// These, and those of `others` whose names are not among them.
    pub(crate) fn over(&self, others: &Self) -> Self {
        let rest = others.0.iter();
        let rest = rest.filter(|(name, _)| self.get(name).is_none());
        Self(self.0.iter().chain(rest).cloned().collect())
    }

    /// How many bytes names and values have.
    pub(crate) fn bytes(&self) -> usize {
        self.pairs()
            .map(|(name, value)| name.len() + value.len())
            .sum()
    }
}

/// A name that may be added to this request.
///
/// Some providers compare names without regard to case, so a protected one is refused in any.
pub(crate) fn check_name(request: Request, name: &str) -> Result<(), ParameterError> {
    // RFC 6749 §8.2
    let is_name = (1..=MAX_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    if !is_name {
        let name = name.chars().take(MAX_NAME).collect();
        return Err(ParameterError::Name { name });
    }
    let protected = match request {
        Request::Authorization => &PROTECTED_IN_AUTHORIZATION[..],
        Request::Token => &PROTECTED_IN_TOKEN[..],
    };
    if protected.iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Err(ParameterError::Protected { name: name.into() });
    }
    Ok(())
}

/// The value as it is sent.
fn checked_value(name: &str, value: &str) -> Result<String, ParameterError> {
    let refused = |allowed| ParameterError::Value {
        name: name.to_owned(),
        allowed,
    };
    let is_given = !value.is_empty();
    let (is_right, allowed) = match name {
        "max_age" => (
            is_given && value.bytes().all(|byte| byte.is_ascii_digit()) && value.len() <= 10,
            "whole seconds, as digits",
        ),
        "prompt" => (
            is_prompt(value),
            "words separated by blanks, none of them `none` beside another",
        ),
        "resource" => (
            is_resource(value),
            "an absolute URI without fragment (RFC 8707)",
        ),
        "claims" => {
            let claims: Result<Map<String, Value>, _> = serde_json::from_str(value);
            let claims = claims.map_err(|_| refused("a JSON object (OpenID Connect Core 5.5)"))?;
            return Ok(Value::Object(claims).to_string());
        }
        _ => (is_given, "a text that is not empty"),
    };
    if value.chars().any(char::is_control) {
        return Err(refused("a text without control characters"));
    }
    is_right
        .then(|| value.to_owned())
        .ok_or_else(|| refused(allowed))
}

fn is_prompt(value: &str) -> bool {
    let words: Vec<_> = value.split(' ').collect();
    let is_alone = words.len() == 1;
    words
        .iter()
        .all(|word| !word.is_empty() && (*word != "none" || is_alone))
}

fn is_resource(value: &str) -> bool {
    Url::parse(value).is_ok_and(|url| url.fragment().is_none())
}

impl std::fmt::Debug for ExtraParameters {
    /// Names alone: a hint may be somebody's address.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.pairs().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn refused(request: Request, name: &str, value: &str) -> Option<ParameterError> {
        ExtraParameters::default().add(request, name, value).err()
    }

    #[test]
    fn what_the_login_sets_itself_is_protected_in_any_case() {
        use Request::{Authorization, Token};
        for (request, names) in [
            (Authorization, &PROTECTED_IN_AUTHORIZATION[..]),
            (Token, &PROTECTED_IN_TOKEN[..]),
        ] {
            for name in names {
                for name in [(*name).to_owned(), name.to_ascii_uppercase()] {
                    let protected = ParameterError::Protected { name: name.clone() };
                    assert_eq!(refused(request, &name, "x"), Some(protected));
                }
            }
        }
        for name in [
            "state ",
            " state",
            "state\0",
            "st\u{430}te",
            "a=b",
            "a&b",
            "",
        ] {
            let error = refused(Authorization, name, "x");
            assert!(
                matches!(error, Some(ParameterError::Name { .. })),
                "{name:?}"
            );
        }
        assert_eq!(refused(Authorization, "kc_idp_hint", "x"), None);
        assert_eq!(refused(Token, "audience", "x"), None);
    }

    #[test]
    fn values_are_what_the_specification_says() {
        for (name, value, accepted) in [
            ("max_age", "0", true),
            ("max_age", "300", true),
            ("max_age", "+5", false),
            ("max_age", "-1", false),
            ("max_age", "1.5", false),
            ("max_age", "", false),
            ("max_age", "99999999999", false),
            ("prompt", "none", true),
            ("prompt", "login consent", true),
            ("prompt", "create", true),
            ("prompt", "none login", false),
            ("prompt", "login  consent", false),
            ("prompt", "", false),
            ("resource", "https://api.test/v1?tenant=a", true),
            ("resource", "urn:example:api", true),
            ("resource", "https://api.test/#a", false),
            ("resource", "/v1", false),
            ("claims", r#"{"id_token":{"acr":null}}"#, true),
            ("claims", "[]", false),
            ("claims", "{", false),
            ("login_hint", "alice@example.com", true),
            ("login_hint", "", false),
            ("login_hint", "a\r\nb", false),
        ] {
            let error = refused(Request::Authorization, name, value);
            assert_eq!(error.is_none(), accepted, "{name}={value}: {error:?}");
        }
    }

    #[test]
    fn each_stands_there_once_but_for_resource() {
        let mut parameters = ExtraParameters::default();
        let add = |parameters: &mut ExtraParameters, name, value| {
            parameters.add(Request::Authorization, name, value)
        };
        add(&mut parameters, "resource", "https://a.test/").unwrap();
        add(&mut parameters, "resource", "https://b.test/").unwrap();
        add(&mut parameters, "ui_locales", "de").unwrap();
        let repeated = ParameterError::Repeated {
            name: "ui_locales".into(),
        };
        assert_eq!(add(&mut parameters, "ui_locales", "en"), Err(repeated));
        let mut own = ExtraParameters::default();
        add(&mut own, "resource", "https://c.test/").unwrap();
        add(&mut own, "prompt", "login").unwrap();
        let merged = own.over(&parameters);
        let merged: Vec<_> = merged.pairs().collect();
        let expected = [
            ("resource", "https://c.test/"),
            ("prompt", "login"),
            ("ui_locales", "de"),
        ];
        assert_eq!(merged, expected);
    }
}
