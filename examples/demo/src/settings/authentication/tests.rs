#![allow(clippy::unwrap_used)]

use super::*;
use crate::settings::test_settings::{refusal, settings};

#[test]
fn the_client_authenticates_by_what_is_set() {
    let here = |text| Credential::Literal(Secret::new(text));
    let file = |path: &str| Credential::File(path.into());
    let (secret, secret_file) = (
        ("OIDC_CLIENT_SECRET", "s"),
        ("OIDC_CLIENT_SECRET_FILE", "/s"),
    );
    let (keys, pem, path) = (
        "{\"keys\":[]}",
        "-----BEGIN PRIVATE KEY-----",
        "/run/keys.json",
    );
    let jwks = |value| ("OIDC_CLIENT_JWKS", value);
    let method = |name| ("OIDC_CLIENT_AUTH_METHOD", name);
    for (variables, expected) in [
        (vec![], Authentication::None),
        (vec![method("none")], Authentication::None),
        (vec![secret], Authentication::Secret(here("s"))),
        (vec![secret_file], Authentication::Secret(file("/s"))),
        (
            vec![secret, method("client_secret_basic")],
            Authentication::SecretBasic(here("s")),
        ),
        (
            vec![secret_file, method(" client_secret_post ")],
            Authentication::SecretPost(file("/s")),
        ),
        (
            vec![secret, method("client_secret_jwt")],
            Authentication::SecretJwt(here("s")),
        ),
        (vec![jwks(keys)], Authentication::PrivateKeyJwt(here(keys))),
        (vec![jwks(pem)], Authentication::PrivateKeyJwt(here(pem))),
        (
            vec![jwks(path), method("private_key_jwt")],
            Authentication::PrivateKeyJwt(file(path)),
        ),
    ] {
        let found = settings(&variables).map(|settings| settings.client.authentication);
        assert_eq!(found, Ok(expected), "{variables:?}");
    }
}

/// `openssl pkcs12` writes attributes in front, and an env file may keep its quotes.
#[test]
fn keys_are_taken_for_a_path_only_where_they_can_be_none() {
    for keys in [
        "Bag Attributes\n    localKeyID: 01\n-----BEGIN PRIVATE KEY-----\ns3cret\n",
        "'{\"kty\":\"OKP\",\"d\":\"s3cret\"}'",
        "\"-----BEGIN PRIVATE KEY-----\\ns3cret\"",
        "s3cret\n-----END PRIVATE KEY-----",
    ] {
        let settings = settings(&[("OIDC_CLIENT_JWKS", keys)]).unwrap();
        assert!(!format!("{settings:?}").contains("s3cret"), "{keys}");
    }
}

/// Each refusal names the variable that is meant, the other one, and what to do.
#[test]
fn what_contradicts_itself_is_refused() {
    let keys = (KEYS, "{\"keys\":[\"s3cret\"]}");
    let secret = (SECRET, "s3cret");
    let file = (SECRET_FILE, "/s");
    let method = |name| (METHOD, name);
    for (variables, named, others, to_do) in [
        (vec![secret, keys], KEYS, vec![SECRET], "unset"),
        (vec![file, keys], KEYS, vec![SECRET_FILE], "unset"),
        (
            vec![secret, keys, method("private_key_jwt")],
            KEYS,
            vec![SECRET],
            "unset",
        ),
        (
            vec![secret, keys, method("none")],
            KEYS,
            vec![SECRET],
            "unset",
        ),
        (vec![secret, file], SECRET_FILE, vec![SECRET], "unset"),
        (
            vec![secret, method("none")],
            METHOD,
            vec![SECRET],
            "client_secret_basic",
        ),
        (
            vec![file, method(" none ")],
            METHOD,
            vec![SECRET_FILE],
            "client_secret_basic",
        ),
        (
            vec![keys, method("none")],
            METHOD,
            vec![KEYS],
            "private_key_jwt",
        ),
        (
            vec![keys, method("client_secret_post")],
            METHOD,
            vec![KEYS],
            "private_key_jwt",
        ),
        (
            vec![secret, method("private_key_jwt")],
            METHOD,
            vec![SECRET, "OIDC_CLIENT_JWKS is not set"],
            "client_secret_basic",
        ),
        (
            vec![method("client_secret_jwt")],
            METHOD,
            vec![SECRET, SECRET_FILE],
            "to set that",
        ),
        (
            vec![method("private_key_jwt")],
            METHOD,
            vec![KEYS],
            "to set that",
        ),
    ] {
        let text = refusal(&variables);
        assert!(text.starts_with(&format!("{named} is ")), "{text}");
        for other in others {
            assert!(text.contains(other), "{text} does not name {other}");
        }
        assert!(text.contains(to_do), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn an_audience_without_assertions_is_refused() {
    let secret = (SECRET, "s3cret");
    let post = (METHOD, "client_secret_post");
    for (client, method) in [
        (vec![], "METHOD none makes"),
        (vec![(METHOD, "none")], "METHOD none makes"),
        (vec![secret, post], "METHOD client_secret_post makes"),
    ] {
        let text = refusal(&[&client[..], &[(AUDIENCE, "token_endpoint")]].concat());
        assert!(
            text.starts_with(&format!("{AUDIENCE} is \"token_endpoint\"")),
            "{text}"
        );
        assert!(text.contains(method), "{text}");
        let usual = [&client[..], &[(AUDIENCE, "issuer")]].concat();
        assert!(settings(&usual).is_ok(), "{method}");
    }
}

#[test]
fn an_assertion_is_for_the_issuer_unless_told_otherwise() {
    for (variables, expected) in [
        (vec![], AssertionAudience::Issuer),
        (vec!["issuer"], AssertionAudience::Issuer),
        (vec!["token_endpoint"], AssertionAudience::TokenEndpoint),
        (
            vec!["https://op.example/oauth2"],
            AssertionAudience::Other("https://op.example/oauth2".to_owned()),
        ),
    ] {
        let variables = variables.into_iter().map(|value| (AUDIENCE, value));
        let variables: Vec<_> = variables.chain([(SECRET, "s3cret")]).collect();
        let audience = settings(&variables).unwrap().client.assertion_audience;
        assert_eq!(audience, expected);
    }
}
