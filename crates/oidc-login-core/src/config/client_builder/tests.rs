#![allow(clippy::unwrap_used)]

use super::*;
use crate::config::ClientConfig;
use crate::config::{ClientKeys, Endpoint, ProviderConfig, WebUrl};

fn tutorial() -> ClientConfigBuilder {
    ClientConfig::builder()
        .issuer("http://localhost:8080/realms/myRealm")
        .public_client("flask-app")
        .root_url("http://localhost:5000/")
        .valid_redirect_uris(["/*"])
}

#[test]
fn the_tutorials_client_is_built() {
    let client = tutorial().build().unwrap();
    assert_eq!(client.redirect_uri(), "http://localhost:5000/auth/callback");
    assert_eq!(client.scopes, ["openid", "profile", "email"]);
    assert_eq!(
        client.post_logout_redirect_uri.as_ref().map(WebUrl::as_str),
        Some("http://localhost:5000/")
    );
    assert!(!client.returns_from_logout());
}

#[test]
fn a_wrong_setting_is_named_with_its_value() {
    for (setting, value, builder) in vec![
        (
            "root URL",
            "http://app.test/",
            tutorial().root_url("http://app.test/"),
        ),
        (
            "root URL",
            "nothing",
            ClientConfigBuilder {
                root_url: None,
                ..tutorial()
            },
        ),
        (
            "issuer",
            "nothing",
            ClientConfig::builder()
                .public_client("a")
                .root_url("http://localhost/"),
        ),
        (
            "client id",
            "nothing",
            ClientConfigBuilder {
                client: None,
                ..tutorial()
            },
        ),
        ("client id", "", tutorial().public_client("")),
        ("client secret", "", tutorial().confidential_client("a", "")),
        (
            "client secret",
            "variable OIDC_LOGIN_NOBODY_SETS_THIS",
            tutorial()
                .confidential_client("a", ClientSecret::from_env("OIDC_LOGIN_NOBODY_SETS_THIS")),
        ),
        (
            "client secret",
            "file /does/not/exist",
            tutorial().confidential_client("a", ClientSecret::from_file("/does/not/exist")),
        ),
        (
            "client keys",
            "file Cargo.toml",
            tutorial().client(
                "a",
                ClientAuthentication::PrivateKeyJwt(ClientKeys::from_file("Cargo.toml")),
            ),
        ),
    ] {
        assert_named(setting, value, builder);
    }
}

#[test]
fn a_wrong_address_or_check_is_named_with_its_value() {
    for (setting, value, builder) in [
        (
            "valid redirect URIs",
            "*",
            tutorial().valid_redirect_uris(["*"]),
        ),
        (
            "valid redirect URIs",
            "/other/*",
            tutorial().valid_redirect_uris(["/other/*"]),
        ),
        (
            "valid post logout redirect URIs",
            "- /",
            tutorial().valid_post_logout_redirect_uris(["-", "/"]),
        ),
        (
            "post logout redirect URI",
            "https://evil.test/",
            tutorial().post_logout_redirect_uri("https://evil.test/"),
        ),
        (
            "scopes",
            "openid profile",
            tutorial().scopes(["openid profile"]),
        ),
        ("base path", "auth", tutorial().base_path("auth")),
        (
            "home URL",
            "//evil.test",
            tutorial().home_url("//evil.test"),
        ),
        (
            "redirect URI",
            "https://evil.test/cb",
            tutorial().redirect_uri(RedirectUri::Uri("https://evil.test/cb".into())),
        ),
        (
            "valid redirect URIs",
            "/*",
            tutorial().redirect_uri(RedirectUri::FromHost),
        ),
        (
            "valid redirect URIs",
            "",
            tutorial()
                .valid_redirect_uris([""; 0])
                .redirect_uri(RedirectUri::FromHost),
        ),
        ("role claim", "a..b", tutorial().role_claims(["a..b"])),
        (
            "clock leeway",
            "601 s",
            tutorial().clock_leeway(Duration::from_secs(601)),
        ),
        (
            "ID token signing algorithms",
            "nothing",
            tutorial().id_token_signing_algorithms([]),
        ),
    ] {
        assert_named(setting, value, builder);
    }
}

fn assert_named(setting: &str, value: &str, builder: ClientConfigBuilder) {
    let error = builder.build().unwrap_err();
    let named = (error.setting(), error.value());
    assert_eq!(named, (setting, value), "{error}");
    assert!(!error.allowed().is_empty());
}

#[test]
fn a_parameter_that_cannot_be_set_is_named() {
    for (setting, value, builder) in [
        (
            "authorization parameters",
            "state",
            tutorial().authorization_parameter("state", "x"),
        ),
        (
            "authorization parameters",
            "max_age",
            tutorial().authorization_parameter("max_age", "soon"),
        ),
        (
            "authorization parameters",
            "prompt",
            tutorial()
                .authorization_parameter("prompt", "login")
                .authorization_parameter("prompt", "consent"),
        ),
        (
            "token parameters",
            "grant_type",
            tutorial().token_parameter("grant_type", "password"),
        ),
        (
            "token parameters",
            "audience",
            tutorial()
                .token_parameter("audience", "a")
                .token_parameter("audience", "b"),
        ),
        (
            "login parameters",
            "redirect_uri",
            tutorial().login_parameters(["login_hint", "redirect_uri"]),
        ),
        (
            "login parameters",
            "return_to",
            tutorial().login_parameters(["return_to"]),
        ),
        (
            "login parameters",
            "a b",
            tutorial().login_parameters(["a b"]),
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!((error.setting(), error.value()), (setting, value));
    }
}

#[test]
fn a_provider_has_no_settings_beside_it() {
    let provider = || ProviderConfig::builder().issuer("https://provider.test");
    let client = tutorial().provider(provider().build().unwrap());
    let error = client.build().unwrap_err();
    assert_eq!(
        (error.setting(), error.value()),
        ("provider", "https://provider.test")
    );
    let client = ClientConfig::builder()
        .provider(provider().build().unwrap())
        .public_client("flask-app")
        .root_url("http://localhost:5000/");
    assert!(client.clone().build().is_ok());
    let error = client.ca_file("/nowhere").build().unwrap_err();
    assert_eq!(error.setting(), "provider");
}

#[test]
fn a_root_url_needs_no_slash_at_the_end() {
    let client = tutorial()
        .root_url("http://localhost:5000")
        .build()
        .unwrap();
    assert_eq!(client.redirect_uri(), "http://localhost:5000/auth/callback");
    assert_eq!(client.home_url.as_str(), "/");
    assert_eq!(
        client.post_logout_redirect_uri.as_ref().map(WebUrl::as_str),
        Some("http://localhost:5000")
    );
}

#[test]
fn the_usual_way_back_from_a_logout_is_a_valid_one() {
    let callback = "http://localhost:5000/auth/logout/callback";
    for (patterns, expected) in [
        (&[][..], Some("http://localhost:5000/")),
        (&["+"], Some("http://localhost:5000/")),
        (
            &["/", "/auth/logout/callback"],
            Some("http://localhost:5000/"),
        ),
        (&["/auth/logout/callback"], Some(callback)),
        (&["/bye", callback], Some(callback)),
        (&["/bye"], None),
        (&["-"], None),
    ] {
        let client = tutorial().valid_post_logout_redirect_uris(patterns.iter().copied());
        let client = client.build().unwrap();
        let usual = client.post_logout_redirect_uri.as_ref().map(WebUrl::as_str);
        assert_eq!(usual, expected, "{patterns:?}");
        assert_eq!(client.returns_from_logout(), expected == Some(callback));
    }
}

fn any_redirect_uri() -> ClientConfigBuilder {
    let without_patterns = tutorial().valid_redirect_uris([""; 0]);
    without_patterns.dangerous().allow_any_redirect_uri()
}

#[test]
fn dangerous_settings_are_accepted_only_there() {
    let http = tutorial()
        .root_url("http://app.test/")
        .dangerous()
        .allow_http_root_url();
    assert!(http.build().is_ok());
    let any = any_redirect_uri();
    assert!(any.build().is_ok());
}

#[test]
fn any_redirect_uri_is_not_any_place_to_log_out_to() {
    let client = any_redirect_uri().build().unwrap();
    let valid = &client.valid_post_logout_redirect_uris;
    assert!(valid.check("http://localhost:5000/bye").is_ok());
    assert!(valid.check("https://evil.test/").is_err());
}

#[test]
fn an_own_redirect_uri_moves_the_callback() {
    let uri = RedirectUri::Uri("http://localhost:5000/oidc_callback".into());
    let client = tutorial().redirect_uri(uri).build().unwrap();
    assert_eq!(
        client.endpoints().of("/oidc_callback"),
        Some(Endpoint::Callback)
    );
    assert_eq!(
        client.endpoints().of("/auth/callback"),
        Some(Endpoint::Unknown)
    );
}

#[test]
fn nothing_secret_is_printed() {
    let builder = tutorial().confidential_client("a", "hush");
    assert!(!format!("{builder:?} {:?}", builder.clone().build()).contains("hush"));
}

#[test]
fn what_a_logout_sets_itself_cannot_be_set() {
    for names in [
        &["state"][..],
        &["id_token_hint"],
        &["logout_hint"],
        &[""],
        &["ui_locales", "ui_locales"],
    ] {
        let set =
            |client: ClientConfigBuilder, name: &&str| client.end_session_parameter(*name, "x");
        let error = names.iter().fold(tutorial(), set).build().unwrap_err();
        assert_eq!(error.setting(), "end session parameters", "{names:?}");
    }
    let client = tutorial().end_session_parameter("ui_locales", "de");
    assert!(client.build().is_ok());
}
