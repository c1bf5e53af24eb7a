#![allow(clippy::unwrap_used)]

use oidc_login::{
    FrontchannelLogout, PushedAuthorizationRequests, ResponseMode, UserInfo, config::RedirectUri,
    protocol::SigningAlgorithm,
};

use super::{
    test_settings::{refusal, settings},
    *,
};

#[test]
fn nothing_set_is_the_tutorials_app_with_the_embedded_provider() {
    let settings = settings(&[("HOME", "/root"), ("OIDC", "not ours")]).unwrap();
    assert_eq!(settings.listen.bind, Bind::Loopback);
    assert_eq!(settings.listen.port, 5000);
    assert_eq!(settings.root_url, "http://localhost:5000/");
    assert_eq!(
        settings.provider,
        Provider::Embedded {
            port: 5001,
            bend: None
        }
    );
    assert_eq!(settings.client.id, "flask-app");
    assert_eq!(settings.client.authentication, Authentication::None);
    assert_eq!(settings.client.valid_redirect_uris, ["/*"]);
    assert_eq!(settings.client.valid_post_logout_redirect_uris, ["+"]);
    assert_eq!(settings.client.redirect_uri, RedirectUri::Fixed);
    assert_eq!(settings.client.scopes, ["openid", "email", "profile"]);
    assert_eq!(settings.client.auth_params, []);
    assert_eq!(settings.client.id_token_signing_algs, None);
    assert_eq!(settings.client.userinfo, UserInfo::Auto);
    assert_eq!(settings.ca_file, None);
    assert!(settings.trusted_proxies.is_empty());
    assert_eq!(settings.session_secret, None);
    assert_eq!(settings.session_store, SessionStore::Memory);
    assert!(settings.login_cache_time.is_zero());
    assert_eq!(settings.resource_url, None);
    assert_eq!(settings.strong_acr, ["2"]);
    assert_eq!(settings.silent_login, SilentLogin::Off);
}

#[test]
fn every_variable_reaches_its_setting() {
    let settings = settings(&[
        ("OIDC_ISSUER", "https://op.example/realms/r/"),
        ("OIDC_CLIENT_ID", "shop"),
        ("OIDC_CLIENT_SECRET", "s3cret"),
        ("OIDC_CLIENT_AUTH_METHOD", "client_secret_post"),
        ("OIDC_ROOT_URL", "https://shop.example/"),
        (
            "OIDC_VALID_REDIRECT_URIS",
            "/auth/* https://b.example/auth/*",
        ),
        ("OIDC_VALID_POST_LOGOUT_REDIRECT_URIS", "-"),
        ("OIDC_SCOPES", "openid  roles"),
        ("OIDC_AUTH_PARAMS", "ui_locales=de%20en&prompt=login"),
        ("OIDC_ID_TOKEN_SIGNING_ALGS", "ES256 PS256"),
        ("OIDC_CA_FILE", "/etc/ca.pem"),
        ("OIDC_TRUSTED_PROXIES", "10.0.0.0/8 ::1"),
        ("OIDC_SESSION_SECRET", "new old"),
        ("OIDC_REDIRECT_URI", "from-host"),
        ("OIDC_PAR", "never"),
        ("OIDC_LOGOUT_TOKEN_SIGNING_ALGS", "EdDSA"),
        ("OIDC_RESPONSE_MODE", "form_post"),
        ("OIDC_FRONTCHANNEL_LOGOUT", "on"),
        ("OIDC_USERINFO", "off"),
        ("OIDC_SESSION_STORE", "redis://u:p@h"),
        ("OIDC_LOGIN_CACHE_SECONDS", "5"),
        ("OIDC_RESOURCE_URL", "https://api.example/orders"),
        ("OIDC_STRONG_ACR", "gold  silver"),
        ("OIDC_SILENT_LOGIN", "on"),
        ("BIND", "[::]"),
        ("PORT", "8000"),
    ])
    .unwrap();
    assert_eq!(settings.listen.bind, Bind::Address("::".parse().unwrap()));
    assert_eq!(settings.listen.port, 8000);
    assert_eq!(settings.root_url, "https://shop.example/");
    let issuer = "https://op.example/realms/r/".to_owned();
    assert_eq!(settings.provider, Provider::Issuer(issuer));
    let client = &settings.client;
    assert_eq!(client.id, "shop");
    let secret = Credential::Literal(Secret::new("s3cret"));
    assert_eq!(client.authentication, Authentication::SecretPost(secret));
    assert_eq!(
        client.valid_redirect_uris,
        ["/auth/*", "https://b.example/auth/*"]
    );
    assert_eq!(client.valid_post_logout_redirect_uris, ["-"]);
    assert_eq!(client.redirect_uri, RedirectUri::FromHost);
    assert_eq!(client.pushed_requests, PushedAuthorizationRequests::Never);
    assert_eq!(client.scopes, ["openid", "roles"]);
    let params = [("ui_locales", "de en"), ("prompt", "login")];
    assert_eq!(
        client.auth_params,
        params.map(|(n, v)| (n.to_owned(), v.to_owned()))
    );
    let algs = [SigningAlgorithm::Es256, SigningAlgorithm::Ps256];
    assert_eq!(client.id_token_signing_algs, Some(algs.to_vec()));
    let algs = vec![SigningAlgorithm::EdDsa];
    assert_eq!(client.logout_token_signing_algs, Some(algs));
    assert_eq!(client.response_mode, ResponseMode::FormPost);
    assert_eq!(client.userinfo, UserInfo::Off);
    assert_eq!(client.frontchannel_logout, FrontchannelLogout::On);
    assert_eq!(settings.ca_file, Some("/etc/ca.pem".into()));
    assert_eq!(settings.trusted_proxies, ["10.0.0.0/8", "::1"]);
    let SessionStore::Redis(address) = &settings.session_store else {
        panic!("{:?}", settings.session_store);
    };
    assert_eq!(address.secret(), "redis://u:p@h");
    assert!(!format!("{settings:?}").contains("u:p"));
    assert_eq!(settings.login_cache_time.as_secs(), 5);
    assert_eq!(settings.session_secret.unwrap().secret(), "new old");
    let resource = settings.resource_url.as_deref();
    assert_eq!(resource, Some("https://api.example/orders"));
    assert_eq!(settings.strong_acr, ["gold", "silver"]);
    assert_eq!(settings.silent_login, SilentLogin::OnVisits);
}

#[test]
fn a_redirect_uri_can_be_spelled_out() {
    let uri = "http://localhost:5000/oidc/callback";
    let settings = settings(&[("OIDC_REDIRECT_URI", uri)]).unwrap();
    assert_eq!(
        settings.client.redirect_uri,
        RedirectUri::Uri(uri.to_owned())
    );
}

#[test]
fn a_refusal_names_variable_value_and_what_is_allowed() {
    for (name, value, allowed) in [
        ("PORT", "5000x", "1 to 65535"),
        ("PORT", "0", "1 to 65535"),
        ("PORT", "65536", "1 to 65535"),
        ("BIND", "example.org", "IP address"),
        ("BIND", "[::1", "IP address"),
        (
            "OIDC_DEV_PROVIDER_BEND",
            "id-token-nonse",
            "id-token-nonce, ",
        ),
        ("OIDC_DEV_PROVIDER_PORT", "-1", "1 to 65535"),
        ("OIDC_DEV_PROVIDER_PORT", "5000", "another port than PORT"),
        ("OIDC_SILENT_LOGIN", "yes", "on or off"),
        ("OIDC_ISSUER", "op.example", "https://"),
        ("OIDC_ISSUER", "file:///etc/passwd", "https://"),
        ("OIDC_ROOT_URL", "localhost:5000", "https://"),
        (
            "OIDC_CLIENT_AUTH_METHOD",
            "private_key_jwt",
            "OIDC_CLIENT_JWKS is not set",
        ),
        (
            "OIDC_CLIENT_AUTH_METHOD",
            "tls_client_auth",
            "client_secret_basic, client_secret_post, client_secret_jwt or private_key_jwt",
        ),
        (
            "OIDC_CLIENT_AUTH_METHOD",
            "client_secret_basic",
            "OIDC_CLIENT_SECRET is not set",
        ),
        (
            "OIDC_REDIRECT_URI",
            "callback",
            "fixed, from-host, or an address",
        ),
        ("OIDC_ID_TOKEN_SIGNING_ALGS", "RS256 none", "RS256 RS384"),
        ("OIDC_ID_TOKEN_SIGNING_ALGS", "HS256", "RS256 RS384"),
        ("OIDC_LOGOUT_TOKEN_SIGNING_ALGS", "none", "RS256 RS384"),
        ("OIDC_RESPONSE_MODE", "fragment", "query or form_post"),
        ("OIDC_PAR", "yes", "auto, required or never"),
        ("OIDC_USERINFO", "on", "auto, always or off"),
        ("OIDC_FRONTCHANNEL_LOGOUT", "true", "on or off"),
        ("OIDC_AUTH_PARAMS", "prompt", "query string"),
        ("OIDC_AUTH_PARAMS", "=x", "query string"),
        ("OIDC_AUTH_PARAMS", "&", "query string"),
    ] {
        let text = refusal(&[(name, value)]);
        assert!(
            text.starts_with(&format!("{name} is {value:?}, allowed: ")),
            "{text}"
        );
        assert!(text.contains(allowed), "{text}");
    }
}

#[test]
fn no_secret_is_printed() {
    let settings = settings(&[
        ("OIDC_CLIENT_SECRET", "s3cret-client"),
        ("OIDC_SESSION_SECRET", "s3cret-session"),
    ])
    .unwrap();
    assert!(!format!("{settings:?}").contains("s3cret"));
}
