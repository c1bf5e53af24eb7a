//! Settings of a relying party that contradict each other.

use super::{RelyingPartyBuilder, Sessions};
use crate::{
    config::{SilentLogin, StoreFailure},
    error::ConfigError,
};

/// What a login asks its user with (OpenID Connect Core §3.1.2.1), other than for consent, which
/// some providers want with every refresh token.
const QUESTIONS: [&str; 2] = ["login", "select_account"];

impl RelyingPartyBuilder {
    /// Whose session layer is at work, where all settings agree on it.
    pub(super) fn checked_sessions(&self) -> Result<Sessions, ConfigError> {
        let sessions = match (self.app_sessions, self.logins_only) {
            (true, true) => {
                return Err(ConfigError::new(
                    "sessions",
                    "app_sessions(), and logins_only()",
                    "one of them: an app keeps values in sessions of its own, or none",
                ));
            }
            (true, false) => Sessions::App,
            (false, true) => Sessions::LoginsOnly,
            (false, false) => Sessions::Own,
        };
        let unused_store = match sessions {
            Sessions::App => (
                "a store, and app_sessions()",
                "one of them: the app's own session layer has its own store",
            ),
            Sessions::LoginsOnly => (
                "a store, and logins_only()",
                "one of them: the store is for the app's own values",
            ),
            Sessions::Own => return Ok(sessions),
        };
        if self.values.is_some() {
            let (found, expected) = unused_store;
            return Err(ConfigError::new("session_store", found, expected));
        }
        if sessions == Sessions::App && self.stores.failure == StoreFailure::Anonymous {
            return Err(ConfigError::new(
                "when_store_fails",
                "Anonymous, and app_sessions()",
                "Unavailable, as the claims stand in the app's own session and its user cannot be taken for a visitor; or sessions of ours",
            ));
        }
        Ok(sessions)
    }

    /// A visitor cannot be signed in without the question that every login is to ask.
    pub(super) fn check_silent_login(&self) -> Result<(), ConfigError> {
        let prompt = self.client.parameters.authorization_parameter("prompt");
        let prompt = prompt.unwrap_or_default();
        let asks = prompt.split(' ').any(|word| QUESTIONS.contains(&word));
        if !asks || self.silent_login == SilentLogin::Off {
            return Ok(());
        }
        Err(ConfigError::new(
            "silent_login",
            format!("{:?}", self.silent_login),
            format!("Off, as the authorization parameter prompt is {prompt}; or another prompt"),
        ))
    }
}

#[cfg(all(test, feature = "tokio"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{RelyingParty, config::ClientConfig, session::MemoryStore};

    type Settings = fn(RelyingPartyBuilder) -> RelyingPartyBuilder;
    type Found<'a> = Result<Sessions, (&'a str, &'a str)>;

    fn builder(prompt: Option<&str>) -> RelyingPartyBuilder {
        let client = ClientConfig::builder()
            .issuer("https://provider.test")
            .public_client("flask-app")
            .root_url("http://localhost:5000/");
        let client = match prompt {
            Some(prompt) => client.authorization_parameter("prompt", prompt),
            None => client,
        };
        RelyingParty::builder(client.build().unwrap())
    }

    #[test]
    fn sessions_are_of_one_kind_and_every_setting_fits_it() {
        let cases: [(Settings, Found<'_>); 10] = [
            (|builder| builder, Ok(Sessions::Own)),
            (|builder| builder.app_sessions(), Ok(Sessions::App)),
            (|builder| builder.logins_only(), Ok(Sessions::LoginsOnly)),
            (
                |builder| builder.app_sessions().logins_only(),
                Err(("sessions", "app_sessions(), and logins_only()")),
            ),
            (
                |builder| builder.logins_only().app_sessions(),
                Err(("sessions", "app_sessions(), and logins_only()")),
            ),
            (
                |builder| builder.app_sessions().session_store(MemoryStore::new()),
                Err(("session_store", "a store, and app_sessions()")),
            ),
            (
                |builder| builder.logins_only().session_store(MemoryStore::new()),
                Err(("session_store", "a store, and logins_only()")),
            ),
            (
                |builder| {
                    let builder = builder.when_store_fails(StoreFailure::Anonymous);
                    builder.app_sessions()
                },
                Err(("when_store_fails", "Anonymous, and app_sessions()")),
            ),
            (
                |builder| builder.when_store_fails(StoreFailure::Anonymous),
                Ok(Sessions::Own),
            ),
            (
                |builder| {
                    let builder = builder.when_store_fails(StoreFailure::Anonymous);
                    builder.logins_only()
                },
                Ok(Sessions::LoginsOnly),
            ),
        ];
        for (number, (settings, expected)) in cases.into_iter().enumerate() {
            let built = settings(builder(None)).build();
            let found = built.map(|built| built.sessions());
            let named = found.as_ref().map(|sessions| *sessions);
            let named = named.map_err(|error| (error.setting(), error.value()));
            assert_eq!(named, expected, "{number}");
        }
    }

    #[test]
    fn nobody_is_signed_in_silently_where_every_login_asks() {
        for (prompt, is_refused) in [
            (None, false),
            (Some("none"), false),
            (Some("consent"), false),
            (Some("login"), true),
            (Some("select_account"), true),
            (Some("consent login"), true),
        ] {
            assert!(builder(prompt).build().is_ok(), "{prompt:?}");
            let silent = builder(prompt).silent_login(SilentLogin::OnVisits);
            let named = silent.build().err().map(|error| {
                let both = error.allowed().contains(prompt.unwrap_or_default());
                assert!(both, "{error}");
                error.setting()
            });
            let expected = is_refused.then_some("silent_login");
            assert_eq!(named, expected, "{prompt:?}");
        }
    }
}
