//! The provider's own cookies.

use http::{HeaderMap, HeaderValue, header::COOKIE};

use crate::issuer::Issuer;

/// What a cookie of the provider is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// The provider's own session, by which a second sign-in needs no password.
    Session,
    /// Binds the forms to the browser they were shown in.
    Csrf,
}

/// Cookies know no ports: all programs on `localhost` share one jar, so the name carries ours.
fn name(purpose: Purpose, issuer: &Issuer, value: &str) -> String {
    let port = issuer.port();
    match purpose {
        Purpose::Session => format!("dev_provider_session_{port}"),
        // Two forms shown at once to a new browser come with a cookie each: under one name the first would be lost.
        Purpose::Csrf => {
            let start = value.get(..NAMED_BY).unwrap_or(value);
            format!("dev_provider_csrf_{port}_{start}")
        }
    }
}

/// How much of its value names a cookie that there may be several of.
const NAMED_BY: usize = 8;

pub(crate) fn read<'a>(
    headers: &'a HeaderMap,
    purpose: Purpose,
    issuer: &Issuer,
) -> Option<&'a str> {
    read_all(headers, purpose, issuer).next()
}

/// Every cookie for this purpose. One that does not bear the name its value asks for was not set here.
pub(crate) fn read_all<'a>(
    headers: &'a HeaderMap,
    purpose: Purpose,
    issuer: &Issuer,
) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(move |(key, value)| *key == name(purpose, issuer, value))
        .map(|(_, value)| value)
}

/// A `Set-Cookie` line; an empty value takes the cookie away.
pub(crate) fn set(purpose: Purpose, issuer: &Issuer, value: &str) -> HeaderValue {
    let name = name(purpose, issuer, value);
    let path = issuer.cookie_path();
    let secure = if issuer.is_https() { "; Secure" } else { "" };
    let gone = if value.is_empty() { "; Max-Age=0" } else { "" };
    HeaderValue::try_from(format!(
        "{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}{gone}"
    ))
    .expect("name, path and value are of unreserved characters")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn https_makes_them_secure_and_an_empty_one_goes() {
        let issuer = Issuer::parse("https://login.example.test").unwrap();
        assert_eq!(
            set(Purpose::Session, &issuer, ""),
            "dev_provider_session_443=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"
        );
    }

    #[test]
    fn a_cookie_of_another_port_is_not_ours() {
        let issuer = Issuer::parse("http://localhost:5001").unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(
            COOKIE,
            HeaderValue::from_static("dev_provider_session_5002=b; dev_provider_session_5001=a=1"),
        );
        assert_eq!(read(&headers, Purpose::Session, &issuer), Some("a=1"));
        assert_eq!(read(&headers, Purpose::Csrf, &issuer), None);
    }

    #[test]
    fn a_form_cookie_is_named_after_its_value() {
        let issuer = Issuer::parse("http://localhost:5001").unwrap();
        let line = set(Purpose::Csrf, &issuer, "12345678-and-more");
        let line = line.to_str().unwrap();
        assert!(
            line.starts_with("dev_provider_csrf_5001_12345678=12345678-and-more;"),
            "{line}"
        );
        let mut headers = HeaderMap::new();
        let cookies = "dev_provider_csrf_5001_12345678=12345678-and-more; \
                       dev_provider_csrf_5001_12345678=another; dev_provider_csrf_5001_=; \
                       dev_provider_csrf_50010_b=b; dev_provider_csrf_5001_a=a";
        headers.insert(COOKIE, HeaderValue::from_static(cookies));
        let found: Vec<_> = read_all(&headers, Purpose::Csrf, &issuer).collect();
        assert_eq!(found, ["12345678-and-more", "", "a"]);
    }
}
