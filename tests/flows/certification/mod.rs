//! The relying-party modules of the OpenID Foundation's conformance suite, each by its name: what its
//! provider sends is sent here, and the app must do what the module wants.
//!
//! The app is the tutorial's, with a secret and every default. `tests/COVERAGE.md` lists the modules.

mod basic;
mod config;
mod logout;
mod refresh;

use oidc_login::{
    ClientAuthentication, ClientSecret, LoginErrorKind as Kind, RelyingPartyBuilder,
    config::ClientConfigBuilder,
};
use oidc_login_tests::hostile::{HostileProvider, HostileWorld, IdToken, Key};
use serde_json::{Value, json};

/// A module's name after `oidcc-client-test`, what its provider does, and why the user does not get
/// in, if the module wants that.
type Module = (&'static str, fn(&HostileProvider), Option<Kind>);

fn world() -> HostileWorld {
    let world = HostileWorld::with(client, |relying_party| relying_party);
    behave(&world.provider);
    world
}

/// The client as it is registered with the suite.
fn client(client: ClientConfigBuilder) -> ClientConfigBuilder {
    let secret = ClientSecret::new("a-secret-of-the-suite");
    let authentication = ClientAuthentication::ClientSecretBasic(secret);
    client.client("flask-app", authentication)
}

fn as_is(
    relying_party: RelyingPartyBuilder,
    _: &oidc_login_tests::clock::HandClock,
) -> RelyingPartyBuilder {
    relying_party
}

/// What the suite's provider does in every module: RS256 by one of many keys, an ID token without a
/// name, everything about the user at userinfo, and metadata that lists much.
fn behave(provider: &HostileProvider) {
    rotate(provider, Key::rsa("rs256-1", 0));
    provider.bend_metadata(describe);
    bend_id_token(provider, |_| ());
    offer_userinfo(provider, |_| ());
}

/// Signs with this key, and publishes it among others.
fn rotate(provider: &HostileProvider, key: Key) {
    let own = key.jwk();
    provider.rotate(key);
    provider.publish(key_set(own, "for another"));
}

/// A key that signs, keys that could, keys of curves nobody here knows, and keys for encryption.
fn key_set(own: Value, other: &str) -> Vec<Value> {
    let for_encryption = |mut key: Value, algorithm: &str| {
        key["use"] = json!("enc");
        key["alg"] = json!(algorithm);
        key
    };
    vec![
        Key::rsa(other, 2).jwk(),
        own,
        Key::new("es256").jwk(),
        json!({ "kty": "EC", "crv": "secp256k1", "use": "sig", "kid": "es256k",
            "x": "ef7ZO5MtMbgXXVjz7mcdi5wqdS-xW3QxEs9ioZG7TNw",
            "y": "RZJ07VsTtzYVWTmnMXEgBbtm3JYGLUkEw3bCPFzyWRA" }),
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "eddsa",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
        for_encryption(Key::rsa("rsa-oaep", 2).jwk(), "RSA-OAEP"),
        for_encryption(Key::new("ecdh-es").jwk(), "ECDH-ES"),
    ]
}

/// The same keys, without the names and algorithms of those that sign.
fn nameless(mut keys: Vec<Value>) -> Vec<Value> {
    for key in keys.iter_mut().filter(|key| key["use"] == "sig") {
        let key = key.as_object_mut().expect("an object");
        key.retain(|name, _| name != "kid" && name != "alg");
    }
    keys
}

fn describe(metadata: &mut Value) {
    for (member, value) in [
        (
            "scopes_supported",
            json!(["openid", "phone", "email", "offline_access"]),
        ),
        (
            "response_types_supported",
            json!(["code", "id_token code", "token code id_token"]),
        ),
        (
            "response_modes_supported",
            json!(["query", "fragment", "form_post"]),
        ),
        (
            "grant_types_supported",
            json!(["authorization_code", "implicit", "refresh_token"]),
        ),
        (
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_basic"]),
        ),
        (
            "claim_types_supported",
            json!(["normal", "aggregated", "distributed"]),
        ),
        ("claims_parameter_supported", json!(true)),
        ("acr_values_supported", json!(["PASSWORD"])),
        ("subject_types_supported", json!(["public", "pairwise"])),
        (
            "id_token_signing_alg_values_supported",
            json!(["none", "RS256", "ES256K", "Ed25519"]),
        ),
        (
            "id_token_encryption_alg_values_supported",
            json!(["RSA-OAEP-512", "ECDH-1PU", "dir"]),
        ),
        (
            "id_token_encryption_enc_values_supported",
            json!(["A128CBC+HS256", "XC20P"]),
        ),
        (
            "userinfo_signing_alg_values_supported",
            json!(["none", "ES256K"]),
        ),
        (
            "request_object_signing_alg_values_supported",
            json!(["none", "RS256"]),
        ),
        (
            "check_session_iframe",
            json!("http://localhost:5001/check_session_iframe"),
        ),
        (
            "registration_endpoint",
            json!("http://localhost:5001/register"),
        ),
        ("frontchannel_logout_supported", json!(true)),
        ("backchannel_logout_session_supported", json!(true)),
        (
            "authorization_response_iss_parameter_supported",
            json!(false),
        ),
    ] {
        metadata[member] = value;
    }
}

fn bend_id_token(provider: &HostileProvider, bend: fn(&mut IdToken)) {
    provider.bend_id_token(move |token| {
        token.without("preferred_username");
        bend(token);
    });
}

fn offer_userinfo(provider: &HostileProvider, bend: fn(&mut Value)) {
    provider.offer_userinfo(move |claims| {
        let all = json!({
            "name": "Demo T. User", "given_name": "Demo", "family_name": "User", "nickname": "Dee",
            "preferred_username": "alice", "gender": "female", "birthdate": "2000-02-03",
            "zoneinfo": "America/Los_Angeles", "locale": "en-US", "updated_at": 1_580_000_000,
            "email": "user@example.com", "email_verified": false,
            "phone_number": "+1 555 5550000", "phone_number_verified": false,
            "address": { "street_address": "100 Universal City Plaza", "country": "USA" },
        });
        for (name, value) in all.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        bend(claims);
    });
}
