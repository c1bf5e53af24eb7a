//! The `error` of an authorization response (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).

use crate::error::{LoginError, LoginErrorKind, SaidByProvider};

/// When a provider that is busy is worth another try, in seconds.
const BUSY_FOR: u32 = 30;

/// The failure that an `error` of the provider is; empty where it was not there exactly once.
pub(super) fn authorization_error(error: &str, description: Option<&str>) -> LoginError {
    let kind = kind(error);
    let refused =
        LoginError::new(kind).with_said_by_provider(SaidByProvider::new(error, description));
    match kind {
        LoginErrorKind::ProviderBusy => refused.with_retry_after(BUSY_FOR),
        _ => refused,
    }
}

fn kind(error: &str) -> LoginErrorKind {
    use LoginErrorKind as Kind;
    match error {
        "access_denied" => Kind::AccessDenied,
        "login_required" => Kind::LoginRequired,
        "interaction_required" => Kind::InteractionRequired,
        "consent_required" => Kind::ConsentRequired,
        "account_selection_required" => Kind::AccountSelectionRequired,
        "unmet_authentication_requirements" => Kind::AuthenticationRequirementsUnmet,
        "temporarily_unavailable" => Kind::ProviderBusy,
        "server_error" => Kind::ProviderFailed,
        "unauthorized_client" | "invalid_client" => Kind::ClientUnauthorized,
        "invalid_scope" => Kind::ScopeInvalid,
        "unsupported_response_type" | "unsupported_response_mode" => Kind::ResponseTypeUnsupported,
        "invalid_request"
        | "invalid_request_object"
        | "invalid_request_uri"
        | "invalid_target"
        | "request_not_supported"
        | "request_uri_not_supported"
        | "registration_not_supported" => Kind::AuthorizationRequestRefused,
        _ => Kind::ProviderError,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_is_of_a_kind_and_only_one_says_when_to_come_back() {
        use LoginErrorKind as Kind;
        for (error, expected) in [
            ("access_denied", Kind::AccessDenied),
            ("login_required", Kind::LoginRequired),
            ("interaction_required", Kind::InteractionRequired),
            ("consent_required", Kind::ConsentRequired),
            ("account_selection_required", Kind::AccountSelectionRequired),
            (
                "unmet_authentication_requirements",
                Kind::AuthenticationRequirementsUnmet,
            ),
            ("temporarily_unavailable", Kind::ProviderBusy),
            ("server_error", Kind::ProviderFailed),
            ("unauthorized_client", Kind::ClientUnauthorized),
            ("invalid_client", Kind::ClientUnauthorized),
            ("invalid_scope", Kind::ScopeInvalid),
            ("unsupported_response_type", Kind::ResponseTypeUnsupported),
            ("unsupported_response_mode", Kind::ResponseTypeUnsupported),
            ("invalid_request", Kind::AuthorizationRequestRefused),
            ("invalid_request_object", Kind::AuthorizationRequestRefused),
            ("invalid_request_uri", Kind::AuthorizationRequestRefused),
            ("invalid_target", Kind::AuthorizationRequestRefused),
            ("request_not_supported", Kind::AuthorizationRequestRefused),
            (
                "request_uri_not_supported",
                Kind::AuthorizationRequestRefused,
            ),
            (
                "registration_not_supported",
                Kind::AuthorizationRequestRefused,
            ),
            ("ACCESS_DENIED", Kind::ProviderError),
            (" access_denied", Kind::ProviderError),
            ("made_up", Kind::ProviderError),
            ("", Kind::ProviderError),
        ] {
            let refused = authorization_error(error, None);
            assert_eq!(refused.kind(), expected, "{error}");
            let says_when = refused.retry_after().is_some();
            assert_eq!(says_when, expected == Kind::ProviderBusy, "{error}");
            let said = refused.said_by_provider().map(|said| said.error.as_str());
            assert_eq!(said, Some(error));
        }
    }
}
