//! The client proves to the provider that it is itself: fresh for every request, in the way that
//! was stated or that the provider wants.

use std::sync::{Mutex, PoisonError};

use crate::{
    config::{AssertionAudience, ClientAuthentication, ClientKeys, ClientSecret, HmacAlgorithm},
    error::LoginError,
    protocol::{
        auth_methods::SecretMethod,
        client_assertion::{Assertion, Signer},
        client_request::{ClientProof, Credential},
        metadata::Metadata,
    },
    relying_party::Inner,
    seams::fresh_bytes,
};

/// What the log was told last about client authentication.
#[derive(Default)]
pub(crate) struct ToldMethod(Mutex<Option<(&'static str, &'static str)>>);

/// One of the ways of OpenID Connect Core §9, with what it needs.
enum Way<'a> {
    None,
    Basic(&'a ClientSecret),
    Post(&'a ClientSecret),
    SecretJwt(&'a ClientSecret, HmacAlgorithm),
    PrivateKeyJwt(&'a ClientKeys),
}

impl Inner {
    /// Who we are and the proof of it, for one request to one of the provider's endpoints.
    ///
    /// # Errors
    /// When the secret or the key cannot be read.
    pub(crate) fn client_proof(&self, metadata: &Metadata) -> Result<ClientProof<'_>, LoginError> {
        let (way, why) = self.way(metadata);
        self.told_method.tell(way.name(), why);
        let credential = match &way {
            Way::None => Credential::None,
            Way::Basic(secret) => Credential::Basic(secret.read()?),
            Way::Post(secret) => Credential::Post(secret.read()?),
            Way::SecretJwt(secret, algorithm) => {
                let secret = secret.read()?;
                self.assertion(metadata, Signer::Secret(&secret, *algorithm))
            }
            Way::PrivateKeyJwt(keys) => {
                let keys = keys.read()?;
                self.assertion(metadata, Signer::Key(keys.signing()))
            }
        };
        Ok(ClientProof {
            client_id: &self.client.client_id,
            method: way.name(),
            credential,
        })
    }

    /// What is done, and why.
    fn way(&self, metadata: &Metadata) -> (Way<'_>, &'static str) {
        let methods = &metadata.auth_methods;
        let way = match &self.client.authentication {
            ClientAuthentication::ClientSecret(secret) => {
                let (method, why) = methods.for_secret();
                let way = match method {
                    SecretMethod::Basic => Way::Basic(secret),
                    SecretMethod::Post => Way::Post(secret),
                    SecretMethod::Jwt => Way::SecretJwt(secret, HmacAlgorithm::default()),
                };
                return (way, why);
            }
            ClientAuthentication::None => Way::None,
            ClientAuthentication::ClientSecretBasic(secret) => Way::Basic(secret),
            ClientAuthentication::ClientSecretPost(secret) => Way::Post(secret),
            ClientAuthentication::ClientSecretJwt(secret, algorithm) => {
                Way::SecretJwt(secret, *algorithm)
            }
            ClientAuthentication::PrivateKeyJwt(keys) => Way::PrivateKeyJwt(keys),
        };
        let why = if methods.leaves_out(way.name()) {
            "the configuration says so; the provider does not list it"
        } else {
            "the configuration says so"
        };
        (way, why)
    }

    fn assertion(&self, metadata: &Metadata, signer: Signer<'_>) -> Credential {
        let audience = match &self.client.assertion_audience {
            AssertionAudience::Issuer => metadata.issuer.as_str(),
            AssertionAudience::TokenEndpoint => metadata.token_endpoint.as_str(),
            AssertionAudience::Other(audience) => audience,
        };
        let assertion = Assertion {
            client_id: &self.client.client_id,
            audience,
            id: fresh_bytes(&*self.random),
            now: self.clock.now(),
        };
        Credential::Assertion(assertion.sign(signer))
    }
}

impl Way<'_> {
    fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic(_) => SecretMethod::Basic.name(),
            Self::Post(_) => SecretMethod::Post.name(),
            Self::SecretJwt(..) => SecretMethod::Jwt.name(),
            Self::PrivateKeyJwt(_) => "private_key_jwt",
        }
    }
}

impl ToldMethod {
    /// Once, and again when it changes.
    fn tell(&self, method: &'static str, why: &'static str) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.replace((method, why)) != Some((method, why)) {
            tracing::info!(method, why, "client authentication");
        }
    }
}
