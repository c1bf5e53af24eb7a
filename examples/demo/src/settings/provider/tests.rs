#![allow(clippy::unwrap_used)]

use super::*;
use crate::settings::test_settings::{refusal, settings};

const ISSUER: (&str, &str) = ("OIDC_ISSUER", "https://op.example/realms/r");

#[test]
fn only_the_embedded_provider_lies() {
    let bend = ("OIDC_DEV_PROVIDER_BEND", "keys-none");
    let lies = Provider::Embedded {
        port: 5001,
        bend: Some(Bend::KeysNone),
    };
    assert_eq!(settings(&[bend]).unwrap().provider, lies);
    let issuer = ("OIDC_ISSUER", "https://op.example");
    let error = settings(&[bend, issuer]).unwrap_err().to_string();
    assert!(error.contains("unset with OIDC_ISSUER"), "{error}");
}

#[test]
fn the_embedded_provider_stays_on_this_machine() {
    for (name, value) in [
        ("BIND", "0.0.0.0"),
        ("BIND", "::"),
        ("BIND", "192.168.1.2"),
        ("OIDC_ROOT_URL", "https://shop.example/"),
        ("OIDC_ROOT_URL", "http://192.168.1.2:5000/"),
        ("OIDC_ROOT_URL", "http://localhost.evil.example/"),
    ] {
        let text = refusal(&[(name, value)]);
        assert!(text.starts_with(&format!("{name} is {value:?}")), "{text}");
        assert!(text.contains("set OIDC_ISSUER"), "{text}");
        assert!(settings(&[(name, value), ISSUER]).is_ok(), "{name} {value}");
    }
    for (name, value) in [
        ("BIND", "127.0.0.1"),
        ("BIND", "[::1]"),
        ("BIND", "localhost"),
        ("OIDC_ROOT_URL", "http://127.0.0.1:5000/"),
        ("OIDC_ROOT_URL", "http://[::1]:5000/"),
        ("OIDC_ROOT_URL", "http://app.localhost:5000/"),
    ] {
        assert!(settings(&[(name, value)]).is_ok(), "{name} {value}");
    }
}

#[test]
fn the_embedded_provider_is_next_to_the_app_unless_told_otherwise() {
    for (variables, expected) in [
        (&[("PORT", "8000")][..], Ok(8001)),
        (&[("OIDC_DEV_PROVIDER_PORT", "9000")], Ok(9000)),
        (
            &[("PORT", "65535"), ("OIDC_DEV_PROVIDER_PORT", "9000")],
            Ok(9000),
        ),
        (&[("PORT", "65535")], Err("OIDC_DEV_PROVIDER_PORT")),
    ] {
        match (settings(variables), expected) {
            (Ok(settings), Ok(port)) => {
                assert_eq!(settings.provider, Provider::Embedded { port, bend: None });
            }
            (Err(error), Err(named)) => assert!(error.to_string().contains(named), "{error}"),
            (got, _) => panic!("{variables:?}: {got:?}"),
        }
    }
}
