//! Valid post-logout redirect URIs: where the browser may be sent after logout.

use super::{
    PatternError, PatternErrorKind, PatternWarning, Refused, RootUrl, ValidRedirectUris, WebUrl,
};

/// The URIs the browser may be sent to after logout: patterns as for [`ValidRedirectUris`], and `+`
/// or nothing for the valid redirect URIs, `-` for none.
///
/// See [RP-Initiated Logout
/// §3](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RedirectionAfterLogout).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidPostLogoutRedirectUris(ValidRedirectUris);

impl ValidPostLogoutRedirectUris {
    /// Parses the patterns; `+` among others adds the valid redirect URIs to them.
    ///
    /// # Errors
    ///
    /// As [`ValidRedirectUris::new`], and for a `-` that does not stand alone.
    pub fn new(
        patterns: impl IntoIterator<Item = impl AsRef<str>>,
        root_url: &RootUrl,
        redirect_uris: &ValidRedirectUris,
    ) -> Result<Self, PatternError> {
        let patterns: Vec<_> = patterns.into_iter().collect();
        let count = |sign| {
            patterns
                .iter()
                .filter(|pattern| pattern.as_ref() == sign)
                .count()
        };
        if count("-") > 0 && patterns.len() > 1 {
            return Err(PatternError::new("-", PatternErrorKind::NoneWithOthers));
        }
        let own = patterns
            .iter()
            .filter(|pattern| !matches!(pattern.as_ref(), "+" | "-"));
        let mut valid = ValidRedirectUris::new(own, root_url)?;
        if patterns.is_empty() || count("+") > 0 {
            valid.add(redirect_uris);
        }
        Ok(Self(valid))
    }

    /// Reads a URI and finds a pattern for it.
    ///
    /// # Errors
    ///
    /// As [`ValidRedirectUris::check`].
    pub fn check(&self, uri: &str) -> Result<WebUrl, Refused> {
        self.0.check(uri)
    }

    /// What Keycloak will understand differently when it is given the same patterns.
    pub fn warnings(&self) -> &[PatternWarning] {
        self.0.warnings()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn post_logout(
        patterns: &[&str],
        redirect_uris: &ValidRedirectUris,
    ) -> Result<ValidPostLogoutRedirectUris, PatternError> {
        ValidPostLogoutRedirectUris::new(patterns, &root(), redirect_uris)
    }

    fn root() -> RootUrl {
        RootUrl::parse("http://localhost:5000").unwrap()
    }

    #[test]
    fn the_signs_mean_what_they_mean_in_the_console() {
        let redirect_uris = ValidRedirectUris::new(["/auth/*"], &root()).unwrap();
        let (login, bye) = (
            "http://localhost:5000/auth/callback",
            "http://localhost:5000/bye",
        );
        let cases: [(&[&str], bool, bool); 6] = [
            (&[], true, false),
            (&["+"], true, false),
            (&["-"], false, false),
            (&["/bye"], false, true),
            (&["+", "/bye"], true, true),
            (&["/bye", "+"], true, true),
        ];
        for (patterns, login_is_valid, bye_is_valid) in cases {
            let valid = post_logout(patterns, &redirect_uris).unwrap();
            assert_eq!(
                valid.check(login).is_ok(),
                login_is_valid,
                "{patterns:?} {login}"
            );
            assert_eq!(valid.check(bye).is_ok(), bye_is_valid, "{patterns:?} {bye}");
        }
    }

    #[test]
    fn a_lone_star_is_inherited_but_never_written() {
        let everything = ValidRedirectUris::dangerously_allow_all();
        assert!(
            post_logout(&["+"], &everything)
                .unwrap()
                .check("https://other.test/")
                .is_ok()
        );
        assert!(
            post_logout(&["/bye"], &everything)
                .unwrap()
                .check("https://other.test/")
                .is_err()
        );
        assert_eq!(
            post_logout(&["*"], &everything).unwrap_err().kind,
            PatternErrorKind::LoneStar
        );
    }

    #[test]
    fn none_stands_alone() {
        let redirect_uris = ValidRedirectUris::new(["/*"], &root()).unwrap();
        for patterns in [["-", "/bye"], ["/bye", "-"], ["-", "+"], ["-", "-"]] {
            assert_eq!(
                post_logout(&patterns, &redirect_uris).unwrap_err().kind,
                PatternErrorKind::NoneWithOthers,
                "{patterns:?}"
            );
        }
        let message = post_logout(&["-"], &redirect_uris)
            .unwrap()
            .check("http://localhost:5000/")
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "http://localhost:5000/ is not allowed, and nothing is"
        );
    }

    #[test]
    fn nobody_else_is_reached() {
        let redirect_uris = ValidRedirectUris::new(["/*"], &root()).unwrap();
        let valid = post_logout(&["+"], &redirect_uris).unwrap();
        for case in super::super::hostile_urls::all() {
            assert!(valid.check(&case.value).is_err(), "{}", case.name);
        }
    }
}
