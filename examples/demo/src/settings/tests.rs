#![allow(clippy::unwrap_used)]

use oidc_login::{
    FrontchannelLogout, PushedAuthorizationRequests, ResponseMode, UserInfo,
    config::{AssertionAudience, RedirectUri},
    protocol::SigningAlgorithm,
};

use super::*;

fn settings(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::from(
        variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    )
}

fn refusal(variables: &[(&str, &str)]) -> String {
    settings(variables).unwrap_err().to_string()
}

const ISSUER: (&str, &str) = ("OIDC_ISSUER", "https://op.example/realms/r");

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
fn a_variable_set_to_nothing_is_unset() {
    let empty = [
        ("OIDC_CLIENT_SECRET", ""),
        ("PORT", " "),
        ("OIDC_CONFIG", ""),
    ];
    assert_eq!(settings(&empty).unwrap(), settings(&[]).unwrap());
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
fn what_the_demo_cannot_do_yet_is_refused_and_not_ignored() {
    for (name, value, allowed) in [
        (
            "OIDC_CLIENT_SECRETS",
            "client_secrets.json",
            "to leave it unset",
        ),
        ("OIDC_CONFIG", "oidc.toml", "to leave it unset"),
        ("OIDC_DYNAMIC_REGISTRATION", "1", "to leave it unset"),
        ("OIDC_WEBFINGER", "alice@example.org", "to leave it unset"),
        ("OIDC_WEB_ORIGINS", "+", "to leave it unset"),
    ] {
        let text = refusal(&[(name, value)]);
        assert!(
            text.starts_with(&format!("{name} is {value:?}, allowed: {allowed}")),
            "{text}"
        );
        assert!(text.contains("not supported yet"), "{text}");
    }
    let text = refusal(&[("OIDC_SESSION_STORE", "postgres://u:p@h")]);
    assert!(
        text.starts_with("OIDC_SESSION_STORE is \"[redacted]\""),
        "{text}"
    );
    assert!(text.contains("not supported yet"), "{text}");
}

#[test]
fn a_secret_and_the_method_none_contradict_each_other() {
    let text = refusal(&[
        ("OIDC_CLIENT_SECRET", "s3cret"),
        ("OIDC_CLIENT_AUTH_METHOD", "none"),
    ]);
    assert!(text.contains("as OIDC_CLIENT_SECRET is set"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

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

#[test]
fn what_contradicts_itself_is_refused() {
    let jwks = ("OIDC_CLIENT_JWKS", "{\"keys\":[\"s3cret\"]}");
    let secret = ("OIDC_CLIENT_SECRET", "s3cret");
    let method = |name| ("OIDC_CLIENT_AUTH_METHOD", name);
    for (variables, allowed) in [
        (vec![secret, jwks], "not both"),
        (vec![secret, jwks, method("private_key_jwt")], "not both"),
        (
            vec![secret, method("private_key_jwt")],
            "OIDC_CLIENT_JWKS is not set",
        ),
        (vec![jwks, method("none")], "private_key_jwt, as"),
        (
            vec![jwks, method("client_secret_post")],
            "with what it takes",
        ),
        (
            vec![secret, ("OIDC_CLIENT_SECRET_FILE", "/s")],
            "OIDC_CLIENT_SECRET is set",
        ),
    ] {
        let text = refusal(&variables);
        assert!(text.contains(allowed), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
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
        let variables: Vec<_> = variables
            .into_iter()
            .map(|value| ("OIDC_CLIENT_ASSERTION_AUDIENCE", value))
            .collect();
        let audience = settings(&variables).unwrap().client.assertion_audience;
        assert_eq!(audience, expected);
    }
}

#[test]
fn an_unknown_variable_is_refused_with_the_nearest_name() {
    for (name, nearest) in [
        ("OIDC_ISUER", "OIDC_ISSUER"),
        ("OIDC_CLIENTID", "OIDC_CLIENT_ID"),
        ("OIDC_CLIENT_SECRETE", "OIDC_CLIENT_SECRET"),
        ("OIDC_REDIRECT_URIS", "OIDC_REDIRECT_URI"),
        ("OIDC_SCOPE", "OIDC_SCOPES"),
    ] {
        let text = refusal(&[(name, "a value that stays out")]);
        let expected =
            format!("{name} is not a variable of this app, the nearest that is: {nearest}");
        assert_eq!(text, expected);
    }
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

#[test]
fn no_secret_is_printed() {
    let settings = settings(&[
        ("OIDC_CLIENT_SECRET", "s3cret-client"),
        ("OIDC_SESSION_SECRET", "s3cret-session"),
    ])
    .unwrap();
    assert!(!format!("{settings:?}").contains("s3cret"));
}
