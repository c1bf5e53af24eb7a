//! Patterns that Keycloak reads differently.

/// Something that is right here and that Keycloak, given the very same setting, will understand
/// differently.
///
/// Its text tells the user what to enter in Keycloak's form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternWarning {
    /// A relative pattern with a root URL that ends in a slash: Keycloak appends it as text, and
    /// the result matches nothing useful.
    #[error(
        "pattern {pattern}: Keycloak joins it to the root URL as text and reads {keycloak_reads}, which matches nothing useful; \
         enter the root URL there without its trailing slash"
    )]
    KeycloakJoinsAsText {
        /// The pattern as it was written.
        pattern: String,
        /// What Keycloak makes of it.
        keycloak_reads: String,
    },
    /// Capital letters in scheme or host, which Keycloak compares as text.
    #[error(
        "pattern {pattern}: Keycloak compares capital letters in scheme and host; write {origin}"
    )]
    KeycloakComparesCase {
        /// The pattern as it was written.
        pattern: String,
        /// Its origin as browsers write it.
        origin: String,
    },
    /// A default port (80 for http, 443 for https), which browsers and most libraries leave out.
    #[error(
        "pattern {pattern}: Keycloak compares the default port as text, and browsers leave it out; write {origin}"
    )]
    KeycloakKeepsDefaultPort {
        /// The pattern as it was written.
        pattern: String,
        /// Its origin as browsers write it.
        origin: String,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::config::redirect_uris::tests::valid;

    #[test]
    fn what_keycloak_understands_differently_is_said() {
        let warning = |pattern: &str, root_url: &str| {
            valid(&[pattern], root_url)
                .warnings()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        let joined = PatternWarning::KeycloakJoinsAsText {
            pattern: "/*".into(),
            keycloak_reads: "http://localhost:5000//*".into(),
        };
        assert_eq!(
            valid(&["/*"], "http://localhost:5000/").warnings(),
            std::slice::from_ref(&joined)
        );
        assert_eq!(
            warning("/*", "http://localhost:5000/"),
            [joined.to_string()]
        );
        assert!(joined.to_string().contains("http://localhost:5000//*"));
        assert!(warning("/x/*", "https://h/base/")[0].contains("https://h/base//x/*"));
        assert!(
            warning("https://App.example/*", "https://h")[0].contains("write https://app.example")
        );
        assert!(
            warning("HTTPS://app.example/*", "https://h")[0].contains("write https://app.example")
        );
        assert!(warning("https://h:443/*", "https://h")[0].contains("write https://h"));
        for (pattern, root_url) in [
            ("/*", "http://localhost:5000"),
            ("http://localhost:5000/*", "http://localhost:5000/"),
            ("https://h/Auth/*", "https://h"),
        ] {
            assert_eq!(
                warning(pattern, root_url),
                Vec::<String>::new(),
                "{pattern} {root_url}"
            );
        }
    }
}
