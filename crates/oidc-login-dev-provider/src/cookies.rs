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
fn name(purpose: Purpose, issuer: &Issuer) -> String {
    let purpose = match purpose {
        Purpose::Session => "session",
        Purpose::Csrf => "csrf",
    };
    format!("dev_provider_{purpose}_{}", issuer.port())
}

pub(crate) fn read<'a>(
    headers: &'a HeaderMap,
    purpose: Purpose,
    issuer: &Issuer,
) -> Option<&'a str> {
    let name = name(purpose, issuer);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// A `Set-Cookie` line; an empty value takes the cookie away.
pub(crate) fn set(purpose: Purpose, issuer: &Issuer, value: &str) -> HeaderValue {
    let name = name(purpose, issuer);
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
            HeaderValue::from_static("dev_provider_csrf_5002=b; dev_provider_csrf_5001=a=1"),
        );
        assert_eq!(read(&headers, Purpose::Csrf, &issuer), Some("a=1"));
        assert_eq!(read(&headers, Purpose::Session, &issuer), None);
    }
}
