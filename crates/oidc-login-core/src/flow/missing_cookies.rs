//! Why a browser comes back without the cookie of its login, as far as a server can know.

use http::HeaderMap;

use super::{context::RequestContext, navigation::text};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{SignOfHttp, State, pending_login::LIFETIME},
    session::cookies,
};

impl RequestContext {
    /// The name of the host that this request is for; empty where nobody can know.
    pub(super) fn host_name(&self, headers: &HeaderMap) -> String {
        let origin = self.origin(headers);
        origin.map_or_else(|_| String::new(), |origin| origin.host_name().to_owned())
    }

    /// What says that the browser came by plain http, where our cookies are kept by https only.
    pub(super) fn sign_of_http(&self, headers: &HeaderMap) -> Option<SignOfHttp> {
        let root_url = &self.inner().client.root_url;
        // Browsers take loopback for as good as https.
        if !root_url.is_https() || root_url.is_loopback() {
            return None;
        }
        sign_of_http(headers)
    }

    /// Whether the browser keeps cookies of ours at all.
    pub(super) fn has_cookie_of_ours(&self, headers: &HeaderMap) -> bool {
        CookiesOfOurs::of(self, headers).any()
    }

    /// The failure of a callback without its login's cookie.
    pub(super) fn no_pending_login(
        &self,
        state: &State,
        headers: &HeaderMap,
        now: i64,
    ) -> LoginError {
        use LoginErrorKind as Kind;
        let (age, host) = (now - state.started_at(), self.host_name(headers));
        let ours = CookiesOfOurs::of(self, headers);
        let sign = state
            .sign_of_http()
            .map(|sign| (sign, "at the start"))
            .or(self.sign_of_http(headers).map(|sign| (sign, "now")));
        let kind = match sign {
            // A browser drops the cookie after that time, so its absence then says nothing.
            _ if age >= LIFETIME => Kind::PendingLoginExpired,
            Some(_) if !ours.any() => Kind::SecureCookieOverHttp,
            _ if state.began_elsewhere(&host) => Kind::HostDiffers,
            _ if ours.any() => Kind::NoPendingLogin,
            _ => Kind::NoCookies,
        };
        let error = LoginError::new(kind)
            .with_evidence("age of the sign-in in seconds", age)
            .with_evidence("attempt", u16::from(state.attempt()) + 1)
            .with_evidence("cookies of this app in the request", ours);
        match (kind, sign) {
            (Kind::SecureCookieOverHttp, Some((sign, when))) => error
                .with_evidence("root URL", self.inner().client.root_url.as_str())
                .with_evidence("what the browser used", sign)
                .with_evidence("when", when),
            (Kind::HostDiffers, _) => error
                .with_evidence("the sign-in began at", self.name_of_start(state, &host))
                .with_evidence("host of this request", host),
            _ => error,
        }
    }

    /// The host where a login began. Only its hash is known, so the likely names are tried.
    fn name_of_start(&self, state: &State, host: &str) -> String {
        let root_url = &self.inner().client.root_url;
        let root = root_url.web_url().url().host_str().unwrap_or_default();
        let without_www = host.strip_prefix("www.").unwrap_or_default();
        let with_www = format!("www.{host}");
        let likely = ["localhost", "127.0.0.1", "[::1]"];
        let likely = [root, without_www, with_www.as_str()]
            .into_iter()
            .chain(likely);
        let mut began = likely.filter(|name| state.began_at(name));
        began.next().unwrap_or("another host").to_owned()
    }
}

/// The cookies of ours that a request carries, by kind.
struct CookiesOfOurs {
    sessions: usize,
    logins: usize,
    others: usize,
}

impl CookiesOfOurs {
    fn of(context: &RequestContext, headers: &HeaderMap) -> Self {
        let names = &context.inner().names;
        let mut found = Self {
            sessions: 0,
            logins: 0,
            others: 0,
        };
        for (name, _) in cookies::all(headers) {
            if name == names.session() {
                found.sessions += 1;
            } else if names.is_pending(name) {
                found.logins += 1;
            } else if name == names.trail() {
                found.others += 1;
            }
        }
        found
    }

    fn any(&self) -> bool {
        self.sessions + self.logins + self.others > 0
    }
}

impl std::fmt::Display for CookiesOfOurs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "sessions: {}, sign-ins under way: {}, others: {}",
            self.sessions, self.logins, self.others
        )
    }
}

fn sign_of_http(headers: &HeaderMap) -> Option<SignOfHttp> {
    match forwarded_scheme(headers).as_deref() {
        Some("http") => return Some(SignOfHttp::Proxy),
        Some(_) => return None,
        None => {}
    }
    let referer = text(headers, "referer").strip_prefix("http://");
    let referer = referer.and_then(|rest| rest.split(['/', '?', '#']).next());
    if referer.is_some_and(|host| host.eq_ignore_ascii_case(text(headers, "host"))) {
        return Some(SignOfHttp::Referer);
    }
    let is_browser = text(headers, "user-agent").starts_with("Mozilla/");
    let says_metadata = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"]
        .iter()
        .any(|name| headers.contains_key(*name));
    (is_browser && !says_metadata).then_some(SignOfHttp::NoFetchMetadata)
}

/// The scheme that the proxy next to the browser names, if any does.
fn forwarded_scheme(headers: &HeaderMap) -> Option<String> {
    let first = |name| text(headers, name).split(',').next().unwrap_or_default();
    let standard = first("forwarded").split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let is_proto = name.trim().eq_ignore_ascii_case("proto");
        is_proto.then(|| value.trim().trim_matches('"'))
    });
    let scheme = standard.unwrap_or(first("x-forwarded-proto").trim());
    (!scheme.is_empty()).then(|| scheme.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn what_says_http_is_found_in_the_order_of_its_weight() {
        use SignOfHttp::{NoFetchMetadata, Proxy, Referer};
        let (browser, fetch) = (
            ("user-agent", "Mozilla/5.0"),
            ("sec-fetch-mode", "navigate"),
        );
        let (host, from_http) = (("host", "app.test"), ("referer", "http://app.test/secure"));
        let says = |proto| ("x-forwarded-proto", proto);
        for (name, lines, expected) in [
            ("a browser by https", vec![browser, host, fetch], None),
            ("a proxy by http", vec![fetch, says("http")], Some(Proxy)),
            ("in upper case", vec![fetch, says("HTTP")], Some(Proxy)),
            ("a proxy by https", vec![browser, says("https")], None),
            ("the first of two", vec![says("http, https")], Some(Proxy)),
            ("then the other way", vec![says("https,http")], None),
            (
                "the standard header",
                vec![("forwarded", "for=1.2.3.4;Proto=\"http\", for=10.0.0.1")],
                Some(Proxy),
            ),
            (
                "which goes before the other",
                vec![("forwarded", "proto=https"), says("http")],
                None,
            ),
            (
                "a page of ours",
                vec![host, from_http, fetch],
                Some(Referer),
            ),
            (
                "a page of another host",
                vec![("host", "b.test"), from_http, fetch],
                None,
            ),
            ("an old page", vec![browser, host], Some(NoFetchMetadata)),
            ("no browser", vec![("user-agent", "curl/8"), host], None),
            ("nothing", vec![], None),
        ] {
            let lines = lines.into_iter().map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, HeaderValue::from_str(value).unwrap())
            });
            assert_eq!(sign_of_http(&lines.collect()), expected, "{name}");
        }
    }
}
