//! Our cookies: their names, their lines, and finding them in a request.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};

use super::{id::SessionId, posted_answers::Slot};
use crate::{config::RootUrl, protocol::StateHash};

/// The names of one client's cookies.
///
/// Cookies know no ports and no paths that could be relied on, so the names carry a short hash of
/// client id and root URL: two apps on localhost do not disturb each other.
#[derive(Clone, Debug)]
pub(crate) struct CookieNames {
    session: String,
    pending_prefix: String,
    answer_prefix: String,
    signed_out: String,
    silent: String,
    trail: String,
    secure: bool,
}

impl CookieNames {
    pub(crate) fn new(client_id: &str, root_url: &RootUrl) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(client_id.as_bytes());
        context.update(b"\0");
        context.update(root_url.as_str().as_bytes());
        let app = URL_SAFE_NO_PAD.encode(&context.finish().as_ref()[..6]);
        let host = if root_url.is_https() { "__Host-" } else { "" };
        Self {
            session: format!("{host}oidc_session_{app}"),
            pending_prefix: format!("{host}oidc_login_{app}_"),
            answer_prefix: format!("{host}oidc_answer_{app}_"),
            signed_out: format!("{host}oidc_signed_out_{app}"),
            silent: format!("{host}oidc_silent_{app}"),
            trail: format!("{host}oidc_trail_{app}"),
            secure: root_url.is_https(),
        }
    }

    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// The name of the cookie of one login under way.
    pub(crate) fn pending(&self, state: &StateHash) -> String {
        format!("{}{}", self.pending_prefix, state.short())
    }

    pub(crate) fn is_pending(&self, name: &str) -> bool {
        name.starts_with(&self.pending_prefix)
    }

    /// A session cookie lives as long as the browser; the server knows when the session ends.
    pub(crate) fn set_session(&self, id: &SessionId) -> HeaderValue {
        self.line(&self.session, &id.to_text(), None)
    }

    pub(crate) fn remove_session(&self) -> HeaderValue {
        self.line(&self.session, "", Some(0))
    }

    pub(crate) fn set_pending(&self, name: &str, sealed: &str, seconds: i64) -> HeaderValue {
        self.line(name, sealed, Some(seconds))
    }

    pub(crate) fn remove_pending(&self, name: &str) -> HeaderValue {
        self.line(name, "", Some(0))
    }

    /// The name of a cookie in which a posted answer waits.
    pub(crate) fn answer(&self, slot: Slot) -> String {
        format!("{}{slot}", self.answer_prefix)
    }

    pub(crate) fn set_answer(&self, name: &str, sealed: &str, seconds: i64) -> HeaderValue {
        self.line(name, sealed, Some(seconds))
    }

    /// Marks a browser whose user signed out here and not at the provider.
    pub(crate) fn set_signed_out(&self, seconds: i64) -> HeaderValue {
        self.line(&self.signed_out, "1", Some(seconds))
    }

    pub(crate) fn remove_signed_out(&self) -> HeaderValue {
        self.line(&self.signed_out, "", Some(0))
    }

    /// Whether the browser is marked so.
    pub(crate) fn is_signed_out(&self, headers: &HeaderMap) -> bool {
        named(headers, &self.signed_out).any(|value| value == b"1")
    }

    /// The name of the cookie that says when a browser was last signed in silently.
    pub(crate) fn silent(&self) -> &str {
        &self.silent
    }

    pub(crate) fn set_silent(&self, value: &str, seconds: i64) -> HeaderValue {
        self.line(&self.silent, value, Some(seconds))
    }

    /// The name of the cookie that counts the logins of a browser.
    pub(crate) fn trail(&self) -> &str {
        &self.trail
    }

    pub(crate) fn set_trail(&self, value: &str, seconds: i64) -> HeaderValue {
        self.line(&self.trail, value, Some(seconds))
    }

    fn line(&self, name: &str, value: &str, max_age: Option<i64>) -> HeaderValue {
        let mut cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax);
        if let Some(seconds) = max_age {
            cookie = cookie.max_age(cookie::time::Duration::seconds(seconds));
        }
        let mut line = HeaderValue::try_from(cookie.build().to_string())
            .expect("names and values of ours are base64url and letters");
        line.set_sensitive(true);
        line
    }
}

/// Every cookie of a request as name and value, in the order they came; what is no UTF-8 is none of
/// ours, and leaves the others as they are.
pub(crate) fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    pairs(headers)
        .filter_map(|pair| std::str::from_utf8(pair).ok())
        .filter_map(|pair| pair.split_once('='))
}

/// The values of the cookies of this name. Other cookies are not looked at.
pub(crate) fn named<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h [u8]> {
    pairs(headers).filter_map(|pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines.flat_map(|line| Pairs(Some(line.as_bytes())))
}

/// What stands between the semicolons of one line, which a browser may fill with kilobytes.
struct Pairs<'l>(Option<&'l [u8]>);

impl<'l> Iterator for Pairs<'l> {
    type Item = &'l [u8];

    fn next(&mut self) -> Option<&'l [u8]> {
        let rest = self.0.take()?;
        let Some(end) = memchr::memchr(b';', rest) else {
            return Some(rest.trim_ascii());
        };
        self.0 = Some(&rest[end + 1..]);
        Some(rest[..end].trim_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seams::SystemRandom;

    fn names(root_url: &str) -> CookieNames {
        CookieNames::new("flask-app", &RootUrl::parse(root_url).unwrap())
    }

    #[test]
    fn attributes_follow_the_root_url() {
        let id = SessionId::fresh(&SystemRandom);
        for (root_url, secure) in [
            ("http://localhost:5000/", false),
            ("https://app.test/", true),
        ] {
            let names = names(root_url);
            let line = names.set_session(&id);
            let line = line.to_str().unwrap();
            assert!(
                line.contains("HttpOnly") && line.contains("SameSite=Lax"),
                "{line}"
            );
            assert!(
                line.contains("Path=/") && !line.contains("Domain"),
                "{line}"
            );
            assert!(!line.contains("Max-Age"), "{line}");
            assert_eq!(line.contains("; Secure"), secure, "{line}");
            assert_eq!(line.starts_with("__Host-"), secure, "{line}");
        }
    }

    #[test]
    fn two_apps_on_one_host_have_other_names() {
        let first = names("http://localhost:5000/");
        let second = names("http://localhost:5001/");
        assert_ne!(first.session(), second.session());
        assert!(!first.is_pending(second.session()));
        let other = CookieNames::new("other", &RootUrl::parse("http://localhost:5000/").unwrap());
        assert_ne!(first.session(), other.session());
    }

    #[test]
    fn cookies_are_found_in_every_header_line() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; b=2;c=3=4 ;  broken; =x"),
        );
        let strange = HeaderValue::from_bytes(b"d=\xff; e=6; \xff=7").unwrap();
        headers.append(header::COOKIE, strange);
        headers.append(header::COOKIE, HeaderValue::from_static("a=5"));
        let found: Vec<_> = all(&headers).collect();
        assert_eq!(
            found,
            [
                ("a", "1"),
                ("b", "2"),
                ("c", "3=4"),
                ("", "x"),
                ("e", "6"),
                ("a", "5")
            ]
        );
    }
}
