#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use http::{HeaderValue, Method, Request, header};

use super::*;
use crate::{
    config::{ClientConfig, Endpoint, ProviderConfig, ResponseMode},
    protocol::metadata::smallest::smallest,
    relying_party::RelyingParty,
    seams::{HttpClient, HttpError, HttpErrorKind},
};

const ISSUER: &str = "http://localhost:5001";

/// A provider that is asked for nothing but its metadata.
#[derive(Clone, Default)]
struct Asked {
    metadata: Arc<AtomicUsize>,
    others: Arc<AtomicUsize>,
}

#[async_trait]
impl HttpClient for Asked {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        if !request.uri().path().starts_with("/.well-known/") {
            self.others.fetch_add(1, Ordering::Relaxed);
            return Err(HttpError::new(HttpErrorKind::Connect));
        }
        self.metadata.fetch_add(1, Ordering::Relaxed);
        let metadata = smallest(ISSUER, "ES256");
        Ok(Response::new(Bytes::from(metadata.to_string())))
    }
}

fn relying_party(asked: &Asked) -> RelyingParty {
    let provider = ProviderConfig::builder()
        .issuer(ISSUER)
        .http_client(asked.clone());
    let client = ClientConfig::builder()
        .provider(provider.build().unwrap())
        .public_client("flask-app")
        .root_url("http://localhost:5000/")
        .response_mode(ResponseMode::FormPost)
        .valid_redirect_uris(["/*"]);
    RelyingParty::builder(client.build().unwrap())
        .build()
        .unwrap()
}

async fn serve(
    relying_party: &RelyingParty,
    (method, target): (Method, &str),
    cookie: &str,
    body: &str,
) -> Response<Bytes> {
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = target.parse().unwrap();
    let headers = request.headers_mut();
    headers.insert(header::HOST, HeaderValue::from_static("localhost:5000"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    headers.insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
    let uri = request.uri().clone();
    let context = relying_party.context(&request, &uri, None);
    let endpoint = context.endpoint().unwrap();
    let (parts, ()) = request.into_parts();
    let body = Ok(Bytes::from(body.to_owned()));
    context.serve(endpoint, &parts, body).await
}

/// The state of a login that anybody can begin, and the cookie that belongs to it.
async fn begun(relying_party: &RelyingParty) -> (String, String) {
    let login = relying_party.client().endpoints.path(Endpoint::Login);
    let response = serve(relying_party, (Method::GET, &login), "", "").await;
    let line = response.headers()[header::SET_COOKIE].to_str().unwrap();
    let cookie = line.split(';').next().unwrap().to_owned();
    let location = response.headers()[header::LOCATION].to_str().unwrap();
    let (_, query) = location.split_once('?').unwrap();
    let state = Parameters::parse(query.as_bytes());
    (state.get("state").once().unwrap().to_owned(), cookie)
}

/// What strangers send, however often: states that were made up, states of their own without the
/// cookie, the same as forms, and the answers of other providers.
#[tokio::test]
async fn a_flood_leaves_nothing_and_asks_the_provider_for_nothing() {
    let asked = Asked::default();
    let relying_party = relying_party(&asked);
    let inner = &relying_party.0;
    let (state, cookie) = begun(&relying_party).await;
    for number in 0..1_000 {
        for (cookie, query) in [
            ("", format!("code=c{number}&state=made-up-{number}")),
            ("", format!("code=c{number}&state={state}")),
            ("a=b", format!("error=access_denied&state={state}")),
            (
                &*cookie,
                format!("code=c&state={state}&iss=http://evil.test/{number}"),
            ),
            (&*cookie, format!("state={state}&x={number}")),
        ] {
            let target = format!("/auth/callback?{query}");
            let response = serve(&relying_party, (Method::GET, &target), cookie, "").await;
            assert!(!response.status().is_success(), "{query}");
            assert!(response.body().len() < 16 * 1024, "{query}");
            let posted = (Method::POST, "/auth/callback");
            let response = serve(&relying_party, posted, "", &query).await;
            assert!(
                response
                    .headers()
                    .get_all(header::SET_COOKIE)
                    .iter()
                    .count()
                    <= 1
            );
        }
    }
    assert_eq!(inner.flights.len(), 0);
    assert_eq!(asked.others.load(Ordering::Relaxed), 0);
    assert_eq!(asked.metadata.load(Ordering::Relaxed), 1);
}

/// Whoever begins a login can guess codes for it: one of them goes to the provider.
#[tokio::test]
async fn many_codes_of_one_login_are_one_request_and_one_entry() {
    let asked = Asked::default();
    let relying_party = relying_party(&asked);
    let (state, cookie) = begun(&relying_party).await;
    for number in 0..1_000 {
        let target = format!("/auth/callback?code=guess-{number}&state={state}");
        serve(&relying_party, (Method::GET, &target), &cookie, "").await;
    }
    assert_eq!(relying_party.0.flights.len(), 1);
    assert_eq!(asked.others.load(Ordering::Relaxed), 1);
}
