//! The provider that the demo brings along.

use std::{error::Error, fmt};

use oidc_login::{FrontchannelLogout, PushedAuthorizationRequests};
use oidc_login_dev_provider::{
    Client, ClientAuthentication, DevProvider, PushedRequests, Running, ServeError, User,
};

use crate::settings::{Authentication, Credential, Provider, Settings};

/// Starts a provider with two users, and with our client registered as the settings have it.
pub(crate) async fn start(settings: &Settings) -> Result<Running, StartError> {
    let ours = &settings.client;
    let client = registered(&ours.id, &ours.authentication)?;
    let client = match ours.frontchannel_logout {
        FrontchannelLogout::On => client.frontchannel_logout_uri("/auth/frontchannel-logout"),
        _ => client,
    };
    let client = client
        .backchannel_logout_uri("/auth/backchannel-logout")
        .name("oidc-login demo")
        .root_url(&settings.root_url)
        .valid_redirect_uris(&ours.valid_redirect_uris)
        .valid_post_logout_redirect_uris(&ours.valid_post_logout_redirect_uris);
    // Where it is only possible, the browser's address bar shows what is asked for.
    let pushed = match ours.pushed_requests {
        PushedAuthorizationRequests::Required => PushedRequests::Required,
        _ => PushedRequests::Off,
    };
    let provider = DevProvider::builder()
        .issuer(settings.provider.issuer())
        .user(
            User::new("alice", "alice")
                .name("Alice", "Anderson")
                .role("admin"),
        )
        .user(User::new("bob", "bob").name("Bob", "Brown"))
        .client(client)
        .pushed_requests(pushed);
    let running = provider.bind().await.map_err(StartError::Serve)?.spawn();
    if let Provider::Embedded {
        bend: Some(bend), ..
    } = settings.provider
    {
        running.provider().control().bend(bend);
    }
    Ok(running)
}

/// Our client, held to the way of authentication that the settings have. A secret in a file is
/// read now, and once.
fn registered(id: &str, ours: &Authentication) -> Result<Client, StartError> {
    let confidential = |secret: &Credential| {
        let secret = secret
            .read()
            .map_err(|error| StartError::Client(error.into()))?;
        Ok(Client::confidential(id, secret))
    };
    Ok(match ours {
        Authentication::None => Client::public(id),
        Authentication::Secret(secret) => confidential(secret)?,
        Authentication::SecretBasic(secret) => {
            confidential(secret)?.client_authentication(ClientAuthentication::SecretBasic)
        }
        Authentication::SecretPost(secret) => {
            confidential(secret)?.client_authentication(ClientAuthentication::SecretPost)
        }
        Authentication::SecretJwt(secret) => {
            confidential(secret)?.client_authentication(ClientAuthentication::SecretJwt)
        }
        Authentication::PrivateKeyJwt(keys) => {
            let public = keys.client_keys().public_jwks();
            let public = public.map_err(|error| StartError::Client(error.into()))?;
            Client::with_public_keys(id, public)
        }
    })
}

/// Why the embedded provider did not start.
#[derive(Debug)]
pub(crate) enum StartError {
    /// The client's secret or keys cannot be read.
    Client(Box<dyn Error + Send + Sync>),
    /// It cannot listen.
    Serve(ServeError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client(_) => "the embedded provider cannot register the client",
            Self::Serve(_) => {
                "the embedded provider cannot start; OIDC_DEV_PROVIDER_PORT gives it another port"
            }
        })
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Client(error) => Some(&**error),
            Self::Serve(error) => Some(error),
        }
    }
}
