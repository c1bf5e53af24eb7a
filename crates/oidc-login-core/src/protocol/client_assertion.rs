//! Client assertions: a signed token in place of a password (`private_key_jwt` and
//! `client_secret_jwt`, [OIDC Core §9], [RFC 7523 §3]).
//!
//! [OIDC Core §9]: https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
//! [RFC 7523 §3]: https://www.rfc-editor.org/rfc/rfc7523.html#section-3

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    client_key::ClientKey,
    tokens::{ClientAssertion, ClientSecretText},
};

/// `client_assertion_type` of every assertion here.
pub(crate) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How long an assertion may be used, in seconds: one request.
const LIFETIME: i64 = 60;

/// What an assertion is signed with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signer<'a> {
    /// `private_key_jwt`.
    Key(&'a ClientKey),
    /// `client_secret_jwt`.
    Secret(&'a ClientSecretText, HmacAlgorithm),
}

/// The algorithm of `client_secret_jwt`, HMAC with the client's secret ([RFC 7518 §3.2]).
///
/// [RFC 7518 §3.2]: https://www.rfc-editor.org/rfc/rfc7518.html#section-3.2
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HmacAlgorithm {
    /// HMAC with SHA-256, which providers take unless they were told otherwise.
    #[default]
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
}

/// One assertion, for one request.
pub(crate) struct Assertion<'a> {
    /// Whose it is: `iss` and `sub`.
    pub(crate) client_id: &'a str,
    /// Whom it is for: `aud`.
    pub(crate) audience: &'a str,
    /// Fresh bytes: `jti`.
    pub(crate) id: [u8; 16],
    /// When it is made: `iat`, and soon after it `exp`.
    pub(crate) now: OffsetDateTime,
}

impl Assertion<'_> {
    pub(crate) fn sign(&self, signer: Signer<'_>) -> ClientAssertion {
        let now = self.now.unix_timestamp();
        let claims = json!({
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience,
            "jti": URL_SAFE_NO_PAD.encode(self.id),
            "iat": now,
            "exp": now.saturating_add(LIFETIME),
        });
        let encode = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let input = format!("{}.{}", encode(&signer.header()), encode(&claims));
        let signature = URL_SAFE_NO_PAD.encode(signer.sign(input.as_bytes()));
        ClientAssertion::new(format!("{input}.{signature}"))
    }
}

impl Signer<'_> {
    fn header(self) -> Value {
        let mut header = match self {
            Self::Secret(_, algorithm) => json!({ "alg": algorithm.as_str() }),
            Self::Key(key) => json!({ "alg": key.algorithm() }),
        };
        header["typ"] = "JWT".into();
        if let Self::Key(key) = self
            && let Some(kid) = key.kid()
        {
            header["kid"] = kid.into();
        }
        header
    }

    fn sign(self, input: &[u8]) -> Vec<u8> {
        match self {
            Self::Key(key) => key.sign(input),
            Self::Secret(secret, algorithm) => {
                let key = hmac::Key::new(algorithm.hmac(), secret.secret().as_bytes());
                hmac::sign(&key, input).as_ref().to_vec()
            }
        }
    }
}

impl HmacAlgorithm {
    /// Every algorithm, the shortest first.
    pub const ALL: &'static [Self] = &[Self::Hs256, Self::Hs384, Self::Hs512];

    /// The name in a JOSE header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
        }
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Hs256 => hmac::HMAC_SHA256,
            Self::Hs384 => hmac::HMAC_SHA384,
            Self::Hs512 => hmac::HMAC_SHA512,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

    use super::*;
    use crate::protocol::{
        client_key::{Choice, ClientKeySet},
        test_signer::ALL,
    };

    const NOW: OffsetDateTime = time::macros::datetime!(2026-11-21 12:00 UTC);

    fn validation(algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&["https://provider.test"]);
        validation.validate_exp = false;
        validation
    }

    fn assertion(client_id: &str) -> Assertion<'_> {
        Assertion {
            client_id,
            audience: "https://provider.test",
            id: [7; 16],
            now: NOW,
        }
    }

    /// Another library verifies what we sign, with every kind of key.
    #[test]
    fn an_assertion_says_who_is_asking_whom_and_for_how_long() {
        for test_key in &ALL {
            let name = test_key.algorithm;
            let choice = Choice {
                kid: Some("k1".to_owned()),
                algorithm: Some(name),
            };
            let keys = ClientKeySet::parse(&test_key.private_pem(), &choice).unwrap();
            let token = assertion("flask-app").sign(Signer::Key(keys.signing()));
            if name.as_str() == "ES512" {
                continue; // unknown to the other library
            }
            let header = decode_header(token.secret()).unwrap();
            assert_eq!(header.kid.as_deref(), Some("k1"), "{name}");
            assert_eq!(header.typ.as_deref(), Some("JWT"), "{name}");
            let algorithm: Algorithm = name.as_str().parse().unwrap();
            let pem = test_key.public_pem();
            let public = match name.as_str().as_bytes()[0] {
                b'R' | b'P' => DecodingKey::from_rsa_pem(pem.as_bytes()),
                _ if algorithm == Algorithm::EdDSA => DecodingKey::from_ed_pem(pem.as_bytes()),
                _ => DecodingKey::from_ec_pem(pem.as_bytes()),
            };
            let read = decode::<Value>(token.secret(), &public.unwrap(), &validation(algorithm));
            let claims = read.unwrap().claims;
            assert_eq!(claims["iss"], "flask-app", "{name}");
            assert_eq!(claims["sub"], "flask-app", "{name}");
            assert_eq!(claims["jti"], "BwcHBwcHBwcHBwcHBwcHBw", "{name}");
            assert_eq!(claims["iat"], NOW.unix_timestamp(), "{name}");
            assert_eq!(claims["exp"], NOW.unix_timestamp() + 60, "{name}");
        }
    }

    #[test]
    fn a_key_without_an_id_is_not_given_one() {
        let keys = ClientKeySet::parse(&ALL[6].private_pem(), &Choice::default()).unwrap();
        let token = assertion("c").sign(Signer::Key(keys.signing()));
        assert_eq!(decode_header(token.secret()).unwrap().kid, None);
    }

    #[test]
    fn a_secret_signs_with_hmac() {
        let secret = ClientSecretText::new("}(!]\"\\% a secret");
        for algorithm in HmacAlgorithm::ALL.iter().copied() {
            let token = assertion("c").sign(Signer::Secret(&secret, algorithm));
            let validation = validation(algorithm.as_str().parse().unwrap());
            let key = DecodingKey::from_secret(secret.secret().as_bytes());
            decode::<Value>(token.secret(), &key, &validation).unwrap();
            let other = DecodingKey::from_secret(b"another");
            decode::<Value>(token.secret(), &other, &validation).unwrap_err();
        }
    }
}
