//! A provider that cannot end its own session does not keep ours alive.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{Router, body::Body, response::Response};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use oidc_login::{
    MemoryStore, OidcLayer, RelyingParty,
    seams::{HttpClient, HttpError, HttpErrorKind},
};
use oidc_login_tests::{
    clock::HandClock,
    user_agent::UserAgent,
    wire::Wire,
    world::{APP, ISSUER, client, provider, routes, sign_in},
};

const LOGOUT: &str = "http://localhost:5000/auth/logout";

/// The provider's address, with nobody there.
struct Down;

#[async_trait]
impl HttpClient for Down {
    async fn send(&self, _: Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        Err(HttpError::new(HttpErrorKind::Connect))
    }
}

fn app(http_client: impl HttpClient, store: &MemoryStore, clock: &HandClock) -> Router {
    let client = client(http_client).build().expect("a client");
    let relying_party = RelyingParty::builder(client)
        .clock(clock.clone())
        .login_store(store.clone());
    routes().layer(OidcLayer::new(relying_party.build().expect("one")))
}

async fn signs_out_here(browser: &mut UserAgent, target: &str, expected: &str) {
    let page = browser.post(LOGOUT, &[("return_to", target)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let location = page.location().expect("a place to go");
    assert_eq!(location.as_str(), format!("{APP}{expected}"));
    assert_eq!(browser.session(), None);
    let page = browser.get(&format!("{APP}/hello")).await;
    assert_eq!(page.text(), "hello stranger");
}

#[tokio::test]
async fn without_an_end_session_endpoint_the_target_is_next() {
    for (target, expected) in [("", "/"), ("/bye", "/bye"), ("https://evil.test/", "/")] {
        let clock = HandClock::new();
        let provider = provider(&clock).build().expect("a provider");
        let provider = provider
            .router()
            .layer(axum::middleware::map_response(without_end_session));
        let store = MemoryStore::with_clock(Arc::new(clock.clone()));
        let app = app(Wire(provider.clone()), &store, &clock);
        let sites = [(APP.to_owned(), app), (ISSUER.to_owned(), provider)];
        let mut browser = UserAgent::new(sites, clock);
        sign_in(&mut browser, "alice", "/secure").await;
        signs_out_here(&mut browser, target, expected).await;
    }
}

#[tokio::test]
async fn while_the_provider_is_down_the_local_session_ends() {
    let clock = HandClock::new();
    let provider = provider(&clock).build().expect("a provider").router();
    let store = MemoryStore::with_clock(Arc::new(clock.clone()));
    let before = app(Wire(provider.clone()), &store, &clock);
    let sites = [(APP.to_owned(), before), (ISSUER.to_owned(), provider)];
    let mut browser = UserAgent::new(sites, clock.clone());
    sign_in(&mut browser, "alice", "/secure").await;

    let restarted = app(Down, &store, &clock);
    let mut after = UserAgent::new([(APP.to_owned(), restarted)], clock);
    after.jar = browser.jar;
    let page = after.get(&format!("{APP}/secure")).await;
    assert_eq!(page.text(), "secure alice", "a login outlives its provider");
    signs_out_here(&mut after, "/bye", "/bye").await;
}

async fn without_end_session(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let Ok(mut json) = serde_json::from_slice::<serde_json::Value>(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    if let Some(document) = json.as_object_mut() {
        document.remove("end_session_endpoint");
    }
    let mut response = Response::new(Body::from(json.to_string()));
    *response.status_mut() = parts.status;
    response
}
