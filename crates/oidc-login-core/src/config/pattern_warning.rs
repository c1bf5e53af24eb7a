/// Something that is right here and that Keycloak, given the very same setting, will understand differently.
///
/// Its text tells the user what to enter in Keycloak's form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternWarning {
    /// A relative pattern with a root URL that ends in a slash: Keycloak appends it as text, and the result matches nothing useful.
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
