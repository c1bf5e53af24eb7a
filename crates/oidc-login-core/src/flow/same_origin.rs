//! Whether a request comes from a page of the app itself: what changes something may not be asked for
//! by anybody else's page (cross-site request forgery).

use bytes::Bytes;
use http::{HeaderMap, Response};

use super::{
    context::RequestContext,
    navigation::{is_prefetch, text},
};
use crate::error::LoginErrorKind;

impl RequestContext {
    /// Lets a request pass that a page of the app sent, or no browser at all; answers any other
    /// with 403.
    ///
    /// A browser of today says in `Sec-Fetch-Site` where a request comes from; an old one sends
    /// `Origin` with a form, which must be that of the root URL. A `GET` passes only as a link
    /// that was followed on a page of the app in a browser of today, or as the handshake of a
    /// WebSocket that a page of the app opens
    /// ([RFC 6455 §10.2](https://www.rfc-editor.org/rfc/rfc6455#section-10.2)).
    ///
    /// # Errors
    /// The answer to send instead.
    pub fn admit_same_origin(&self, headers: &HeaderMap) -> Result<(), Box<Response<Bytes>>> {
        if self.is_same_origin(headers) || self.is_own_websocket(headers) {
            return Ok(());
        }
        let error = LoginErrorKind::CrossOrigin.into();
        Err(Box::new(self.error_response(error, headers)))
    }

    pub(super) fn is_same_origin(&self, headers: &HeaderMap) -> bool {
        if self.method.is_safe() {
            is_own_link(headers)
        } else {
            is_own_post(headers, self.inner().client.root_url.origin())
        }
    }

    fn is_own_websocket(&self, headers: &HeaderMap) -> bool {
        let own_origin = self.inner().client.root_url.origin();
        is_websocket(headers) && is_own_post(headers, own_origin)
    }
}

/// No page can make a browser send `Upgrade`: it comes from `new WebSocket`, with the page's origin.
fn is_websocket(headers: &HeaderMap) -> bool {
    text(headers, "upgrade").eq_ignore_ascii_case("websocket")
}

fn is_own_post(headers: &HeaderMap, own_origin: &str) -> bool {
    match (text(headers, "sec-fetch-site"), text(headers, "origin")) {
        ("", "") => true,
        ("", origin) => origin == own_origin,
        (site, _) => site == "same-origin",
    }
}

fn is_own_link(headers: &HeaderMap) -> bool {
    text(headers, "sec-fetch-site") == "same-origin"
        && text(headers, "sec-fetch-mode") == "navigate"
        && text(headers, "sec-fetch-dest") == "document"
        && !is_prefetch(headers)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_post_acts_only_from_our_own_page() {
        for (name, lines, acts) in [
            (
                "own page",
                vec![("sec-fetch-site", "same-origin"), ("origin", "null")],
                true,
            ),
            (
                "a sibling host",
                vec![("sec-fetch-site", "same-site")],
                false,
            ),
            (
                "another site",
                vec![
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "http://localhost:5000"),
                ],
                false,
            ),
            ("typed", vec![("sec-fetch-site", "none")], false),
            (
                "old browser, own page",
                vec![("origin", "http://localhost:5000")],
                true,
            ),
            (
                "old browser, other page",
                vec![("origin", "http://evil.test")],
                false,
            ),
            ("old browser, hidden page", vec![("origin", "null")], false),
            (
                "other port",
                vec![("origin", "http://localhost:5001")],
                false,
            ),
            ("no browser", vec![], true),
            (
                "twice",
                vec![
                    ("sec-fetch-site", "same-origin"),
                    ("sec-fetch-site", "cross-site"),
                ],
                false,
            ),
        ] {
            assert_eq!(
                is_own_post(&headers(&lines), "http://localhost:5000"),
                acts,
                "{name}"
            );
        }
    }

    #[test]
    fn a_link_acts_only_when_the_browser_vouches_for_it() {
        let good = [
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ];
        assert!(is_own_link(&headers(&good)));
        for (name, lines) in [
            ("nothing said", vec![]),
            (
                "other site",
                vec![("sec-fetch-site", "cross-site"), good[1], good[2]],
            ),
            (
                "image",
                vec![
                    good[0],
                    ("sec-fetch-mode", "no-cors"),
                    ("sec-fetch-dest", "image"),
                ],
            ),
            (
                "frame",
                vec![good[0], good[1], ("sec-fetch-dest", "iframe")],
            ),
            (
                "prefetch",
                vec![good[0], good[1], good[2], ("sec-purpose", "prefetch")],
            ),
        ] {
            assert!(!is_own_link(&headers(&lines)), "{name}");
        }
    }
}
