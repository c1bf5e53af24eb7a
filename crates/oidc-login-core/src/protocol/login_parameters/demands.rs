//! What an ID token must say because the request asked for it.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::protocol::extra_parameters::ExtraParameters;

/// What an ID token must say because the authorization request asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Demands {
    /// How old the authentication may have been when the login began, in seconds.
    pub(crate) max_age: Option<u64>,
    /// Whether the time of authentication must be there at all.
    pub(crate) auth_time: bool,
    /// The ways of authentication of which it must be one; any if there is none.
    pub(crate) acr: Vec<String>,
}

impl Demands {
    /// The earliest `auth_time` for a login that began at `started_at`; `None` where none was asked for.
    ///
    /// Not counted from the answer: whoever proved who they are in time may then read a page on
    /// consent for minutes, and the provider would not ask them again.
    pub(crate) fn authenticated_since(&self, started_at: i64) -> Option<OffsetDateTime> {
        if !self.auth_time {
            return None;
        }
        let since = match self.max_age.map(i64::try_from) {
            Some(Ok(max_age)) => started_at.saturating_sub(max_age).max(0),
            _ => 0,
        };
        OffsetDateTime::from_unix_timestamp(since).ok()
    }

    pub(super) fn of(authorization: &ExtraParameters, acr_is_essential: bool) -> Self {
        let max_age = authorization.get("max_age");
        let max_age = max_age.and_then(|seconds| seconds.parse().ok());
        let claims = authorization.get("claims");
        let claims = claims.and_then(|claims| serde_json::from_str(claims).ok());
        let essential = |claim: &str| essential(claims.as_ref()?, claim);
        let acr_values = authorization.get("acr_values").filter(|_| acr_is_essential);
        Self {
            max_age,
            auth_time: max_age.is_some() || essential("auth_time").is_some(),
            acr: match acr_values {
                Some(values) => words(values),
                None => essential("acr").map(values).unwrap_or_default(),
            },
        }
    }
}

/// What the `claims` parameter says of an essential claim of the ID token.
fn essential<'a>(claims: &'a Map<String, Value>, claim: &str) -> Option<&'a Map<String, Value>> {
    let asked = claims.get("id_token")?.get(claim)?.as_object()?;
    let is_essential = asked.get("essential").and_then(Value::as_bool);
    (is_essential == Some(true)).then_some(asked)
}

/// The one value, or the values, that a claim may have.
fn values(asked: &Map<String, Value>) -> Vec<String> {
    let several = asked.get("values").and_then(Value::as_array);
    let one = asked.get("value").into_iter();
    let all = several.into_iter().flatten().chain(one);
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn words(values: &str) -> Vec<String> {
    values.split(' ').map(str::to_owned).collect()
}
