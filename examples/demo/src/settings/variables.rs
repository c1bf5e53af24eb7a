//! The variables that are set.

use std::collections::BTreeMap;

use super::{error::SettingsError, nearest::nearest};

/// Every variable the demo knows.
const KNOWN: &[&str] = &[
    "BIND",
    "OIDC_AUTH_PARAMS",
    "OIDC_CA_FILE",
    "OIDC_CLIENT_ASSERTION_AUDIENCE",
    "OIDC_CLIENT_AUTH_METHOD",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_JWKS",
    "OIDC_CLIENT_SECRET",
    "OIDC_CLIENT_SECRETS",
    "OIDC_CLIENT_SECRET_FILE",
    "OIDC_CONFIG",
    "OIDC_DEV_PROVIDER_BEND",
    "OIDC_DEV_PROVIDER_PORT",
    "OIDC_DYNAMIC_REGISTRATION",
    "OIDC_FRONTCHANNEL_LOGOUT",
    "OIDC_ID_TOKEN_SIGNING_ALGS",
    "OIDC_ISSUER",
    "OIDC_LOGIN_CACHE_SECONDS",
    "OIDC_LOGOUT_TOKEN_SIGNING_ALGS",
    "OIDC_PAR",
    "OIDC_REDIRECT_URI",
    "OIDC_RESOURCE_URL",
    "OIDC_RESPONSE_MODE",
    "OIDC_ROOT_URL",
    "OIDC_SCOPES",
    "OIDC_SESSION_SECRET",
    "OIDC_SESSION_STORE",
    "OIDC_SILENT_LOGIN",
    "OIDC_STRONG_ACR",
    "OIDC_TRUSTED_PROXIES",
    "OIDC_USERINFO",
    "OIDC_VALID_POST_LOGOUT_REDIRECT_URIS",
    "OIDC_VALID_REDIRECT_URIS",
    "OIDC_WEBFINGER",
    "OIDC_WEB_ORIGINS",
    "PORT",
];

/// The variables of the demo that are set; one that is set to nothing counts as unset.
pub(super) struct Variables(BTreeMap<&'static str, String>);

impl Variables {
    pub(super) fn new(
        all: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut ours = BTreeMap::new();
        for (name, value) in all {
            match KNOWN.iter().find(|known| **known == name) {
                Some(_) if value.trim().is_empty() => {}
                Some(known) => {
                    ours.insert(*known, value);
                }
                None if name.starts_with("OIDC_") => {
                    let nearest = nearest(&name, KNOWN);
                    return Err(SettingsError::Unknown {
                        variable: name,
                        nearest,
                    });
                }
                None => {}
            }
        }
        Ok(Self(ours))
    }

    pub(super) fn text(&self, name: &'static str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A list, separated by space.
    pub(super) fn list(&self, name: &'static str) -> Option<Vec<String>> {
        let value = self.text(name)?;
        Some(value.split_whitespace().map(str::to_owned).collect())
    }

    /// A value of some type, or an error that says what is allowed.
    pub(super) fn parsed<T>(
        &self,
        name: &'static str,
        allowed: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingsError> {
        self.text(name)
            .map(|value| {
                parse(value.trim()).ok_or_else(|| SettingsError::new(name, value, allowed))
            })
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::settings::test_settings::{refusal, settings};

    #[test]
    fn a_variable_set_to_nothing_is_unset() {
        let empty = [
            ("OIDC_CLIENT_SECRET", ""),
            ("PORT", " "),
            ("OIDC_CONFIG", ""),
        ];
        assert_eq!(settings(&empty).unwrap(), settings(&[]).unwrap());
    }

    #[test]
    fn an_unknown_variable_is_refused_with_the_nearest_name() {
        for (name, nearest) in [
            ("OIDC_ISUER", "OIDC_ISSUER"),
            ("OIDC_CLIENTID", "OIDC_CLIENT_ID"),
            ("OIDC_CLIENT_SECRETE", "OIDC_CLIENT_SECRET"),
            ("OIDC_REDIRECT_URIS", "OIDC_REDIRECT_URI"),
            ("OIDC_SCOPE", "OIDC_SCOPES"),
        ] {
            let text = refusal(&[(name, "a value that stays out")]);
            let expected =
                format!("{name} is not a variable of this app, the nearest that is: {nearest}");
            assert_eq!(text, expected);
        }
    }
}
