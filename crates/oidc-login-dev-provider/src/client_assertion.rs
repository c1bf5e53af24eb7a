//! Client assertions: `client_secret_jwt` and `private_key_jwt` (RFC 7523).

use aws_lc_rs::hmac;
use oidc_login_core::protocol::{SigningAlgorithm, key_set::KeySet};
use serde_json::Value;
use time::OffsetDateTime;

use crate::{
    client::RegisteredClient,
    endpoints::TOKEN,
    jwt::{Unverified, unverified},
    params::Params,
    provider::Provider,
};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Longer than one request needs.
const LONGEST_LIFETIME: i64 = 5 * 60;

/// A signed token in place of a secret, not yet believed, [RFC 7523 §3](https://www.rfc-editor.org/rfc/rfc7523#section-3).
pub(crate) struct PresentedAssertion<'f> {
    jwt: Unverified<'f>,
    pub(crate) client_id: String,
}

impl<'f> PresentedAssertion<'f> {
    /// `None` where the form holds none.
    pub(crate) fn read(form: &'f Params) -> Option<Result<Self, &'static str>> {
        let assertion = form.get("client_assertion")?;
        Some(Self::parse(assertion, form))
    }

    fn parse(assertion: &'f str, form: &Params) -> Result<Self, &'static str> {
        if form.get("client_assertion_type") != Some(TYPE) {
            return Err("client_assertion_type is not that of a JWT");
        }
        let jwt = unverified(assertion).ok_or("client_assertion is not a signed JWT")?;
        let subject = jwt.claims["sub"].as_str();
        let client_id = subject.ok_or("the assertion has no sub")?.to_owned();
        Ok(Self { jwt, client_id })
    }

    /// Checks signature and claims; an assertion is good once.
    pub(crate) fn verify(
        &self,
        provider: &Provider,
        client: &RegisteredClient,
    ) -> Result<(), &'static str> {
        let algorithm = self.jwt.header["alg"].as_str().unwrap_or_default();
        let wanted = client.settings.assertion_algorithm.as_deref();
        if wanted.is_some_and(|wanted| wanted != algorithm) {
            return Err("the assertion is signed by another algorithm than the registered one");
        }
        let genuine = match (&client.jwks, &client.settings.secret) {
            (Some(keys), _) => self.is_signed_by(keys, algorithm),
            (None, Some(secret)) => self.is_signed_with(secret, algorithm),
            (None, None) => false,
        };
        if !genuine {
            return Err(
                "the assertion's signature is wrong, or by a key or algorithm that is not registered",
            );
        }
        self.check_claims(provider, client)
    }

    fn is_signed_by(&self, keys: &KeySet, algorithm: &str) -> bool {
        let Ok(algorithm) = algorithm.parse::<SigningAlgorithm>() else {
            return false;
        };
        let kid = self.jwt.header["kid"].as_str();
        let keys = keys.find(kid, algorithm).unwrap_or_default();
        let (message, signature) = (self.jwt.signed.as_bytes(), &self.jwt.signature);
        keys.iter()
            .any(|key| key.verify(algorithm, message, signature).is_ok())
    }

    fn is_signed_with(&self, secret: &str, algorithm: &str) -> bool {
        let algorithm = match algorithm {
            "HS256" => hmac::HMAC_SHA256,
            "HS384" => hmac::HMAC_SHA384,
            "HS512" => hmac::HMAC_SHA512,
            _ => return false,
        };
        let key = hmac::Key::new(algorithm, secret.as_bytes());
        hmac::verify(&key, self.jwt.signed.as_bytes(), &self.jwt.signature).is_ok()
    }

    fn check_claims(
        &self,
        provider: &Provider,
        client: &RegisteredClient,
    ) -> Result<(), &'static str> {
        let claims = &self.jwt.claims;
        if claims["iss"] != claims["sub"] {
            return Err("iss and sub of the assertion differ");
        }
        if !is_for(provider, client, &claims["aud"]) {
            return Err("the assertion is not for this provider");
        }
        let (now, seconds) = (provider.now(), |name: &str| claims[name].as_i64());
        let expires = seconds("exp").ok_or("the assertion has no exp")?;
        if expires <= now.unix_timestamp() {
            return Err("the assertion has expired");
        }
        if expires > now.unix_timestamp() + LONGEST_LIFETIME {
            return Err("the assertion lives longer than five minutes");
        }
        if seconds("iat").is_some_and(|issued| issued > now.unix_timestamp()) {
            return Err("the assertion is from the future");
        }
        let jti = claims["jti"].as_str().ok_or("the assertion has no jti")?;
        let expires = OffsetDateTime::from_unix_timestamp(expires).unwrap_or(now);
        let id = format!("{} {jti}", client.settings.id);
        if !provider.remember_assertion(id, expires) {
            return Err("the assertion was used before");
        }
        Ok(())
    }
}

/// `aud` is a text or a list; one of it must be ours.
fn is_for(provider: &Provider, client: &RegisteredClient, audience: &Value) -> bool {
    let issuer = &provider.settings.issuer;
    let ours = match &client.settings.assertion_audience {
        Some(audience) => vec![audience.clone()],
        None => vec![issuer.as_str().to_owned(), issuer.endpoint(TOKEN)],
    };
    let is_ours = |text: &Value| ours.iter().any(|ours| text == ours);
    match audience {
        Value::Array(audience) => audience.iter().any(is_ours),
        audience => is_ours(audience),
    }
}
