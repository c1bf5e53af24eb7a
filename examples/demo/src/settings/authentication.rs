//! How the client proves to the provider that it is itself.

use std::{fs, io, path::PathBuf};

use oidc_login::{ClientKeys, ClientSecret, config::AssertionAudience};

use super::{error::SettingsError, secret::Secret, variables::Variables};

const METHOD: &str = "OIDC_CLIENT_AUTH_METHOD";

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

impl Authentication {
    pub(super) fn new(variables: &Variables) -> Result<Self, SettingsError> {
        let method = variables.text(METHOD).map(str::trim);
        let refuse = |allowed: &str| {
            let method = method.unwrap_or_default();
            Err(SettingsError::new(METHOD, method, allowed))
        };
        match (method, secret(variables)?, keys(variables)) {
            (None | Some("none"), None, None) => Ok(Self::None),
            (None, Some(secret), None) => Ok(Self::Secret(secret)),
            (Some("client_secret_basic"), Some(secret), None) => Ok(Self::SecretBasic(secret)),
            (Some("client_secret_post"), Some(secret), None) => Ok(Self::SecretPost(secret)),
            (Some("client_secret_jwt"), Some(secret), None) => Ok(Self::SecretJwt(secret)),
            (None | Some("private_key_jwt"), None, Some(keys)) => Ok(Self::PrivateKeyJwt(keys)),
            (_, Some(_), Some(_)) => refuse(
                "one of OIDC_CLIENT_SECRET (or OIDC_CLIENT_SECRET_FILE) and OIDC_CLIENT_JWKS, not both",
            ),
            (Some("none"), Some(_), None) => refuse(
                "client_secret_basic, client_secret_post or client_secret_jwt, as OIDC_CLIENT_SECRET is set",
            ),
            (Some("none"), None, Some(_)) => refuse("private_key_jwt, as OIDC_CLIENT_JWKS is set"),
            (
                Some("client_secret_basic" | "client_secret_post" | "client_secret_jwt"),
                None,
                None,
            ) => refuse("none, as OIDC_CLIENT_SECRET is not set"),
            (Some("private_key_jwt"), _, None) => {
                refuse("another one, as OIDC_CLIENT_JWKS is not set")
            }
            (Some(_), _, _) => refuse(
                "none, client_secret_basic, client_secret_post, client_secret_jwt or private_key_jwt, with what it takes",
            ),
        }
    }
}

fn secret(variables: &Variables) -> Result<Option<Credential>, SettingsError> {
    let name = "OIDC_CLIENT_SECRET_FILE";
    let literal = variables.text("OIDC_CLIENT_SECRET").map(Secret::new);
    match (literal, variables.text(name)) {
        (Some(_), Some(file)) => Err(SettingsError::new(
            name,
            file,
            "to leave it unset, as OIDC_CLIENT_SECRET is set",
        )),
        (None, Some(file)) => Ok(Some(Credential::File(file.into()))),
        (literal, None) => Ok(literal.map(Credential::Literal)),
    }
}

/// JSON or PEM, or the path of a file with either. Paths are shown in errors and keys are not, so
/// what may be a key is never taken for a path.
fn keys(variables: &Variables) -> Option<Credential> {
    let text = variables.text("OIDC_CLIENT_JWKS")?.trim();
    let is_literal = text.starts_with('[') || text.contains(['{', '\n']) || text.contains("-----");
    Some(if is_literal {
        Credential::Literal(Secret::new(text))
    } else {
        Credential::File(text.into())
    })
}

pub(super) fn assertion_audience(variables: &Variables) -> AssertionAudience {
    let audience = variables.text("OIDC_CLIENT_ASSERTION_AUDIENCE");
    match audience.map(str::trim) {
        None | Some("issuer") => AssertionAudience::Issuer,
        Some("token_endpoint") => AssertionAudience::TokenEndpoint,
        Some(other) => AssertionAudience::Other(other.to_owned()),
    }
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
