//! Why a parameter cannot be added to a request.

/// Why a parameter cannot be added to the requests of a login.
///
/// It names the parameter and never shows its value, which may be somebody's address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// The login sets this one itself, and its guarantees hang on it.
    #[error("parameter {name} is set by the login itself")]
    Protected {
        /// Its name.
        name: String,
    },
    /// The parameter stands there already; only `resource` may more than once.
    #[error("parameter {name} is there more than once")]
    Repeated {
        /// Its name.
        name: String,
    },
    /// No parameter can have this name (RFC 6749 §8.2).
    #[error("{name:?} is no name of a parameter: letters, digits and -._ are")]
    Name {
        /// At most its first 64 characters.
        name: String,
    },
    /// The value is none that this parameter can have.
    #[error("parameter {name} must be {allowed}")]
    Value {
        /// Its name.
        name: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The parameters of one login are too long together to be kept while it is under way.
    #[error("parameters of one login have {bytes} bytes together, at most {max} are kept")]
    TooLong {
        /// The bytes of all names and values.
        bytes: usize,
        /// The most there may be.
        max: usize,
    },
}
