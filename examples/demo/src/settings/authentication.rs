//! How the client proves to the provider that it is itself.

use std::{fs, io, path::PathBuf};

use oidc_login::{ClientKeys, ClientSecret, config::AssertionAudience};

use super::{error::SettingsError, secret::Secret, variables::Variables};

const METHOD: &str = "OIDC_CLIENT_AUTH_METHOD";
const SECRET: &str = "OIDC_CLIENT_SECRET";
const SECRET_FILE: &str = "OIDC_CLIENT_SECRET_FILE";
const KEYS: &str = "OIDC_CLIENT_JWKS";
const AUDIENCE: &str = "OIDC_CLIENT_ASSERTION_AUDIENCE";

/// How the client says who it is at the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Authentication {
    /// A public client: PKCE, no secret.
    None,
    /// A secret, sent in the way the provider's metadata asks for.
    Secret(Credential),
    /// A secret in the `Authorization` header.
    SecretBasic(Credential),
    /// A secret in the body.
    SecretPost(Credential),
    /// A secret that signs assertions.
    SecretJwt(Credential),
    /// Private keys that sign assertions.
    PrivateKeyJwt(Credential),
}

/// A secret or private keys: here, or in a file that may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    Literal(Secret),
    File(PathBuf),
}

/// `OIDC_CLIENT_AUTH_METHOD`.
#[derive(Clone, Copy)]
enum Method {
    None,
    SecretBasic,
    SecretPost,
    SecretJwt,
    PrivateKeyJwt,
}

impl Authentication {
    pub(super) fn new(variables: &Variables) -> Result<Self, SettingsError> {
        let method = method(variables)?;
        let written = variables.text(METHOD).unwrap_or_default();
        let refuse = |allowed: String| Err(SettingsError::new(METHOD, written, allowed));
        match (method, secret(variables)?, keys(variables)) {
            (_, Some((name, _)), Some(_)) => {
                let allowed = format!("to leave it or {name} unset: a client has one of them");
                Err(SettingsError::new(KEYS, "", allowed))
            }
            (None | Some(Method::None), None, None) => Ok(Self::None),
            (None, Some((_, secret)), None) => Ok(Self::Secret(secret)),
            (Some(Method::SecretBasic), Some((_, secret)), None) => Ok(Self::SecretBasic(secret)),
            (Some(Method::SecretPost), Some((_, secret)), None) => Ok(Self::SecretPost(secret)),
            (Some(Method::SecretJwt), Some((_, secret)), None) => Ok(Self::SecretJwt(secret)),
            (None | Some(Method::PrivateKeyJwt), None, Some(keys)) => Ok(Self::PrivateKeyJwt(keys)),
            (Some(Method::None), Some((name, _)), None) => refuse(format!(
                "client_secret_basic, client_secret_post or client_secret_jwt, as {name} is set; or to leave that unset"
            )),
            (Some(Method::PrivateKeyJwt), Some((name, _)), None) => refuse(format!(
                "client_secret_basic, client_secret_post or client_secret_jwt, as {name} is set and {KEYS} is not set"
            )),
            (Some(_), None, Some(_)) => refuse(format!(
                "private_key_jwt, as {KEYS} is set; or to leave that unset"
            )),
            (Some(Method::PrivateKeyJwt), None, None) => {
                refuse(format!("none, as {KEYS} is not set; or to set that"))
            }
            (Some(_), None, None) => refuse(format!(
                "none, as {SECRET} is not set; or to set that, or {SECRET_FILE}"
            )),
        }
    }

    /// Whether it may sign assertions; what the provider lists decides of a secret alone.
    fn makes_assertions(&self) -> bool {
        match self {
            Self::None | Self::SecretBasic(_) | Self::SecretPost(_) => false,
            Self::Secret(_) | Self::SecretJwt(_) | Self::PrivateKeyJwt(_) => true,
        }
    }
}

fn method(variables: &Variables) -> Result<Option<Method>, SettingsError> {
    let allowed =
        "none, client_secret_basic, client_secret_post, client_secret_jwt or private_key_jwt";
    variables.parsed(METHOD, allowed, |text| match text {
        "none" => Some(Method::None),
        "client_secret_basic" => Some(Method::SecretBasic),
        "client_secret_post" => Some(Method::SecretPost),
        "client_secret_jwt" => Some(Method::SecretJwt),
        "private_key_jwt" => Some(Method::PrivateKeyJwt),
        _ => None,
    })
}

/// The secret, and the variable that it comes from.
fn secret(variables: &Variables) -> Result<Option<(&'static str, Credential)>, SettingsError> {
    let literal = variables.text(SECRET).map(Secret::new);
    match (literal, variables.text(SECRET_FILE)) {
        (Some(_), Some(file)) => {
            let allowed = format!("to leave it or {SECRET} unset: a client has one secret");
            Err(SettingsError::new(SECRET_FILE, file, allowed))
        }
        (None, Some(file)) => Ok(Some((SECRET_FILE, Credential::File(file.into())))),
        (literal, None) => Ok(literal.map(|secret| (SECRET, Credential::Literal(secret)))),
    }
}

/// JSON or PEM, or the path of a file with either. Paths are shown in errors and keys are not, so
/// what may be a key is never taken for a path.
fn keys(variables: &Variables) -> Option<Credential> {
    let text = variables.text(KEYS)?.trim();
    let is_literal = text.starts_with('[') || text.contains(['{', '\n']) || text.contains("-----");
    Some(if is_literal {
        Credential::Literal(Secret::new(text))
    } else {
        Credential::File(text.into())
    })
}

pub(super) fn assertion_audience(
    variables: &Variables,
    authentication: &Authentication,
) -> Result<AssertionAudience, SettingsError> {
    let audience = match variables.text(AUDIENCE).map(str::trim) {
        None | Some("issuer") => return Ok(AssertionAudience::Issuer),
        Some("token_endpoint") => AssertionAudience::TokenEndpoint,
        Some(other) => AssertionAudience::Other(other.to_owned()),
    };
    if authentication.makes_assertions() {
        return Ok(audience);
    }
    let written = variables.text(AUDIENCE).unwrap_or_default();
    let method = variables.text(METHOD).unwrap_or("none");
    let allowed = format!(
        "to leave it unset, as {METHOD} {method} makes no assertions; or {METHOD} client_secret_jwt or private_key_jwt"
    );
    Err(SettingsError::new(AUDIENCE, written, allowed))
}

impl Credential {
    pub(crate) fn client_secret(&self) -> ClientSecret {
        match self {
            Self::Literal(secret) => ClientSecret::new(secret.secret()),
            Self::File(path) => ClientSecret::from_file(path),
        }
    }

    pub(crate) fn client_keys(&self) -> ClientKeys {
        match self {
            Self::Literal(keys) => ClientKeys::new(keys.secret()),
            Self::File(path) => ClientKeys::from_file(path),
        }
    }

    /// The secret as it is now, for the embedded provider.
    pub(crate) fn read(&self) -> io::Result<String> {
        match self {
            Self::Literal(secret) => Ok(secret.secret().to_owned()),
            Self::File(path) => {
                let text = fs::read_to_string(path)?;
                Ok(text.trim_end_matches(['\r', '\n']).to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests;
