//! Pushed authorization requests that wait for their browser (RFC 9126).

use std::sync::{Mutex, PoisonError};

use time::{Duration, OffsetDateTime};

use crate::{bounded::Bounded, pages::ErrorPage, params::Params, provider::Provider};

/// How many requests wait at most.
const CAPACITY: usize = 10_000;
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// How long a pushed request waits for its browser.
pub(crate) const LIFETIME: Duration = Duration::seconds(60);

/// Whether authorization requests can be pushed, [RFC 9126](https://www.rfc-editor.org/rfc/rfc9126).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PushedRequests {
    /// They cannot, and discovery names no endpoint.
    #[default]
    Off,
    /// They can.
    Offered,
    /// They must: a request that the browser carries itself is refused.
    Required,
}

/// Requests that were pushed and wait for their browser.
pub(crate) struct Pushed(Mutex<Bounded<Waiting>>);

struct Waiting {
    client_id: String,
    request: String,
}

impl Default for Pushed {
    fn default() -> Self {
        Self(Mutex::new(Bounded::new(CAPACITY)))
    }
}

impl Pushed {
    /// Keeps a request, and names it.
    pub(crate) fn add(
        &self,
        token: &str,
        client_id: &str,
        request: String,
        now: OffsetDateTime,
    ) -> String {
        let request_uri = format!("{PREFIX}{token}");
        let waiting = Waiting {
            client_id: client_id.to_owned(),
            request,
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(request_uri.clone(), waiting, now + LIFETIME, now);
        request_uri
    }

    /// The request, once, for the client that pushed it.
    fn take(&self, request_uri: &str, client_id: &str, now: OffsetDateTime) -> Option<String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_theirs = all.get(request_uri, now)?.client_id == client_id;
        let waiting = is_theirs.then(|| all.remove(request_uri))?;
        waiting.map(|waiting| waiting.request)
    }
}

/// What a browser asks for: what its URL says, or what was pushed before.
pub(crate) fn asked_for(provider: &Provider, query: String) -> Result<String, ErrorPage> {
    let mode = provider.settings.pushed_requests;
    if mode == PushedRequests::Off {
        return Ok(query);
    }
    let params = Params::parse(&query);
    let Some(request_uri) = params.get("request_uri") else {
        return match mode {
            PushedRequests::Required => Err(ErrorPage::new(
                "This sign-in request was not pushed",
                "The provider takes only requests that the app pushed to it beforehand (PAR).",
            )),
            _ => Ok(query),
        };
    };
    let client_id = params.get("client_id").unwrap_or_default();
    let pushed = provider.pushed.take(request_uri, client_id, provider.now());
    pushed.ok_or_else(|| {
        ErrorPage::new(
            "This sign-in request is not there any more",
            "It was used before, it is older than a minute, or another app made it. Go back to the app and sign in again.",
        )
    })
}
