//! `private_key_jwt` and `client_secret_jwt`: another library signs, and each defect alone is refused.

use std::sync::LazyLock;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use oidc_login_dev_provider::{Client, ClientAuthentication};
use serde_json::{Value, json};

use crate::support::*;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SECRET: &str = "a secret that is 32 bytes long!!";

struct Key {
    private: EncodingKey,
    jwk: Value,
}

fn key() -> Key {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Key {
        jwk: json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y), "kid": "k1" }),
        private: EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref()),
    }
}

static OURS: LazyLock<Key> = LazyLock::new(key);

fn jwks() -> String {
    json!({ "keys": [OURS.jwk] }).to_string()
}

fn by_key() -> Client {
    Client::with_public_keys("app", jwks()).valid_redirect_uris([CALLBACK])
}

fn by_secret() -> Client {
    Client::confidential("app", SECRET).valid_redirect_uris([CALLBACK])
}

/// An assertion and the form around it, honest until a case changes it.
struct Case {
    header: Header,
    key: EncodingKey,
    claims: Value,
    form: Form,
}

impl Case {
    fn new(algorithm: Algorithm, key: EncodingKey) -> Self {
        let mut header = Header::new(algorithm);
        header.kid = Some("k1".to_owned());
        Self {
            header,
            key,
            claims: json!({
                "iss": "app", "sub": "app", "aud": ISSUER, "jti": "1",
                "iat": START, "exp": START + 60,
            }),
            form: form([("client_assertion_type", TYPE)]),
        }
    }

    fn with_secret(algorithm: Algorithm, secret: &[u8]) -> Self {
        Self::new(algorithm, EncodingKey::from_secret(secret))
    }

    fn with_our_key() -> Self {
        Self::new(Algorithm::ES256, OURS.private.clone())
    }

    async fn post(&self, world: &World) -> Answer {
        let mut world = world.another_browser();
        let mut request = authorization();
        request.insert("client_id", "app".into());
        let mut exchange = exchange(&world.code(&request, "alice").await);
        exchange.remove("client_id");
        exchange.extend(self.form.clone());
        if !exchange.contains_key("client_assertion") {
            let assertion = encode(&self.header, &self.claims, &self.key).unwrap();
            exchange.insert("client_assertion", assertion);
        }
        world.send(post("/token", &exchange)).await
    }
}

fn changed(name: &str, value: Value) -> Case {
    let mut case = Case::with_our_key();
    case.claims[name] = value;
    case
}

fn in_form(name: &'static str, value: &str) -> Case {
    let mut case = Case::with_our_key();
    case.form.insert(name, value.to_owned());
    case
}

#[tokio::test]
async fn an_assertion_is_checked_in_every_point() {
    let no_kid = || {
        let mut case = Case::with_our_key();
        case.header.kid = None;
        case
    };
    let other_kid = || {
        let mut case = Case::with_our_key();
        case.header.kid = Some("k2".to_owned());
        case
    };
    let token_endpoint = format!("{ISSUER}/token");
    let unsigned = {
        let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let claims = part(Case::with_our_key().claims);
        format!("{}.{claims}.", part(json!({ "alg": "none" })))
    };
    for (name, case, status) in vec![
        ("honest", Case::with_our_key(), 200),
        ("without kid", no_kid(), 200),
        ("with its client_id", in_form("client_id", "app"), 200),
        (
            "for the token endpoint",
            changed("aud", json!(token_endpoint)),
            200,
        ),
        (
            "for several",
            changed("aud", json!(["https://a.test", ISSUER])),
            200,
        ),
        ("without iat", changed("iat", Value::Null), 200),
        ("another client_id", in_form("client_id", "web"), 400),
        ("and a secret", in_form("client_secret", SECRET), 400),
        (
            "another type",
            in_form("client_assertion_type", "urn:x"),
            401,
        ),
        ("no JWT", in_form("client_assertion", "a.b.c"), 401),
        ("not signed", in_form("client_assertion", &unsigned), 401),
        ("another kid", other_kid(), 401),
        (
            "another key",
            Case::new(Algorithm::ES256, key().private),
            401,
        ),
        (
            "HMAC with the public keys",
            Case::with_secret(Algorithm::HS256, jwks().as_bytes()),
            401,
        ),
        ("another client", changed("sub", json!("web")), 401),
        ("an unknown client", changed("sub", json!("nobody")), 401),
        ("no sub", changed("sub", Value::Null), 401),
        ("another issuer", changed("iss", json!("web")), 401),
        ("for another", changed("aud", json!("https://a.test")), 401),
        ("for nobody", changed("aud", Value::Null), 401),
        ("expired", changed("exp", json!(START)), 401),
        ("for ever", changed("exp", json!(START + 301)), 401),
        ("no exp", changed("exp", Value::Null), 401),
        ("exp as text", changed("exp", json!("1800000060")), 401),
        ("from the future", changed("iat", json!(START + 1)), 401),
        ("no jti", changed("jti", Value::Null), 401),
    ] {
        let world = World::with(|builder| builder.client(by_key()));
        let answer = case.post(&world).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.body);
    }
}

#[tokio::test]
async fn each_client_has_its_ways() {
    let secret = |algorithm| Case::with_secret(algorithm, SECRET.as_bytes());
    let by_jwt = || by_secret().client_authentication(ClientAuthentication::SecretJwt);
    let post = || {
        let mut case = Case::with_our_key();
        case.form = form([("client_id", "app"), ("client_secret", SECRET)]);
        case.form.insert("client_assertion", String::new());
        case
    };
    for (name, client, case, status) in [
        ("HS256", by_secret(), secret(Algorithm::HS256), 200),
        ("HS384", by_secret(), secret(Algorithm::HS384), 200),
        ("HS512", by_jwt(), secret(Algorithm::HS512), 200),
        (
            "another secret",
            by_secret(),
            Case::with_secret(Algorithm::HS256, b"another"),
            401,
        ),
        (
            "a key where there is none",
            by_secret(),
            Case::with_our_key(),
            401,
        ),
        ("a secret where there is none", by_key(), post(), 401),
        (
            "the secret itself, where it must sign",
            by_jwt(),
            post(),
            401,
        ),
        (
            "an assertion where the secret must come",
            by_secret().client_authentication(ClientAuthentication::SecretPost),
            secret(Algorithm::HS256),
            401,
        ),
        (
            "another algorithm than registered",
            by_key().assertion_algorithm("PS256"),
            Case::with_our_key(),
            401,
        ),
        (
            "another audience than registered",
            by_key().assertion_audience("https://op.test"),
            Case::with_our_key(),
            401,
        ),
        (
            "a public client",
            Client::public("app").valid_redirect_uris([CALLBACK]),
            Case::with_our_key(),
            401,
        ),
    ] {
        let world = World::with(|builder| builder.client(client));
        let answer = case.post(&world).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.body);
    }
}

#[tokio::test]
async fn an_assertion_is_good_once() {
    let world = World::with(|builder| builder.client(by_key()));
    let case = Case::with_our_key();
    assert_eq!(case.post(&world).await.status, 200);
    let again = case.post(&world).await;
    assert_eq!(again.status, 401);
    assert!(again.body.contains("used before"), "{}", again.body);
    assert_eq!(changed("jti", json!("2")).post(&world).await.status, 200);
}
