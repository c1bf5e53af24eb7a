//! What the configuration says of a provider, in place of its discovery document.

use std::collections::BTreeMap;

use url::Url;

use super::{auth_methods::AuthMethods, metadata::Metadata};

/// What the configuration says of a provider: endpoints by their names in the metadata, checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatedMetadata {
    pub(crate) endpoints: BTreeMap<&'static str, Url>,
    pub(crate) names_issuer_in_response: Option<bool>,
}

impl StatedMetadata {
    /// All there is to know of a provider that is not asked.
    ///
    /// # Errors
    /// The name of an endpoint that no login can do without and that is not there.
    pub(crate) fn complete(&self, issuer: &str) -> Result<Metadata, &'static str> {
        let needed = |name| self.get(name).ok_or(name);
        Ok(Metadata {
            issuer: issuer.to_owned(),
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
            jwks_uri: needed("jwks_uri")?,
            userinfo_endpoint: self.get("userinfo_endpoint"),
            end_session_endpoint: self.get("end_session_endpoint"),
            pushed_authorization_request_endpoint: self
                .get("pushed_authorization_request_endpoint"),
            requires_pushed_authorization_requests: false,
            revocation_endpoint: self.get("revocation_endpoint"),
            auth_methods: AuthMethods::default(),
            names_issuer_in_response: self.names_issuer_in_response.unwrap_or_default(),
        })
    }

    /// What was discovered, but for what is stated here.
    pub(crate) fn over(&self, discovered: Metadata) -> Metadata {
        let names_issuer = self.names_issuer_in_response;
        let or = |name, discovered| self.get(name).unwrap_or(discovered);
        Metadata {
            authorization_endpoint: or("authorization_endpoint", discovered.authorization_endpoint),
            token_endpoint: or("token_endpoint", discovered.token_endpoint),
            jwks_uri: or("jwks_uri", discovered.jwks_uri),
            userinfo_endpoint: self
                .get("userinfo_endpoint")
                .or(discovered.userinfo_endpoint),
            end_session_endpoint: self
                .get("end_session_endpoint")
                .or(discovered.end_session_endpoint),
            pushed_authorization_request_endpoint: self
                .get("pushed_authorization_request_endpoint")
                .or(discovered.pushed_authorization_request_endpoint),
            revocation_endpoint: self
                .get("revocation_endpoint")
                .or(discovered.revocation_endpoint),
            names_issuer_in_response: names_issuer.unwrap_or(discovered.names_issuer_in_response),
            ..discovered
        }
    }

    fn get(&self, name: &str) -> Option<Url> {
        self.endpoints.get(name).cloned()
    }
}
