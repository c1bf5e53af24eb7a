use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://provider.test/realms/a";

fn document() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://provider.test/authorize/",
        "token_endpoint": "https://provider.test/token",
        "jwks_uri": "https://provider.test/jwks",
        "userinfo_endpoint": "https://provider.test/userinfo",
        "end_session_endpoint": "https://provider.test/logout",
        "revocation_endpoint": "https://provider.test/revoke",
        "response_types_supported": ["code", "something new"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "none", "XX999"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "new_method"],
        "authorization_response_iss_parameter_supported": true,
    })
}

fn read(change: impl FnOnce(&mut Value)) -> Result<Metadata, DiscoveryError> {
    let mut document = document();
    change(&mut document);
    Metadata::from_json(document.to_string().as_bytes(), ISSUER, Transport::Https)
}

#[test]
fn a_document_with_unknown_values_is_read() {
    let metadata = read(|_| ()).unwrap();
    assert_eq!(
        metadata.authorization_endpoint.as_str(),
        "https://provider.test/authorize/"
    );
    let userinfo = metadata.userinfo_endpoint.unwrap();
    assert_eq!(userinfo.as_str(), "https://provider.test/userinfo");
    let revocation = metadata.revocation_endpoint.unwrap();
    assert_eq!(revocation.as_str(), "https://provider.test/revoke");
    assert!(metadata.names_issuer_in_response);
    let bare = read(|document| {
        let document = document.as_object_mut().unwrap();
        document.remove("userinfo_endpoint");
        document.remove("end_session_endpoint");
        document.remove("revocation_endpoint");
        document.remove("authorization_response_iss_parameter_supported");
        document.remove("token_endpoint_auth_methods_supported");
    })
    .unwrap();
    assert!(bare.userinfo_endpoint.is_none() && bare.revocation_endpoint.is_none());
    assert!(bare.end_session_endpoint.is_none() && !bare.names_issuer_in_response);
}

/// Seen: lists that are required and missing, empty texts for what is not there.
#[test]
fn what_no_login_needs_may_be_anything() {
    for (member, value) in [
        ("response_types_supported", Value::Null),
        ("subject_types_supported", Value::Null),
        ("id_token_signing_alg_values_supported", json!("RS256")),
        ("service_documentation", json!("")),
        ("op_tos_uri", json!("/terms")),
        ("registration_endpoint", json!("")),
        ("ui_locales_supported", json!("de")),
        ("claims_parameter_supported", json!("yes")),
        ("check_session_iframe", json!(7)),
        ("mtls_endpoint_aliases", json!([])),
        ("token_endpoint_auth_methods_supported", json!("none")),
        ("token_endpoint_auth_methods_supported", json!([7, null])),
        ("userinfo_endpoint", json!("")),
        ("userinfo_endpoint", Value::Null),
        ("end_session_endpoint", json!("")),
        ("revocation_endpoint", json!("")),
        ("require_pushed_authorization_requests", Value::Null),
        (
            "authorization_response_iss_parameter_supported",
            Value::Null,
        ),
    ] {
        let read = read(|document| document[member] = value.clone());
        assert!(read.is_ok(), "{member} {value}: {:?}", read.err());
    }
    let metadata = read(|document| document["userinfo_endpoint"] = json!("")).unwrap();
    assert!(metadata.userinfo_endpoint.is_none());
}

#[test]
fn a_document_that_cannot_be_used_says_why() {
    for (name, change, expected) in [
        (
            "other issuer",
            ("issuer", json!("https://evil.test")),
            "issuer is `https://evil.test`",
        ),
        (
            "a slash more",
            ("issuer", json!("https://provider.test/realms/a/")),
            "issuer is",
        ),
        (
            "no token endpoint",
            ("token_endpoint", Value::Null),
            "token_endpoint",
        ),
        (
            "http",
            ("token_endpoint", json!("http://provider.test/token")),
            "not https",
        ),
        (
            "http jwks",
            ("jwks_uri", json!("http://provider.test/jwks")),
            "not https",
        ),
        (
            "http userinfo",
            ("userinfo_endpoint", json!("http://provider.test/userinfo")),
            "not https",
        ),
        (
            "http PAR",
            (
                "pushed_authorization_request_endpoint",
                json!("http://provider.test/par"),
            ),
            "not https",
        ),
        (
            "http revocation",
            ("revocation_endpoint", json!("http://provider.test/r")),
            "not https",
        ),
        (
            "script",
            ("authorization_endpoint", json!("javascript:alert(1)")),
            "not https",
        ),
        (
            "too long for a request",
            (
                "token_endpoint",
                json!(format!("https://provider.test/{}", "a".repeat(70_000))),
            ),
            "no address to send a request to",
        ),
        ("no jwks", ("jwks_uri", Value::Null), "names no jwks_uri"),
        (
            "no authorization endpoint",
            ("authorization_endpoint", json!("")),
            "names no authorization_endpoint",
        ),
        ("no issuer", ("issuer", json!(7)), "names no issuer"),
        (
            "no address",
            ("end_session_endpoint", json!("/logout")),
            "end_session_endpoint is `/logout`, which is no address",
        ),
        (
            "a number",
            ("userinfo_endpoint", json!(7)),
            "userinfo_endpoint is of the wrong type",
        ),
        (
            "a name and a password",
            ("token_endpoint", json!("https://a:b@provider.test/token")),
            "no address to send a request to",
        ),
        (
            "yes in words",
            ("require_pushed_authorization_requests", json!("true")),
            "require_pushed_authorization_requests is of the wrong type",
        ),
    ] {
        let error = read(|document| document[change.0] = change.1.clone()).unwrap_err();
        assert!(error.to_string().contains(expected), "{name}: {error}");
    }
    assert!(Metadata::from_json(b"<html>", ISSUER, Transport::Https).is_err());
}

#[test]
fn the_ways_of_authentication_are_kept_as_written() {
    let methods = |methods: Value| {
        let change = |document: &mut Value| {
            document["token_endpoint_auth_methods_supported"] = methods;
        };
        read(change).unwrap().auth_methods
    };
    let listed = ["client_secret_post", "new_method"];
    assert_eq!(methods(json!(listed)), AuthMethods::new(Some(listed)));
    assert_eq!(methods(Value::Null), AuthMethods::default());
}

#[test]
fn plain_http_is_for_where_it_is_allowed() {
    use Transport::{HttpAnywhere, HttpOnLoopback, Https};
    for (transport, endpoint, is_allowed) in [
        (Https, "http://localhost:1/t", false),
        (HttpOnLoopback, "http://localhost:1/t", true),
        (HttpOnLoopback, "http://[::1]:1/t", true),
        (HttpOnLoopback, "http://keycloak:8080/t", false),
        (HttpAnywhere, "http://keycloak:8080/t", true),
        (HttpAnywhere, "ftp://keycloak/t", false),
    ] {
        let mut document = document();
        document["token_endpoint"] = json!(endpoint);
        let json = document.to_string();
        let read = Metadata::from_json(json.as_bytes(), ISSUER, transport);
        assert_eq!(read.is_ok(), is_allowed, "{transport:?} {endpoint}");
    }
}

#[test]
fn the_discovery_url_has_one_slash() {
    for (issuer, expected) in [
        (
            "https://a.test",
            "https://a.test/.well-known/openid-configuration",
        ),
        (
            "https://a.test/",
            "https://a.test/.well-known/openid-configuration",
        ),
        (
            "https://a.test/r",
            "https://a.test/r/.well-known/openid-configuration",
        ),
        (
            "https://a.test/r/",
            "https://a.test/r/.well-known/openid-configuration",
        ),
    ] {
        assert_eq!(Metadata::discovery_url(issuer), expected);
    }
}
