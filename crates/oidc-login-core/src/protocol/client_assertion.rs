//! Client assertions: a signed token in place of a password (`private_key_jwt` and
//! `client_secret_jwt`, [OIDC Core §9], [RFC 7523 §3]).
//!
//! [OIDC Core §9]: https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
//! [RFC 7523 §3]: https://www.rfc-editor.org/rfc/rfc7523.html#section-3

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use time::OffsetDateTime;

use super::{client_key::ClientKey, tokens::ClientSecret};

/// `client_assertion_type` of every assertion here.
pub(crate) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How long an assertion may be used, in seconds: one request.
const LIFETIME: i64 = 60;

/// What an assertion is signed with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signer<'a> {
    /// `private_key_jwt`.
    Key(&'a ClientKey),
    /// `client_secret_jwt`: HS256 with the secret.
    Secret(&'a ClientSecret),
}

/// Whom an assertion is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AssertionAudience {
    /// The provider's issuer. An assertion made for one provider is then worth nothing at another,
    /// whatever endpoints that one names in its metadata.
    #[default]
    Issuer,
    /// The token endpoint, for providers that know only what OpenID Connect Core §9 recommends.
    ///
    /// # Security
    /// The metadata says where the token endpoint is: a provider that names another one's gets
    /// assertions that are good there.
    TokenEndpoint,
}

/// Makes an assertion for one request; `id` must be fresh.
pub(crate) fn sign(
    signer: Signer<'_>,
    client_id: &str,
    audience: &str,
    id: [u8; 16],
    now: OffsetDateTime,
) -> String {
    let now = now.unix_timestamp();
    let header = match signer {
        Signer::Secret(_) => json!({ "alg": "HS256", "typ": "JWT" }),
        Signer::Key(key) => match key.kid() {
            Some(kid) => json!({ "alg": key.algorithm(), "kid": kid, "typ": "JWT" }),
            None => json!({ "alg": key.algorithm(), "typ": "JWT" }),
        },
    };
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": URL_SAFE_NO_PAD.encode(id),
        "iat": now,
        "exp": now.saturating_add(LIFETIME),
    });
    let encode = |json: &serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let input = format!("{}.{}", encode(&header), encode(&claims));
    let signature = match signer {
        Signer::Key(key) => key.sign(input.as_bytes()),
        Signer::Secret(secret) => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.secret().as_bytes());
            hmac::sign(&key, input.as_bytes()).as_ref().to_vec()
        }
    };
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
    use serde_json::Value;

    use super::*;
    use crate::protocol::test_signer::ALL;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-11-21 12:00 UTC);

    fn validation(algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&["https://provider.test"]);
        validation.validate_exp = false;
        validation
    }

    /// Another library verifies what we sign, with every kind of key.
    #[test]
    fn an_assertion_says_who_is_asking_whom_and_for_how_long() {
        for test_key in &ALL {
            let name = test_key.algorithm;
            let key = ClientKey::parse(&test_key.private_pem()).unwrap();
            let key = key.with_algorithm(name).unwrap().with_kid("k1");
            let token = sign(
                Signer::Key(&key),
                "flask-app",
                "https://provider.test",
                [7; 16],
                NOW,
            );
            if name.as_str() == "ES512" {
                continue; // unknown to the other library
            }
            let header = decode_header(&token).unwrap();
            assert_eq!(header.kid.as_deref(), Some("k1"), "{name}");
            assert_eq!(header.typ.as_deref(), Some("JWT"), "{name}");
            let algorithm: Algorithm = name.as_str().parse().unwrap();
            let pem = test_key.public_pem();
            let public = match name.as_str().as_bytes()[0] {
                b'R' | b'P' => DecodingKey::from_rsa_pem(pem.as_bytes()),
                _ if algorithm == Algorithm::EdDSA => DecodingKey::from_ed_pem(pem.as_bytes()),
                _ => DecodingKey::from_ec_pem(pem.as_bytes()),
            };
            let read = decode::<Value>(&token, &public.unwrap(), &validation(algorithm));
            let claims = read.unwrap().claims;
            assert_eq!(claims["iss"], "flask-app", "{name}");
            assert_eq!(claims["sub"], "flask-app", "{name}");
            assert_eq!(claims["jti"], "BwcHBwcHBwcHBwcHBwcHBw", "{name}");
            assert_eq!(claims["iat"], NOW.unix_timestamp(), "{name}");
            assert_eq!(claims["exp"], NOW.unix_timestamp() + 60, "{name}");
        }
    }

    #[test]
    fn a_secret_signs_with_hmac() {
        let secret = ClientSecret::new("}(!]\"\\% a secret");
        let token = sign(
            Signer::Secret(&secret),
            "c",
            "https://provider.test",
            [0; 16],
            NOW,
        );
        let key = DecodingKey::from_secret(secret.secret().as_bytes());
        decode::<Value>(&token, &key, &validation(Algorithm::HS256)).unwrap();
        let other = DecodingKey::from_secret(b"another");
        decode::<Value>(&token, &other, &validation(Algorithm::HS256)).unwrap_err();
    }
}
