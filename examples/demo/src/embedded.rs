//! The provider that the demo brings along.

use std::{error::Error, fmt};

use oidc_login::PushedAuthorizationRequests;
use oidc_login_dev_provider::{
    Client, ClientAuthentication, DevProvider, PushedRequests, Running, ServeError, User,
};

use crate::settings::{Authentication, Settings};

/// Starts a provider with two users, and with our client registered as the settings have it.
pub(crate) async fn start(settings: &Settings) -> Result<Running, StartError> {
    let ours = &settings.client;
    let client = match &ours.authentication {
        Authentication::None => Client::public(&ours.id),
        Authentication::Secret(secret) => Client::confidential(&ours.id, secret.secret()),
        Authentication::SecretBasic(secret) => Client::confidential(&ours.id, secret.secret())
            .client_authentication(ClientAuthentication::SecretBasic),
        Authentication::SecretPost(secret) => Client::confidential(&ours.id, secret.secret())
            .client_authentication(ClientAuthentication::SecretPost),
    };
    let client = client
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
    Ok(provider.bind().await.map_err(StartError)?.spawn())
}

/// Why the embedded provider did not start.
#[derive(Debug)]
pub(crate) struct StartError(ServeError);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the embedded provider cannot start; OIDC_DEV_PROVIDER_PORT gives it another port",
        )
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
