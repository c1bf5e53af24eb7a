//! Where a secret or a key of ours comes from.

use std::{
    env::{self, VarError},
    fmt,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{
    error::{ConfigError, LoginError, LoginErrorKind},
    protocol::client_key::ClientKeyError,
};

/// The most bytes of a file that are read.
const MAX_BYTES: u64 = 64 * 1024;

/// Where a secret or a key of ours comes from.
#[derive(Clone)]
pub(crate) enum CredentialSource {
    /// It stands in the configuration.
    Literal(Zeroizing<String>),
    /// An environment variable has it.
    Variable(String),
    /// A file has it, whatever it holds at the time.
    File(PathBuf),
}

/// Why a secret or a key of ours cannot be used, and where it was looked for.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub(crate) struct CredentialError {
    place: &'static str,
    name: String,
    problem: CredentialProblem,
}

/// What is wrong with a secret or a key of ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialProblem {
    /// The variable is not set.
    #[error("it is not set")]
    Unset,
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// The operating system does not give it.
    #[error("it cannot be read: {0}")]
    Unreadable(io::ErrorKind),
    /// A folder, a pipe or a device.
    #[error("it is not a file")]
    NotAFile,
    /// More than a secret or a key can be.
    #[error("it is larger than 64 KiB")]
    TooLarge,
    /// Not UTF-8.
    #[error("it is not UTF-8 text")]
    NotText,
    /// Several lines, where a secret has one.
    #[error("it has more than one line")]
    Lines,
    /// No key to sign with.
    #[error("{0}")]
    Key(ClientKeyError),
}

impl CredentialSource {
    /// What it is now; never empty.
    pub(crate) fn read(&self) -> Result<Zeroizing<String>, CredentialError> {
        let read = match self {
            Self::Literal(text) => Ok(text.clone()),
            Self::Variable(name) => match env::var(name) {
                Ok(text) => Ok(Zeroizing::new(text)),
                Err(VarError::NotPresent) => Err(CredentialProblem::Unset),
                Err(VarError::NotUnicode(_)) => Err(CredentialProblem::NotText),
            },
            Self::File(path) => read_file(path),
        };
        match read {
            Ok(text) if text.is_empty() => Err(self.refuse(CredentialProblem::Empty)),
            Ok(text) => Ok(text),
            Err(problem) => Err(self.refuse(problem)),
        }
    }

    /// The error that says where this comes from.
    pub(crate) fn refuse(&self, problem: CredentialProblem) -> CredentialError {
        let (place, name) = match self {
            Self::Literal(_) => ("configuration", "[redacted]".to_owned()),
            Self::Variable(name) => ("variable", name.clone()),
            Self::File(path) => ("file", path.display().to_string()),
        };
        CredentialError {
            place,
            name,
            problem,
        }
    }
}

/// Without the line ends that editors and `echo` leave behind, and without the mark in front that
/// others do.
fn read_file(path: &Path) -> Result<Zeroizing<String>, CredentialProblem> {
    let unreadable = |error: io::Error| CredentialProblem::Unreadable(error.kind());
    // Before it is opened: that would wait for whoever writes into a pipe.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(CredentialProblem::NotAFile);
    }
    let mut bytes = Zeroizing::new(Vec::new());
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(CredentialProblem::TooLarge);
    }
    let text = str::from_utf8(&bytes).map_err(|_| CredentialProblem::NotText)?;
    let text = text.trim_start_matches('\u{feff}');
    let text = text.trim_end_matches(['\r', '\n']);
    Ok(Zeroizing::new(text.to_owned()))
}

impl CredentialError {
    /// The error while building, of a secret.
    pub(crate) fn in_client_secret(self) -> ConfigError {
        let allowed = "the secret the provider shows for this client; public_client() for a client without one";
        self.in_config("client secret", allowed)
    }

    /// The error while building, of keys.
    pub(crate) fn in_client_keys(self) -> ConfigError {
        let allowed = "a private key in PEM or as JWK, or a set of them, with the id and algorithm that were chosen";
        self.in_config("client keys", allowed)
    }

    fn in_config(self, setting: &'static str, allowed: &'static str) -> ConfigError {
        let value = match (self.place, &self.problem) {
            ("configuration", CredentialProblem::Empty) => String::new(),
            ("configuration", _) => self.name.clone(),
            (place, _) => format!("{place} {}", self.name),
        };
        ConfigError::new(setting, value, allowed).with_source(self)
    }
}

impl From<CredentialError> for LoginError {
    fn from(error: CredentialError) -> Self {
        LoginError::new(LoginErrorKind::ClientCredentialUnusable)
            .with_evidence(error.place, &error.name)
            .with_evidence("what is wrong", &error.problem)
    }
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(_) => f.write_str("[redacted]"),
            Self::Variable(name) => f.debug_tuple("Variable").field(name).finish(),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}
