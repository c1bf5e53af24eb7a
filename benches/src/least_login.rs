//! The least that a callback can do with the provider's answer: what every relying party pays.

use std::hint::black_box;

use aws_lc_rs::{digest, rand, signature::ParsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc_login::Login;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    signature::public_key,
    world::{ISSUER, OneClient},
};

/// The token endpoint's answer to a login, and the provider's key made ready.
///
/// It reads the answer, checks the ID token and draws a session's id. No state, no nonce, no cookies, no
/// request to the token endpoint, no session that is kept.
pub struct LeastLogin {
    key: ParsedPublicKey,
    client_id: String,
    answer: Vec<u8>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    access_token: &'a str,
    id_token: &'a str,
}

#[derive(Deserialize)]
struct Header<'a> {
    alg: &'a str,
}

impl LeastLogin {
    /// The same tokens as those of a login of this client.
    ///
    /// # Panics
    /// When the key is not among the keys.
    pub fn of(client: OneClient, login: &Login, jwks: &[u8]) -> Self {
        let answer = json!({
            "access_token": login.access_token().secret(),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": login.id_token().secret(),
        });
        Self {
            key: public_key(client, jwks),
            client_id: login.client_id().to_owned(),
            answer: answer.to_string().into_bytes(),
        }
    }

    /// Signs in: a session's id, and who it is for.
    ///
    /// # Panics
    /// When anything is not right.
    pub fn sign_in(&self) -> (String, Map<String, Value>) {
        let answer: Answer<'_> =
            serde_json::from_slice(black_box(&self.answer)).expect("the token endpoint's answer");
        let (input, signature) = answer.id_token.rsplit_once('.').expect("a token");
        let (header, payload) = input.split_once('.').expect("a token");
        let (header, payload) = (decoded(header), decoded(payload));
        let header: Header<'_> = serde_json::from_slice(&header).expect("a header");
        assert!(matches!(header.alg, "RS256" | "ES256"), "{}", header.alg);
        let good = self.key.verify_sig(input.as_bytes(), &decoded(signature));
        good.expect("a good signature");
        let claims: Map<String, Value> = serde_json::from_slice(&payload).expect("claims");
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["aud"], self.client_id);
        let hash = digest::digest(&digest::SHA256, answer.access_token.as_bytes());
        let at_hash = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]);
        assert_eq!(claims["at_hash"], at_hash);
        let mut id = [0; 32];
        rand::fill(&mut id).expect("random bytes");
        (URL_SAFE_NO_PAD.encode(id), claims)
    }
}

fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).expect("base64url")
}
