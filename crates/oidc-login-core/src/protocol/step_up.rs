//! Step-up: what a page asks of the authentication behind a login (OpenID Connect Core §3.1.2.1,
//! RFC 9470).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Demands, LoginParameters, ParameterError, id_token::VerifiedIdToken};

/// How long after a login it counts as one of the age that it asked for and was held to, in seconds.
///
/// The age is judged when a login begins. Whoever then read a page on consent at the provider, or has
/// one whose clock is behind, would be sent there again and again.
const JUST_NOW: i64 = 60;

/// When and how a user proved who they are, as the login's own ID token says. A refreshed one changes
/// nothing here, and neither do userinfo or the app: what a provider knows of a later authentication
/// was not proved by whoever holds this session's cookie.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Authentication {
    /// `auth_time` in seconds since 1970, no later than the login.
    pub(crate) auth_time: Option<i64>,
    /// `acr`.
    pub(crate) acr: Option<String>,
    /// The `max_age` that the login asked for and was held to, in seconds.
    pub(crate) max_age: Option<u64>,
}

impl Authentication {
    /// What the ID token of a login says, which was held to these demands.
    ///
    /// A time that lies in the future, by more than the clocks may be apart, would keep the login
    /// fresh for ever and counts as not said.
    pub(crate) fn of(
        id_token: &VerifiedIdToken,
        demands: &Demands,
        now: OffsetDateTime,
        leeway: Duration,
    ) -> Self {
        let auth_time = id_token.auth_time();
        let auth_time = auth_time.filter(|auth_time| *auth_time - now <= leeway);
        Self {
            auth_time: auth_time.map(|auth_time| auth_time.min(now).unix_timestamp()),
            acr: id_token.acr().map(str::to_owned),
            max_age: demands.max_age,
        }
    }
}

/// What a page asks of the authentication behind a login; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StepUp {
    /// The values of which `acr` must be one.
    acr_values: Option<Vec<String>>,
    /// How long ago the user may have proved who they are.
    max_age: Option<Duration>,
}

impl StepUp {
    /// In one of these ways. The request separates them by blanks, so a value has none.
    pub(crate) fn set_acr_values(&mut self, values: impl IntoIterator<Item = impl AsRef<str>>) {
        let values = values.into_iter().flat_map(|value| {
            let words = value.as_ref().split_ascii_whitespace();
            words.map(str::to_owned).collect::<Vec<_>>()
        });
        self.acr_values = Some(values.collect());
    }

    /// No longer ago.
    pub(crate) fn set_max_age(&mut self, age: Duration) {
        self.max_age = Some(age);
    }

    /// Whether a login that began at `logged_in_at` is enough.
    pub(crate) fn is_met_by(
        &self,
        authentication: &Authentication,
        logged_in_at: i64,
        now: i64,
        leeway: Duration,
    ) -> bool {
        let has_acr = self.acr_values.as_ref().is_none_or(|values| {
            let acr = authentication.acr.as_ref();
            acr.is_some_and(|acr| values.contains(acr))
        });
        has_acr
            && self.max_age.is_none_or(|age| {
                is_recent(authentication, age.as_secs(), now, leeway)
                    || was_just_held_to(authentication, age.as_secs(), logged_in_at, now)
            })
    }

    /// What a login has to ask for, and to be held to.
    ///
    /// # Errors
    /// For values that no request can carry: an empty list, say.
    pub(crate) fn parameters(&self) -> Result<LoginParameters, ParameterError> {
        let mut parameters = LoginParameters::builder();
        if let Some(values) = &self.acr_values {
            parameters = parameters.essential_acr_values(values);
        }
        if let Some(age) = self.max_age {
            parameters = parameters.max_age(age);
        }
        parameters.build()
    }

    /// The parameters of a challenge that say what is missing ([RFC 9470 §3]), each after a comma.
    ///
    /// [RFC 9470 §3]: https://www.rfc-editor.org/rfc/rfc9470#section-3
    pub(crate) fn challenge(&self) -> String {
        use std::fmt::Write as _;
        let mut challenge = String::from(r#", error="insufficient_user_authentication""#);
        if let Some(values) = &self.acr_values {
            let values = values.join(" ").replace('\\', r"\\").replace('"', r#"\""#);
            let _ = write!(challenge, r#", acr_values="{values}""#);
        }
        if let Some(age) = self.max_age {
            let _ = write!(challenge, r#", max_age="{}""#, age.as_secs());
        }
        challenge
    }
}

/// Whether the user proved who they are within these seconds, as far as clocks can tell.
fn is_recent(authentication: &Authentication, age: u64, now: i64, leeway: Duration) -> bool {
    let Some(auth_time) = authentication.auth_time else {
        return false;
    };
    let allowed = i64::try_from(age.saturating_add(leeway.as_secs())).unwrap_or(i64::MAX);
    now.saturating_sub(auth_time) <= allowed
}

/// Whether the login came just now and was itself held to this age.
fn was_just_held_to(
    authentication: &Authentication,
    age: u64,
    logged_in_at: i64,
    now: i64,
) -> bool {
    let was_held = authentication.max_age.is_some_and(|held| held <= age);
    was_held
        && authentication.auth_time.is_some()
        && (logged_in_at..=logged_in_at.saturating_add(JUST_NOW)).contains(&now)
}

#[cfg(test)]
mod tests;
