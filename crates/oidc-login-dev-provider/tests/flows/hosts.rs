//! The provider answers under its own name only.

use axum::body::Body;
use http::{Request, StatusCode, header};
use oidc_login_dev_provider::DevProvider;
use tower::ServiceExt;

use crate::support::*;

#[tokio::test]
async fn only_the_issuers_host_is_answered() {
    let cases = [
        (
            "its own",
            "/realms/dev/jwks",
            Some("localhost:5001"),
            StatusCode::OK,
        ),
        (
            "rebound name",
            "/realms/dev/jwks",
            Some("evil.test:5001"),
            StatusCode::MISDIRECTED_REQUEST,
        ),
        (
            "other loopback name",
            "/realms/dev/jwks",
            Some("127.0.0.1:5001"),
            StatusCode::MISDIRECTED_REQUEST,
        ),
        (
            "other port",
            "/realms/dev/jwks",
            Some("localhost"),
            StatusCode::MISDIRECTED_REQUEST,
        ),
        (
            "none",
            "/realms/dev/jwks",
            None,
            StatusCode::MISDIRECTED_REQUEST,
        ),
        (
            "absolute form",
            "http://localhost:5001/realms/dev/jwks",
            Some("localhost:5001"),
            StatusCode::OK,
        ),
        (
            "foreign absolute form",
            "http://evil.test/realms/dev/jwks",
            Some("localhost:5001"),
            StatusCode::MISDIRECTED_REQUEST,
        ),
        (
            "nothing there",
            "/",
            Some("localhost:5001"),
            StatusCode::NOT_FOUND,
        ),
        (
            "nothing there on a foreign host",
            "/",
            Some("evil.test"),
            StatusCode::MISDIRECTED_REQUEST,
        ),
    ];
    for (name, target, host, expected) in cases {
        let mut request = Request::get(target).body(Body::empty()).unwrap();
        if let Some(host) = host {
            request
                .headers_mut()
                .insert(header::HOST, host.parse().unwrap());
        }
        assert_eq!(World::new().send(request).await.status, expected, "{name}");
    }
}

#[tokio::test]
async fn discovery_names_endpoints_below_the_issuer() {
    for (issuer, base) in [
        ("http://localhost:5001", "http://localhost:5001"),
        ("http://localhost:5001/", "http://localhost:5001"),
        (
            "http://localhost:5001/realms/dev/",
            "http://localhost:5001/realms/dev",
        ),
        ("https://login.example.test", "https://login.example.test"),
    ] {
        let provider = DevProvider::builder()
            .issuer(issuer)
            .client(public_client())
            .keys(KEYS.clone())
            .build()
            .unwrap();
        let request = Request::get(format!("{base}/.well-known/openid-configuration"))
            .body(Body::empty())
            .unwrap();
        let response = provider.router().oneshot(request).await.unwrap();
        let body = http_body_util::BodyExt::collect(response.into_body())
            .await
            .unwrap()
            .to_bytes();
        let metadata: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(metadata["issuer"], issuer);
        assert_eq!(
            metadata["authorization_response_iss_parameter_supported"],
            true
        );
        for (name, path) in [
            ("authorization_endpoint", "/authorize"),
            ("token_endpoint", "/token"),
            ("userinfo_endpoint", "/userinfo"),
            ("jwks_uri", "/jwks"),
            ("end_session_endpoint", "/end-session"),
        ] {
            assert_eq!(metadata[name], format!("{base}{path}"));
        }
    }
}
