//! Authorization requests that came before the browser did (RFC 9126).

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;
use serde_json::json;
use url::Url;

use super::{HostileProvider, Seen, State, json_response};
use crate::world::ISSUER;

impl HostileProvider {
    /// Names the endpoint in the discovery document.
    pub fn offer_pushed_requests(&self) {
        self.bend_metadata(|metadata| {
            metadata["pushed_authorization_request_endpoint"] = json!(format!("{ISSUER}/par"));
        });
    }

    /// What a browser asks for: what stands in the URL, or what was pushed and is taken from there,
    /// once.
    pub(super) fn asked_for(&self, authorization_url: &Url) -> BTreeMap<String, String> {
        let asked: BTreeMap<_, _> = authorization_url.query_pairs().into_owned().collect();
        let Some(request_uri) = asked.get("request_uri") else {
            return asked;
        };
        let names: Vec<_> = asked.keys().map(String::as_str).collect();
        assert_eq!(names, ["client_id", "request_uri"], "nothing else");
        let pushed = self.state().pushed.remove(request_uri);
        let pushed = pushed.unwrap_or_else(|| panic!("{request_uri} was never pushed, or is used"));
        assert_eq!(pushed["client_id"], asked["client_id"]);
        pushed
    }
}

impl State {
    pub(super) fn push(&mut self, seen: &Seen) -> Response<Bytes> {
        let number = self.pushed.len();
        let request_uri = format!("urn:ietf:params:oauth:request_uri:pushed-{number}-4c1e");
        self.pushed.insert(request_uri.clone(), seen.form.clone());
        json_response(
            201,
            &json!({ "request_uri": request_uri, "expires_in": 60 }),
        )
    }
}
