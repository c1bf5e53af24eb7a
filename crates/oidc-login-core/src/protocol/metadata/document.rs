//! The members of a discovery document, read one by one, so that an error names the one it is about.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{DiscoveryError, Transport};
use crate::protocol::shown::Shown;

/// What is read of a discovery document. Nothing else in it can refuse a login: providers leave
/// lists out that the specification requires, and write `""` where they have nothing to say.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Document {
    pub(super) issuer: Value,
    pub(super) authorization_endpoint: Value,
    pub(super) token_endpoint: Value,
    pub(super) jwks_uri: Value,
    pub(super) userinfo_endpoint: Value,
    pub(super) end_session_endpoint: Value,
    pub(super) pushed_authorization_request_endpoint: Value,
    pub(super) revocation_endpoint: Value,
    pub(super) require_pushed_authorization_requests: Value,
    pub(super) authorization_response_iss_parameter_supported: Value,
    pub(super) token_endpoint_auth_methods_supported: Value,
}

/// An endpoint that no login can do without.
pub(super) fn needed(
    transport: Transport,
    name: &'static str,
    member: &Value,
) -> Result<Url, DiscoveryError> {
    endpoint(transport, name, member)?.ok_or(DiscoveryError::Missing { name })
}

/// An endpoint that may be missing or empty.
pub(super) fn endpoint(
    transport: Transport,
    name: &'static str,
    member: &Value,
) -> Result<Option<Url>, DiscoveryError> {
    let url = match member {
        Value::Null => return Ok(None),
        Value::String(url) if url.is_empty() => return Ok(None),
        Value::String(url) => url,
        _ => return Err(DiscoveryError::Type { name }),
    };
    let unusable = |_| DiscoveryError::Unusable {
        name,
        url: shown(url),
    };
    let url = Url::parse(url).map_err(unusable)?;
    transport.check(name, &url).map(Some)
}

/// Whether the provider says yes; a member that is missing says no.
pub(super) fn flag(name: &'static str, member: &Value) -> Result<bool, DiscoveryError> {
    match member {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(*flag),
        _ => Err(DiscoveryError::Type { name }),
    }
}

/// The texts of a list, if it is one: lists forbid nothing.
pub(super) fn list(member: &Value) -> Option<Vec<&str>> {
    let members = member.as_array()?;
    Some(members.iter().filter_map(Value::as_str).collect())
}

/// As much of a text as an error shows.
pub(super) fn shown(text: &str) -> String {
    Shown::new(text).as_str().to_owned()
}
