//! axum-oidc, its session in tower-sessions' memory store.

use axum::{
    Router,
    error_handling::HandleErrorLayer,
    extract::FromRequestParts,
    http::{Uri, request::Parts},
    response::IntoResponse as _,
    routing::{any, get},
};
use axum_oidc::{
    AdditionalClaims, EmptyAdditionalClaims, OidcAuthLayer, OidcClaims, OidcClient, OidcLoginLayer,
    OidcSession, Session,
    error::MiddlewareError,
    handle_oidc_redirect,
    openidconnect::{ClientId, ClientSecret, IssuerUrl, Scope, core::CoreGenderClaim},
};
use benches::side_by_side::Failure;
use tower::ServiceBuilder;
use tower_sessions::{MemoryStore, SessionManagerLayer, cookie::SameSite};

use crate::stage::{CLIENT_ID, CLIENT_SECRET, Stage};

/// Where it keeps its session is the app's choice.
struct Kept(tower_sessions::Session);

impl<S: Send + Sync> FromRequestParts<S> for Kept {
    type Rejection = <tower_sessions::Session as FromRequestParts<S>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let session = tower_sessions::Session::from_request_parts(parts, state);
        session.await.map(Self)
    }
}

impl<AC: AdditionalClaims> Session<AC> for Kept {
    type Error = tower_sessions::session::Error;

    async fn get(&self) -> Result<OidcSession<AC, CoreGenderClaim>, Self::Error> {
        Ok(self.0.get("oidc").await?.unwrap_or_default())
    }

    async fn set(&mut self, value: OidcSession<AC, CoreGenderClaim>) -> Result<(), Self::Error> {
        self.0.insert("oidc", value).await
    }
}

pub(crate) async fn app(stage: &Stage) -> Result<Router, Failure> {
    let scopes = ["openid", "profile", "email"].map(|scope| Scope::new(scope.to_owned()));
    let client = OidcClient::<EmptyAdditionalClaims>::builder()
        .with_default_http_client()
        .with_redirect_url(format!("{}/callback", stage.origin).parse::<Uri>()?)
        .with_client_id(ClientId::new(CLIENT_ID.to_owned()))
        .with_client_secret(ClientSecret::new(CLIENT_SECRET.to_owned()))
        .with_scopes(scopes.into())
        .discover(IssuerUrl::new(stage.issuer.clone())?)
        .await
        .map_err(|error| error.to_string())?
        .build();
    let errors =
        || HandleErrorLayer::new(|error: MiddlewareError| async move { error.into_response() });
    let login = OidcLoginLayer::<EmptyAdditionalClaims, Kept>::new();
    let auth = OidcAuthLayer::<_, Kept>::new(client);
    let sessions = SessionManagerLayer::new(MemoryStore::default())
        .with_secure(false)
        .with_same_site(SameSite::Lax);
    let callback = any(handle_oidc_redirect::<EmptyAdditionalClaims, Kept>);
    Ok(Router::new()
        .route("/hello", get(hello))
        .layer(ServiceBuilder::new().layer(errors()).layer(login))
        .route("/callback", callback)
        .layer(ServiceBuilder::new().layer(errors()).layer(auth))
        .layer(sessions))
}

async fn hello(claims: OidcClaims<EmptyAdditionalClaims>) -> String {
    let name = claims.preferred_username();
    format!("hello {}", name.map_or("stranger", |name| name.as_str()))
}
