//! Why a discovery document is refused.

/// Why a discovery document cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DiscoveryError {
    /// Not a JSON object.
    #[error("the document is not provider metadata")]
    Malformed(#[source] serde_json::Error),
    /// Another issuer than the one asked for.
    #[error("the document's issuer is `{found}`, expected `{expected}`")]
    Issuer {
        /// The issuer in the document.
        found: String,
        /// The configured issuer.
        expected: String,
    },
    /// Something that no login can do without is not there.
    #[error("the document names no {name}")]
    Missing {
        /// The member's name.
        name: &'static str,
    },
    /// Something is there that cannot be read.
    #[error("{name} is of the wrong type")]
    Type {
        /// The member's name.
        name: &'static str,
    },
    /// An endpoint with http where that is not allowed.
    #[error("{name} is `{url}`, which is not https")]
    NotHttps {
        /// The name of the endpoint.
        name: &'static str,
        /// Its address.
        url: String,
    },
    /// An endpoint that no request can be sent to.
    #[error("{name} is `{url}`, which is no address to send a request to")]
    Unusable {
        /// The name of the endpoint.
        name: &'static str,
        /// Its address.
        url: String,
    },
}
