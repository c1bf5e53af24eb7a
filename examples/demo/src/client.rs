//! The settings as the library's own configuration.

use std::{error::Error, net::Ipv4Addr};

use oidc_login::{
    AccessTokenRoles, ClientAuthentication, ClientConfig, ConfigError, RelyingParty,
    SessionSecrets, TrustedProxies,
    config::{ForwardedFamily, HmacAlgorithm},
    seams::ReqwestClient,
};
use oidc_login_redis_store::RedisStore;
use tokio::net::TcpListener;

use crate::{
    resource,
    services::Services,
    settings::{Authentication, SessionStore, Settings},
};

/// The client at work, with a session secret and a store for its sessions if they are set.
pub(crate) fn relying_party(settings: &Settings) -> Result<RelyingParty, ConfigError> {
    let relying_party = RelyingParty::builder(client(settings)?);
    let mut relying_party = relying_party
        .login_cache_time(settings.login_cache_time)
        .silent_login(settings.silent_login);
    if let Some(secret) = &settings.session_secret {
        let secrets = SessionSecrets::from_base64(secret.secret())?;
        relying_party = relying_party.session_secrets(secrets);
    }
    if let SessionStore::Redis(address) = &settings.session_store {
        let store = RedisStore::new(address.secret()).map_err(|error| {
            let allowed = "redis://[user:password@]host[:port][/database], or rediss://…";
            ConfigError::new("OIDC_SESSION_STORE", "[redacted]", allowed).with_source(error)
        })?;
        relying_party = relying_party
            .login_store(store.clone())
            .session_store(store);
    }
    relying_party.build()
}

/// What the demo calls with access tokens; its own service starts unless another one is named.
pub(crate) async fn services(
    settings: &Settings,
    relying_party: &RelyingParty,
) -> Result<Services, Box<dyn Error>> {
    let mut http = ReqwestClient::builder();
    if let Some(file) = &settings.ca_file {
        http = http.ca_file(file)?;
    }
    let (resource, own) = if let Some(url) = &settings.resource_url {
        (url.parse()?, None)
    } else {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/whoami", listener.local_addr()?);
        (url.parse()?, Some(listener))
    };
    let services = Services {
        http: http.build()?,
        relying_party: relying_party.clone(),
        resource,
    };
    if let Some(listener) = own {
        tokio::spawn(resource::serve(listener, services.clone()));
    }
    Ok(services)
}

/// Our client at the provider. Short for most apps; this one can be told everything.
fn client(settings: &Settings) -> Result<ClientConfig, ConfigError> {
    let ours = &settings.client;
    let proxies = TrustedProxies::new(&settings.trusted_proxies, ForwardedFamily::XForwarded)?;
    let mut client = ClientConfig::builder()
        .issuer(settings.provider.issuer())
        .client(&ours.id, authentication(&ours.authentication))
        .assertion_audience(ours.assertion_audience.clone())
        .root_url(&settings.root_url)
        .redirect_uri(ours.redirect_uri.clone())
        .valid_redirect_uris(&ours.valid_redirect_uris)
        .valid_post_logout_redirect_uris(&ours.valid_post_logout_redirect_uris)
        .response_mode(ours.response_mode)
        .pushed_authorization_requests(ours.pushed_requests)
        .frontchannel_logout(ours.frontchannel_logout)
        .scopes(&ours.scopes)
        .userinfo(ours.userinfo)
        // Keycloak puts roles there and nowhere else, unless it is told to.
        .access_token_roles(AccessTokenRoles::Verified)
        .trusted_proxies(proxies);
    if let Some(algorithms) = &ours.id_token_signing_algs {
        client = client.id_token_signing_algorithms(algorithms.iter().copied());
    }
    if let Some(algorithms) = &ours.logout_token_signing_algs {
        client = client.logout_token_signing_algorithms(algorithms.iter().copied());
    }
    if let Some(file) = &settings.ca_file {
        client = client.ca_file(file);
    }
    for (name, value) in &ours.auth_params {
        client = client.authorization_parameter(name, value);
    }
    client.build()
}

fn authentication(ours: &Authentication) -> ClientAuthentication {
    use ClientAuthentication as Theirs;
    match ours {
        Authentication::None => Theirs::None,
        Authentication::Secret(secret) => Theirs::ClientSecret(secret.client_secret()),
        Authentication::SecretPost(secret) => Theirs::ClientSecretPost(secret.client_secret()),
        Authentication::SecretBasic(secret) => Theirs::ClientSecretBasic(secret.client_secret()),
        Authentication::SecretJwt(secret) => {
            Theirs::ClientSecretJwt(secret.client_secret(), HmacAlgorithm::default())
        }
        Authentication::PrivateKeyJwt(keys) => Theirs::PrivateKeyJwt(keys.client_keys()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::settings::test_settings::settings;

    fn built(variables: &[(&str, &str)]) -> Result<ClientConfig, ConfigError> {
        client(&settings(variables).unwrap())
    }

    #[test]
    fn the_tutorials_app_needs_no_setting() {
        let client = built(&[]).unwrap();
        assert_eq!(client.client_id(), "flask-app");
        assert_eq!(client.provider().issuer(), "http://localhost:5001");
        assert_eq!(client.redirect_uri(), "http://localhost:5000/auth/callback");
    }

    #[test]
    fn the_variables_reach_the_client() {
        let client = built(&[
            ("OIDC_ISSUER", "https://op.example/realms/r/"),
            ("OIDC_CLIENT_ID", "shop"),
            ("OIDC_CLIENT_SECRET", "s3cret"),
            ("OIDC_ROOT_URL", "https://shop.example/"),
            ("OIDC_REDIRECT_URI", "https://shop.example/oidc/callback"),
            ("OIDC_VALID_REDIRECT_URIS", "/oidc/*"),
            ("OIDC_ID_TOKEN_SIGNING_ALGS", "ES256"),
            ("OIDC_AUTH_PARAMS", "ui_locales=de"),
        ])
        .unwrap();
        assert_eq!(client.client_id(), "shop");
        assert_eq!(client.provider().issuer(), "https://op.example/realms/r/");
        assert_eq!(client.redirect_uri(), "https://shop.example/oidc/callback");
    }

    #[test]
    fn a_secret_or_key_in_a_file_is_looked_for_at_start() {
        for (name, setting) in [
            ("OIDC_CLIENT_SECRET_FILE", "client secret"),
            ("OIDC_CLIENT_JWKS", "client keys"),
        ] {
            let error = built(&[(name, "/does/not/exist")]).unwrap_err();
            assert_eq!(error.setting(), setting);
            assert_eq!(error.value(), "file /does/not/exist");
            let reason = error.source().unwrap().to_string();
            assert_eq!(reason, "it cannot be read: entity not found");
        }
        built(&[("OIDC_CLIENT_SECRET_FILE", "Cargo.toml")]).unwrap_err();
    }

    #[test]
    fn a_shared_store_needs_a_secret_that_is_shared_too() {
        let built = |more: &[(&str, &str)]| {
            let store = ("OIDC_SESSION_STORE", "redis://:Pa55word@localhost");
            let variables = [more, &[store]].concat();
            relying_party(&settings(&variables).unwrap()).map(drop)
        };
        let deployed = [
            ("OIDC_ISSUER", "https://op.example"),
            ("OIDC_ROOT_URL", "https://shop.example/"),
        ];
        let error = built(&deployed).unwrap_err();
        assert!(error.to_string().contains("session secret"), "{error}");
        let secret = ("OIDC_SESSION_SECRET", &*"A".repeat(43));
        built(&[deployed[0], deployed[1], secret]).unwrap();
        built(&[]).unwrap();
    }

    #[test]
    fn an_address_that_cannot_be_read_is_refused_and_not_shown() {
        let settings = settings(&[("OIDC_SESSION_STORE", "redis://:Pa55word@h:x")]).unwrap();
        let error = relying_party(&settings).err().unwrap();
        assert!(!format!("{error} {error:?}").contains("Pa55word"));
    }

    #[test]
    fn a_session_secret_that_is_none_is_refused_and_not_shown() {
        let settings = settings(&[("OIDC_SESSION_SECRET", "c2hvcnQ=")]).unwrap();
        let error = relying_party(&settings).err().unwrap();
        assert!(!format!("{error} {error:?}").contains("c2hvcnQ"));
    }

    #[test]
    fn nobody_is_signed_in_silently_where_every_login_asks() {
        let asks = ("OIDC_AUTH_PARAMS", "prompt=login");
        let silent = settings(&[asks, ("OIDC_SILENT_LOGIN", "on")]).unwrap();
        let error = relying_party(&silent).err().unwrap();
        assert_eq!(error.setting(), "silent_login");
        assert!(error.to_string().contains("prompt is login"), "{error}");
    }

    #[test]
    fn what_the_library_refuses_is_named() {
        for (name, value, setting) in [
            ("OIDC_ROOT_URL", "http://shop.example/", "root URL"),
            ("OIDC_TRUSTED_PROXIES", "nginx", "trusted proxies"),
            ("OIDC_VALID_REDIRECT_URIS", "*", "valid redirect URIs"),
            ("OIDC_SCOPES", "a\\b", "scopes"),
            ("OIDC_AUTH_PARAMS", "state=x", "authorization parameters"),
            ("OIDC_AUTH_PARAMS", "max_age=x", "authorization parameters"),
            (
                "OIDC_AUTH_PARAMS",
                "prompt=a&prompt=b",
                "authorization parameters",
            ),
        ] {
            let issuer = ("OIDC_ISSUER", "https://op.example/");
            let error = built(&[issuer, (name, value)]).unwrap_err();
            assert_eq!(error.setting(), setting);
        }
    }
}
