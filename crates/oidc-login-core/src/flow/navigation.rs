//! What kind of request the browser makes, read from what it says about it.

use http::{HeaderMap, Method, header};

/// How a request that needs a login and has none is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// A page is opened: it may be redirected.
    Navigation,
    /// A page is opened by something that changes data: a redirect would lose it.
    UnsafeNavigation,
    /// A script, a WebSocket, an image: gets a status and JSON.
    Script,
}

impl RequestKind {
    /// Reads `Sec-Fetch-*` first, then `Accept`.
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        if is_script(headers) || is_prefetch(headers) {
            Self::Script
        } else if method == Method::GET || method == Method::HEAD {
            Self::Navigation
        } else {
            Self::UnsafeNavigation
        }
    }
}

fn is_script(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| text(headers, name).eq_ignore_ascii_case(value);
    if headers.contains_key(header::UPGRADE) || is("x-requested-with", "XMLHttpRequest") {
        return true;
    }
    let (mode, destination) = (
        text(headers, "sec-fetch-mode"),
        text(headers, "sec-fetch-dest"),
    );
    if !mode.is_empty() || !destination.is_empty() {
        return !(mode.is_empty() || mode == "navigate")
            || !(destination.is_empty() || destination == "document");
    }
    let accept = text(headers, "accept");
    !["text/html", "application/xhtml+xml", "*/*"]
        .iter()
        .any(|html| accept.contains(html))
}

/// Whether the browser only guesses that the page may be opened.
pub(crate) fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        let purpose = text(headers, name).to_ascii_lowercase();
        purpose.contains("prefetch") || purpose.contains("prerender") || purpose.contains("preview")
    })
}

/// Whether a login may start: only for a page that is really opened, in a window of its own.
pub(crate) fn may_start_login(headers: &HeaderMap) -> bool {
    let destination = text(headers, "sec-fetch-dest");
    !is_prefetch(headers) && (destination.is_empty() || destination == "document")
}

/// Whether a request asks the app, by CORS, what it may do.
pub(crate) fn is_cors_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// A header as text; empty when it is missing, and never a value when it is there twice.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().unwrap_or("?"),
        (None, _) => "",
        (Some(_), Some(_)) => "?",
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn pages_scripts_and_forms_are_told_apart() {
        use RequestKind::{Navigation, Script, UnsafeNavigation};
        let html = ("accept", "text/html,application/xhtml+xml");
        for (name, method, lines, expected) in [
            ("a page", Method::GET, vec![html], Navigation),
            ("HEAD", Method::HEAD, vec![html], Navigation),
            ("a form", Method::POST, vec![html], UnsafeNavigation),
            ("delete", Method::DELETE, vec![html], UnsafeNavigation),
            ("curl", Method::GET, vec![("accept", "*/*")], Navigation),
            ("no accept", Method::GET, vec![], Script),
            (
                "json",
                Method::GET,
                vec![("accept", "application/json")],
                Script,
            ),
            (
                "fetch that says */*",
                Method::GET,
                vec![
                    ("accept", "*/*"),
                    ("sec-fetch-mode", "cors"),
                    ("sec-fetch-dest", "empty"),
                ],
                Script,
            ),
            (
                "navigation that says json",
                Method::GET,
                vec![
                    ("accept", "application/json"),
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "document"),
                ],
                Navigation,
            ),
            (
                "frame",
                Method::GET,
                vec![
                    html,
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "iframe"),
                ],
                Script,
            ),
            (
                "image",
                Method::GET,
                vec![("accept", "image/*"), ("sec-fetch-dest", "image")],
                Script,
            ),
            (
                "old ajax",
                Method::GET,
                vec![html, ("x-requested-with", "XMLHttpRequest")],
                Script,
            ),
            (
                "websocket",
                Method::GET,
                vec![html, ("upgrade", "websocket")],
                Script,
            ),
            (
                "prefetch",
                Method::GET,
                vec![html, ("sec-purpose", "prefetch;prerender")],
                Script,
            ),
            (
                "mode twice",
                Method::GET,
                vec![
                    html,
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-mode", "cors"),
                ],
                Script,
            ),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in &lines {
                map.append(*name, HeaderValue::from_static(value));
            }
            assert_eq!(RequestKind::of(&method, &map), expected, "{name}");
        }
    }

    #[test]
    fn a_login_starts_only_for_a_page_that_is_opened() {
        for (name, lines, expected) in [
            ("nothing said", vec![], true),
            ("document", vec![("sec-fetch-dest", "document")], true),
            ("iframe", vec![("sec-fetch-dest", "iframe")], false),
            ("image", vec![("sec-fetch-dest", "image")], false),
            ("fetch", vec![("sec-fetch-dest", "empty")], false),
            (
                "prefetch",
                vec![("sec-fetch-dest", "document"), ("sec-purpose", "prefetch")],
                false,
            ),
            ("old prefetch", vec![("purpose", "prefetch")], false),
        ] {
            assert_eq!(may_start_login(&headers(&lines)), expected, "{name}");
        }
    }
}
