//! Failures that explain themselves: what happened, the evidence, and whose move it is.

mod config;
mod evidence;
mod kind;

use std::{fmt, sync::Arc};

pub use config::ConfigError;
pub use evidence::Evidence;
pub(crate) use evidence::visible;
use http::StatusCode;
pub use kind::{LoginErrorKind, Move};

/// Why a login, a logout or a guarded request was not served.
///
/// Cheap to clone: the layer puts it into the extensions of its response, so that an app can
/// look at it. It never holds a code, a token, a cookie or a secret.
#[derive(Clone)]
pub struct LoginError(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: LoginErrorKind,
    id: String,
    evidence: Vec<Evidence>,
    said_by_provider: Option<SaidByProvider>,
    retry_after: Option<u32>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The provider's own words about an error (RFC 6749 §4.1.2.1), kept only after `state` and
/// `iss` matched.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SaidByProvider {
    /// The `error` code.
    pub error: String,
    /// The `error_description`, at most 200 characters.
    pub description: Option<String>,
}

impl SaidByProvider {
    const MAX_CHARS: usize = 200;

    /// Keeps at most 200 characters of each text and drops control characters.
    pub fn new(error: &str, description: Option<&str>) -> Self {
        let tidy =
            |text: &str| -> String { evidence::visible(text).take(Self::MAX_CHARS).collect() };
        Self {
            error: tidy(error),
            description: description.map(tidy).filter(|text| !text.is_empty()),
        }
    }
}

impl LoginError {
    /// An error of this kind, without evidence yet.
    pub fn new(kind: LoginErrorKind) -> Self {
        Self(Arc::new(Inner {
            kind,
            id: String::new(),
            evidence: Vec::new(),
            said_by_provider: None,
            retry_after: None,
            source: None,
        }))
    }

    /// Adds one fact that a person in charge wants to see.
    pub fn with_evidence(self, what: &'static str, value: impl fmt::Display) -> Self {
        self.edit(|inner| inner.evidence.push(Evidence::new(what, value)))
    }

    /// Adds the cause.
    pub fn with_source(self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.edit(|inner| inner.source = Some(Arc::new(source)))
    }

    /// Adds what the provider said.
    pub fn with_said_by_provider(self, said: SaidByProvider) -> Self {
        self.edit(|inner| inner.said_by_provider = Some(said))
    }

    /// The same failure as one of another kind, with what it was as evidence.
    pub(crate) fn with_kind(self, kind: LoginErrorKind) -> Self {
        let code = self.code();
        self.edit(|inner| inner.kind = kind)
            .with_evidence("reason", code)
    }

    /// Says after how many seconds another try is worth it.
    pub(crate) fn with_retry_after(self, seconds: u32) -> Self {
        self.edit(|inner| inner.retry_after = Some(seconds))
    }

    /// Gives the error the id that stands in the log and on the page.
    pub(crate) fn with_id(self, id: String) -> Self {
        self.edit(|inner| inner.id = id)
    }

    /// Others who hold the error keep it as it is.
    fn edit(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> LoginErrorKind {
        self.0.kind
    }

    /// The HTTP status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.kind.status()
    }

    /// A stable name of the kind, for logs, metrics and pages.
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// The id that stands in the log and on the page; empty until the error is answered.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The facts: values compared, where an address came from, a measured clock skew.
    pub fn evidence(&self) -> &[Evidence] {
        &self.0.evidence
    }

    /// After how many seconds another try is worth it, where that is known; the answer says it in
    /// `Retry-After`.
    pub fn retry_after(&self) -> Option<u32> {
        self.0.retry_after
    }

    /// What the provider said, if the answer was surely its own.
    pub fn said_by_provider(&self) -> Option<&SaidByProvider> {
        self.0.said_by_provider.as_ref()
    }
}

impl From<LoginErrorKind> for LoginError {
    fn from(kind: LoginErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.what_happened())
    }
}

impl fmt::Debug for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginError")
            .field("kind", &self.0.kind)
            .field("id", &self.0.id)
            .field("evidence", &self.0.evidence)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for LoginError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_providers_text_is_capped_and_has_no_control_characters() {
        let said = SaidByProvider::new("access\r\n_den\u{202e}ied", Some(&"x".repeat(500)));
        assert_eq!(said.error, "access_denied");
        assert_eq!(said.description.map(|text| text.len()), Some(200));
    }

    #[test]
    fn a_shared_error_gets_an_id_of_its_own() {
        let shared = LoginError::new(LoginErrorKind::ProviderUnavailable);
        let answered = shared.clone().with_id("1".into());
        assert_eq!((shared.id(), answered.id()), ("", "1"));
    }

    #[test]
    fn evidence_and_source_are_kept_as_data() {
        let error = LoginError::new(LoginErrorKind::IssuerMismatch)
            .with_evidence("expected", "https://a")
            .with_source(std::io::Error::other("cause"));
        assert_eq!(error.evidence()[0].value(), "https://a");
        assert!(std::error::Error::source(&error).is_some());
        assert_eq!(error.code(), "issuer_mismatch");
    }
}
