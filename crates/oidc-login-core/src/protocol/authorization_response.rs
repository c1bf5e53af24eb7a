//! The authorization response (OpenID Connect Core §3.1.2.5, RFC 9207).

use super::{
    authorization_error::authorization_error,
    parameters::{Parameter, Parameters},
    tokens::Code,
};
use crate::error::{LoginError, LoginErrorKind};

/// What the provider is expected to say about itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExpectedIssuer<'a> {
    /// The issuer asked.
    pub(crate) issuer: &'a str,
    /// Whether it announced `authorization_response_iss_parameter_supported`.
    pub(crate) announced: bool,
}

/// The code of an answer whose `iss` is right and that is no error.
///
/// # Errors
/// In this order: a wrong, repeated or missing `iss`; an `error`; a missing or repeated `code`.
///
/// # Security
/// `iss` comes before `error`: a provider that was mixed up must not choose our error page.
pub(crate) fn check(
    response: &Parameters,
    expected: ExpectedIssuer<'_>,
) -> Result<Code, LoginError> {
    check_issuer(response, expected)?;
    check_error(response)?;
    match response.get("code") {
        Parameter::Once(code) => Ok(Code::new(code)),
        Parameter::Missing => Err(LoginErrorKind::CodeMissing.into()),
        Parameter::Repeated => Err(LoginErrorKind::CodeDuplicated.into()),
    }
}

fn check_issuer(response: &Parameters, expected: ExpectedIssuer<'_>) -> Result<(), LoginError> {
    match response.get("iss") {
        Parameter::Once(iss) if iss == expected.issuer => Ok(()),
        Parameter::Once(iss) => Err(LoginError::new(LoginErrorKind::IssuerMismatch)
            .with_evidence("expected issuer", expected.issuer)
            .with_evidence("issuer in the answer", iss)),
        Parameter::Repeated => Err(LoginErrorKind::IssuerDuplicated.into()),
        Parameter::Missing if expected.announced => {
            Err(LoginError::new(LoginErrorKind::IssuerMissing)
                .with_evidence("expected issuer", expected.issuer))
        }
        Parameter::Missing => Ok(()),
    }
}

fn check_error(response: &Parameters) -> Result<(), LoginError> {
    let error = match response.get("error") {
        Parameter::Missing => return Ok(()),
        Parameter::Once(error) => error,
        Parameter::Repeated => "",
    };
    let description = response.get("error_description").once();
    Err(authorization_error(error, description))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://provider.test/realm";

    fn checked(query: &str, announced: bool) -> Result<String, LoginErrorKind> {
        let expected = ExpectedIssuer {
            issuer: ISSUER,
            announced,
        };
        check(&Parameters::parse(query.as_bytes()), expected)
            .map(|code| code.secret().to_owned())
            .map_err(|error| error.kind())
    }

    #[test]
    fn one_defect_one_kind() {
        use LoginErrorKind as Kind;
        let iss = "iss=https%3A%2F%2Fprovider.test%2Frealm";
        for (name, query, announced, expected) in [
            ("good", format!("code=c&{iss}"), true, Ok("c".to_owned())),
            (
                "no iss, none announced",
                "code=c".into(),
                false,
                Ok("c".into()),
            ),
            (
                "no iss although announced",
                "code=c".into(),
                true,
                Err(Kind::IssuerMissing),
            ),
            (
                "other iss",
                "code=c&iss=https%3A%2F%2Fevil.test".into(),
                false,
                Err(Kind::IssuerMismatch),
            ),
            (
                "iss with a slash more",
                format!("code=c&{iss}%2F"),
                true,
                Err(Kind::IssuerMismatch),
            ),
            (
                "iss twice",
                format!("code=c&{iss}&{iss}"),
                true,
                Err(Kind::IssuerDuplicated),
            ),
            ("no code", iss.into(), true, Err(Kind::CodeMissing)),
            (
                "empty code",
                format!("code=&{iss}"),
                true,
                Err(Kind::CodeMissing),
            ),
            (
                "code twice",
                format!("code=c&code=c&{iss}"),
                true,
                Err(Kind::CodeDuplicated),
            ),
            (
                "denied",
                format!("error=access_denied&{iss}"),
                true,
                Err(Kind::AccessDenied),
            ),
            (
                "error and code",
                format!("error=server_error&code=c&{iss}"),
                true,
                Err(Kind::ProviderFailed),
            ),
            (
                "error twice",
                format!("error=a&error=b&{iss}"),
                true,
                Err(Kind::ProviderError),
            ),
            (
                "error without iss although announced",
                "error=access_denied".into(),
                true,
                Err(Kind::IssuerMissing),
            ),
            (
                "error with an empty iss although announced",
                "error=access_denied&iss=".into(),
                true,
                Err(Kind::IssuerMissing),
            ),
            (
                "error with iss twice",
                format!("error=access_denied&{iss}&{iss}"),
                false,
                Err(Kind::IssuerDuplicated),
            ),
            (
                "error of another issuer, none announced",
                "error=access_denied&iss=https%3A%2F%2Fevil.test".into(),
                false,
                Err(Kind::IssuerMismatch),
            ),
            (
                "error of another issuer",
                "error=access_denied&iss=https%3A%2F%2Fevil.test".into(),
                true,
                Err(Kind::IssuerMismatch),
            ),
        ] {
            assert_eq!(checked(&query, announced), expected, "{name}");
        }
    }
}
