#![allow(clippy::unwrap_used)]

use crate::{
    config::{
        AccessTokenRoles, AssertionAudience, ClientAuthentication, ClientConfig,
        ClientConfigBuilder, ClientKeys, HmacAlgorithm, ProviderConfig, ProviderConfigBuilder,
        PushedAuthorizationRequests, RedirectUri, UserInfo,
    },
    error::ConfigError,
    protocol::test_signer::ES256,
};

const ROOT: &str = "https://app.test";

fn unnamed() -> ClientConfigBuilder {
    ClientConfig::builder()
        .issuer("https://provider.test")
        .root_url(ROOT)
}

fn client() -> ClientConfigBuilder {
    unnamed().public_client("shop")
}

/// `Ok` where it is built, else the setting that is named, once the other one is named as well.
fn verdict(builder: ClientConfigBuilder, other: &str) -> Result<(), &'static str> {
    builder.build().map(drop).map_err(|error: ConfigError| {
        let text = error.to_string();
        assert!(text.contains(other), "{text} does not name {other}");
        assert!(!text.contains("hush"), "{text}");
        error.setting()
    })
}

fn keys() -> ClientAuthentication {
    ClientAuthentication::PrivateKeyJwt(ClientKeys::new(ES256.private_pem()))
}

#[test]
fn a_secret_or_keys_that_would_not_be_used_are_refused() {
    let none = || ClientAuthentication::None;
    let secret = || ClientAuthentication::ClientSecret("hush".into());
    let post = || ClientAuthentication::ClientSecretPost("hush".into());
    let refused = Err("client authentication");
    for (name, given, other, expected) in [
        (
            "a secret, then none",
            vec![secret(), none()],
            "client secret",
            refused,
        ),
        (
            "keys, then none",
            vec![keys(), none()],
            "client keys",
            refused,
        ),
        (
            "a secret, then keys",
            vec![post(), keys()],
            "client secret",
            refused,
        ),
        (
            "keys, then a secret",
            vec![keys(), secret()],
            "client keys",
            refused,
        ),
        (
            "a secret, none, keys",
            vec![secret(), none(), keys()],
            "client secret",
            refused,
        ),
        ("none, then a secret", vec![none(), secret()], "", Ok(())),
        ("another secret", vec![secret(), secret()], "", Ok(())),
        ("another way for it", vec![secret(), post()], "", Ok(())),
        ("none between", vec![secret(), none(), secret()], "", Ok(())),
    ] {
        let set = |client: ClientConfigBuilder, way| client.client("shop", way);
        let client = given.into_iter().fold(unnamed(), set);
        assert_eq!(verdict(client, other), expected, "{name}");
    }
}

#[test]
fn an_audience_needs_assertions() {
    let secret = || "hush".into();
    for (authentication, has_assertions) in [
        (ClientAuthentication::None, false),
        (ClientAuthentication::ClientSecretBasic(secret()), false),
        (ClientAuthentication::ClientSecretPost(secret()), false),
        (ClientAuthentication::ClientSecret(secret()), true),
        (
            ClientAuthentication::ClientSecretJwt(secret(), HmacAlgorithm::Hs256),
            true,
        ),
        (keys(), true),
    ] {
        let name = authentication.name();
        let client = unnamed().client("shop", authentication);
        let issuer = client.clone().assertion_audience(AssertionAudience::Issuer);
        assert_eq!(verdict(issuer, ""), Ok(()), "{name}");
        for audience in [
            AssertionAudience::TokenEndpoint,
            AssertionAudience::Other("https://provider.test/token".to_owned()),
        ] {
            let client = client.clone().assertion_audience(audience);
            let expected = if has_assertions {
                Ok(())
            } else {
                Err("assertion audience")
            };
            assert_eq!(verdict(client, name), expected, "{name}");
        }
    }
}

#[test]
fn patterns_beside_any_redirect_uri_are_refused() {
    let any = || client().dangerous().allow_any_redirect_uri();
    assert_eq!(verdict(any(), ""), Ok(()));
    let both = any().valid_redirect_uris(["/auth/*"]);
    let expected = Err("valid redirect URIs");
    assert_eq!(verdict(both, "allow_any_redirect_uri"), expected);
}

#[test]
fn roles_of_the_access_token_need_a_claim() {
    let none = || client().role_claims([""; 0]);
    assert_eq!(verdict(none(), ""), Ok(()));
    let read = none().access_token_roles(AccessTokenRoles::Verified);
    assert_eq!(verdict(read, "access token roles"), Err("role claims"));
}

#[test]
fn what_every_login_needs_is_among_the_endpoints_given_by_hand() {
    type Set = fn(ProviderConfigBuilder) -> ProviderConfigBuilder;
    let pushed: Set =
        |provider| provider.pushed_authorization_request_endpoint("https://provider.test/par");
    let userinfo: Set = |provider| provider.userinfo_endpoint("https://provider.test/userinfo");
    let nothing: Set = |provider| provider;
    let discovery: Set = |_| ProviderConfig::builder().issuer("https://provider.test");
    let required = PushedAuthorizationRequests::Required;
    for (endpoints, par, asked, other, expected) in [
        (
            nothing,
            PushedAuthorizationRequests::Auto,
            UserInfo::Auto,
            "",
            Ok(()),
        ),
        (
            nothing,
            required,
            UserInfo::Auto,
            "pushed_authorization_request_endpoint",
            Err("pushed authorization requests"),
        ),
        (pushed, required, UserInfo::Auto, "", Ok(())),
        (
            pushed,
            PushedAuthorizationRequests::Auto,
            UserInfo::Always,
            "userinfo_endpoint",
            Err("userinfo"),
        ),
        (
            userinfo,
            PushedAuthorizationRequests::Never,
            UserInfo::Always,
            "",
            Ok(()),
        ),
        (discovery, required, UserInfo::Always, "", Ok(())),
    ] {
        let provider = ProviderConfig::builder()
            .issuer("https://provider.test")
            .without_discovery()
            .authorization_endpoint("https://provider.test/authorize")
            .token_endpoint("https://provider.test/token")
            .jwks_uri("https://provider.test/keys");
        let client = ClientConfig::builder()
            .provider(endpoints(provider).build().unwrap())
            .public_client("shop")
            .root_url(ROOT)
            .pushed_authorization_requests(par)
            .userinfo(asked);
        assert_eq!(verdict(client, other), expected, "{par:?} {asked:?}");
    }
}

#[test]
fn an_address_of_ours_has_one_purpose() {
    let callback = |path: &str| {
        let uri = format!("{ROOT}{path}");
        client().redirect_uri(RedirectUri::Uri(uri))
    };
    let expected = Err("redirect URI");
    for path in ["/auth/login", "/auth/logout", "/auth/jwks", "/auth/session"] {
        assert_eq!(verdict(callback(path), "base path"), expected, "{path}");
    }
    for path in ["/auth/callback", "/auth/cb", "/callback"] {
        assert_eq!(verdict(callback(path), ""), Ok(()), "{path}");
    }
    let expected = Err("home URL");
    for path in ["/auth/login", "/auth/login?a=b", "/auth/logout", "/auth"] {
        let client = client().home_url(path);
        assert_eq!(verdict(client, "base path"), expected, "{path}");
    }
    let client = callback("/").home_url("/welcome");
    assert_eq!(verdict(client, ""), Ok(()), "a page beside the callback");
    assert_eq!(verdict(callback("/"), "base path"), expected);
    assert_eq!(verdict(client_at_base(), ""), Ok(()));
}

fn client_at_base() -> ClientConfigBuilder {
    client().base_path("/oidc").home_url("/auth/login")
}
