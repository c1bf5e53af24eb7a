//! What trusted proxies say about a request: the `Forwarded` header (RFC 7239), or `X-Forwarded-Host`
//! and `X-Forwarded-Proto`.

use std::net::IpAddr;

use http::{HeaderMap, header};

use super::navigation::text;
use crate::{
    config::{ForwardedFamily, TrustedProxies},
    error::{LoginError, LoginErrorKind},
};

/// What the proxies say.
#[derive(Default)]
pub(super) struct Said {
    pub(super) host: Option<String>,
    pub(super) proto: Option<String>,
    /// Whom the request came from.
    pub(super) sender: Option<String>,
}

pub(super) fn forwarded(headers: &HeaderMap, proxies: &TrustedProxies) -> Result<Said, LoginError> {
    match proxies.family() {
        ForwardedFamily::Forwarded => rfc7239(headers, proxies),
        ForwardedFamily::XForwarded => Ok(Said {
            host: single(headers, "x-forwarded-host")?,
            proto: single(headers, "x-forwarded-proto")?,
            sender: None,
        }),
    }
}

/// One value, or none. Where proxies are chained, the outermost has to set it and the others
/// leave it.
fn single(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, LoginError> {
    if !headers.contains_key(name) {
        return Ok(None);
    }
    let value = text(headers, name);
    if value == "?" || value.is_empty() || value.contains(',') {
        return Err(
            refused("a proxy sent several values, or none that can be read")
                .with_evidence("header", name),
        );
    }
    Ok(Some(value.trim().to_owned()))
}

/// The element of the outermost trusted proxy, walked from the right (RFC 7239 §4).
pub(super) fn rfc7239(headers: &HeaderMap, proxies: &TrustedProxies) -> Result<Said, LoginError> {
    let mut lines = Vec::new();
    for line in headers.get_all(header::FORWARDED) {
        let line = line
            .to_str()
            .map_err(|_| refused("the Forwarded header cannot be read"))?;
        lines.push(line);
    }
    let joined = lines.join(",");
    if joined.matches('"').count() % 2 == 1 {
        return Err(refused(
            "the Forwarded header has a quote that is not closed",
        ));
    }
    let mut outermost = Said::default();
    for element in split_outside_quotes(&joined, ',').into_iter().rev() {
        let mut said = Said::default();
        for pair in split_outside_quotes(element, ';') {
            if pair.trim().is_empty() {
                continue;
            }
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| refused("the Forwarded header is malformed"))?;
            let value = value.trim().trim_matches('"').to_owned();
            let slot = match name.trim().to_ascii_lowercase().as_str() {
                "host" => &mut said.host,
                "proto" => &mut said.proto,
                "for" => &mut said.sender,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(refused("the Forwarded header says one thing twice"));
            }
        }
        outermost = said;
        let is_proxy = outermost
            .sender
            .as_deref()
            .and_then(node_address)
            .is_some_and(|address| proxies.contains(address));
        if !is_proxy {
            break;
        }
    }
    Ok(outermost)
}

/// The address of a `for` node: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`.
pub(super) fn node_address(node: &str) -> Option<IpAddr> {
    if let Some(rest) = node.strip_prefix('[') {
        return rest.split_once(']')?.0.parse().ok();
    }
    node.parse()
        .ok()
        .or_else(|| node.split_once(':')?.0.parse().ok())
}

fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|character| {
        is_quoted ^= character == '"';
        character == separator && !is_quoted
    })
    .collect()
}

/// A request whose host cannot be trusted.
pub(super) fn refused(why: &str) -> LoginError {
    LoginError::new(LoginErrorKind::HostRefused).with_evidence("what is wrong", why)
}
