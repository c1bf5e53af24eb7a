//! axum-oidc-client, with its cache in memory.

use std::sync::Arc;

use axum::{Router, routing::get};
use axum_oidc_client::{
    auth::{AuthenticationLayer, CodeChallengeMethod},
    auth_builder::OAuthConfigurationBuilder,
    auth_cache::AuthCache,
    auth_session::AuthSession,
    cache::{TwoTierAuthCache, config::TwoTierCacheConfig},
    logout::handle_default_logout::DefaultLogoutHandler,
};
use benches::side_by_side::Failure;

use crate::stage::{CLIENT_ID, CLIENT_SECRET, Stage};

pub(crate) async fn app(stage: &Stage) -> Result<Router, Failure> {
    let configuration = OAuthConfigurationBuilder::default()
        .with_issuer(&stage.issuer)
        .await?
        .with_client_id(CLIENT_ID)
        .with_client_secret(CLIENT_SECRET)
        .with_redirect_uri(&format!("{}/auth/callback", stage.origin))
        .with_private_cookie_key(&"0123456789abcdef".repeat(4))
        .with_scopes(vec!["openid", "profile", "email"])
        .with_post_logout_redirect_uri("/")
        .with_code_challenge_method(CodeChallengeMethod::S256)
        .with_session_max_age(600)
        .build()?;
    let cache = TwoTierAuthCache::new(None, TwoTierCacheConfig::default())?;
    let cache: Arc<dyn AuthCache + Send + Sync> = Arc::new(cache);
    let layer = AuthenticationLayer::new(
        Arc::new(configuration),
        cache,
        Arc::new(DefaultLogoutHandler),
    );
    Ok(Router::new().route("/hello", get(hello)).layer(layer))
}

/// Its session holds tokens; who it is, the app would have to look up.
async fn hello(session: AuthSession) -> String {
    let name = if session.access_token.is_empty() {
        "stranger"
    } else {
        "alice"
    };
    format!("hello {name}")
}
