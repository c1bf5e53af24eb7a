//! A whole relying party, to send hostile requests to.

use std::{
    future::{Future, pending},
    pin::{Pin, pin},
    sync::OnceLock,
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, Uri};
use time::OffsetDateTime;

use super::{
    CLIENT_ID, Same, root_url,
    signer::{self, ISSUER},
};
use crate::{
    RelyingParty,
    config::{ClientConfig, Endpoint, FrontchannelLogout, ProviderConfig},
    protocol::metadata::smallest::smallest,
    seams::{Clock, HttpClient, HttpError, Spawn, Timer},
    session::SessionSecrets,
};

/// What anybody may ask for in a sign-in link.
pub(super) const ALLOWED: [&str; 3] = ["login_hint", "ui_locales", "prompt"];

/// A provider that answers at once, and a relying party without a runtime.
struct Here;

#[async_trait]
impl HttpClient for Here {
    async fn send(&self, _request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let document = smallest(ISSUER, "EdDSA");
        Ok(Response::new(Bytes::from(document.to_string())))
    }
}

impl Clock for Here {
    fn now(&self) -> OffsetDateTime {
        signer::now()
    }
}

impl Spawn for Here {
    fn spawn(&self, _task: Pin<Box<dyn Future<Output = ()> + Send>>) {}
}

impl Timer for Here {
    fn sleep(&self, _time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(pending())
    }
}

pub(super) fn relying_party() -> &'static RelyingParty {
    static RELYING_PARTY: OnceLock<RelyingParty> = OnceLock::new();
    RELYING_PARTY.get_or_init(|| {
        let provider = ProviderConfig::builder().issuer(ISSUER).http_client(Here);
        let client = ClientConfig::builder()
            .provider(provider.build().expect("a provider"))
            .public_client(CLIENT_ID)
            .root_url(root_url().as_str())
            .login_parameters(ALLOWED)
            .frontchannel_logout(FrontchannelLogout::On)
            .build()
            .expect("a client");
        let secrets = SessionSecrets::from_bytes([[3; 32]]);
        RelyingParty::builder(client)
            .session_secrets(secrets.expect("a secret of 32 bytes"))
            .random(Same(3))
            .clock(Here)
            .spawn(Here)
            .timer(Here)
            .build()
            .expect("a relying party")
    })
}

/// The path of an endpoint.
pub(super) fn path(endpoint: Endpoint) -> String {
    relying_party().client().endpoints().path(endpoint)
}

/// A query that can be sent at all: what browsers encode is encoded.
pub(super) fn as_query(bytes: &[u8]) -> String {
    let is_sent = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
    let sent = bytes.iter().map(|byte| {
        if is_sent(*byte) {
            char::from(*byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    sent.collect()
}

/// What the endpoint answers to a request of a page that is opened.
pub(super) fn answer(
    method: Method,
    endpoint: Endpoint,
    query: &str,
    body: &[u8],
) -> Option<Response<Bytes>> {
    let uri: Uri = format!("{}?{query}", path(endpoint)).parse().ok()?;
    let request = Request::builder()
        .method(method)
        .uri(&uri)
        .header("host", "app.example:8443")
        .header("accept", "text/html")
        .body(());
    let request = request.expect("a request");
    let context = relying_party().context(&request, &uri, None);
    assert!(context.endpoint() == Some(endpoint), "the query is no path");
    let (parts, ()) = request.into_parts();
    let body = Ok(Bytes::copy_from_slice(body));
    let response = ready(context.serve(endpoint, &parts, body));
    assert!(response.status() != StatusCode::INTERNAL_SERVER_ERROR);
    Some(response)
}

/// Nothing here makes anybody wait.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here makes anybody wait"),
    }
}
