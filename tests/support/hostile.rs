//! A provider that answers as it is told: honestly, until a test bends one thing.

mod front_channel;
mod gate;
mod id_token;
mod logout_token;
mod pushed;
mod refusal;
mod socket;
mod token_endpoint;
mod userinfo;
mod world;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use oidc_login::seams::{HttpClient, HttpError, HttpErrorKind};
use serde_json::{Value, json};

use self::front_channel::Grant;
pub use self::{
    front_channel::{parameter, with_another, with_parameter},
    gate::Gate,
    id_token::{IdToken, Key, Signature},
    refusal::{assert_refused, refuses, refuses_in, refuses_token},
    socket::OverSocket,
    world::{HostileWorld, location_of_login, to_provider},
};
use crate::{clock::HandClock, world::ISSUER};

/// The endpoints of the provider that the relying party calls itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// The discovery document.
    Discovery,
    /// The keys.
    Keys,
    /// The token endpoint.
    Token,
    /// The userinfo endpoint.
    UserInfo,
    /// The pushed authorization request endpoint, which discovery names when it is told to.
    Pushed,
    /// The revocation endpoint.
    Revocation,
}

/// A request of the relying party, as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What it was for.
    pub endpoint: Endpoint,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its form.
    pub form: BTreeMap<String, String>,
}

/// A provider in the same process whose every answer can be bent. Clones are one provider.
#[derive(Clone)]
pub struct HostileProvider(Arc<Mutex<State>>);

type Bend<T> = Arc<dyn Fn(&mut T) + Send + Sync>;
type Reply = Result<Response<Bytes>, HttpErrorKind>;

struct State {
    clock: HandClock,
    signing_key: Key,
    published: Vec<Value>,
    replies: BTreeMap<Endpoint, Reply>,
    metadata: Option<Bend<Value>>,
    id_token: Option<Bend<IdToken>>,
    tokens: Option<Bend<Value>>,
    userinfo: userinfo::UserInfo,
    logout_tokens: u32,
    gates: BTreeMap<Endpoint, gate::Barrier>,
    grants: BTreeMap<String, Grant>,
    pushed: BTreeMap<String, BTreeMap<String, String>>,
    refresh_tokens: BTreeMap<String, Grant>,
    keeps_refresh_tokens: bool,
    seen: Vec<Seen>,
    issued: Vec<String>,
}

impl HostileProvider {
    /// A provider that is honest so far.
    pub fn new(clock: &HandClock) -> Self {
        let key = Key::new("first");
        Self(Arc::new(Mutex::new(State {
            clock: clock.clone(),
            published: vec![key.jwk()],
            signing_key: key,
            replies: BTreeMap::new(),
            metadata: None,
            id_token: None,
            tokens: None,
            userinfo: userinfo::UserInfo::default(),
            logout_tokens: 0,
            gates: BTreeMap::new(),
            grants: BTreeMap::new(),
            pushed: BTreeMap::new(),
            refresh_tokens: BTreeMap::new(),
            keeps_refresh_tokens: false,
            seen: Vec::new(),
            issued: Vec::new(),
        })))
    }

    /// Answers one endpoint with this, whatever is asked.
    pub fn reply(&self, endpoint: Endpoint, status: u16, body: impl Into<Bytes>) {
        let mut response = Response::new(body.into());
        *response.status_mut() = status.try_into().expect("a status");
        self.reply_with(endpoint, response);
    }

    /// Answers one endpoint with this, headers and all.
    pub fn reply_with(&self, endpoint: Endpoint, response: Response<Bytes>) {
        self.state().replies.insert(endpoint, Ok(response));
    }

    /// Answers one endpoint with no answer at all.
    pub fn fail(&self, endpoint: Endpoint, kind: HttpErrorKind) {
        self.state().replies.insert(endpoint, Err(kind));
    }

    /// Changes the discovery document.
    pub fn bend_metadata(&self, bend: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.state().metadata = Some(Arc::new(bend));
    }

    /// Changes every ID token before it is signed.
    pub fn bend_id_token(&self, bend: impl Fn(&mut IdToken) + Send + Sync + 'static) {
        self.state().id_token = Some(Arc::new(bend));
    }

    /// Changes the token endpoint's answer.
    pub fn bend_tokens(&self, bend: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.state().tokens = Some(Arc::new(bend));
    }

    /// Publishes these keys and no other; the signing key stays what it is.
    pub fn publish(&self, keys: impl IntoIterator<Item = Value>) {
        self.state().published = keys.into_iter().collect();
    }

    /// Signs with this key from now on, and publishes only it.
    pub fn rotate(&self, key: Key) {
        self.publish([key.jwk()]);
        self.state().signing_key = key;
    }

    /// A logout token for alice's session, changed before it is signed.
    pub fn logout_token(&self, bend: impl FnOnce(&mut IdToken)) -> String {
        let mut token = self.state().honest_logout_token();
        bend(&mut token);
        token.to_jws()
    }

    /// Takes a refresh token as often as it comes, and gives no new one; otherwise each is taken
    /// once.
    pub fn keep_refresh_tokens(&self) {
        self.state().keeps_refresh_tokens = true;
    }

    /// Takes none of the refresh tokens that it gave so far.
    pub fn revoke_refresh_tokens(&self) {
        self.state().refresh_tokens.clear();
    }

    /// The key that signs.
    pub fn signing_key(&self) -> Key {
        self.state().signing_key.clone()
    }

    /// Takes back every bend; keys stay as they are.
    pub fn be_honest(&self) {
        let mut state = self.state();
        state.replies.clear();
        (state.metadata, state.id_token, state.tokens) = (None, None, None);
        state.userinfo.be_honest();
        state.gates.clear();
    }

    /// Forgets every request, and what it gave, so that its own memory is that of a new one.
    pub fn forget(&self) {
        let mut state = self.state();
        state.grants.clear();
        state.pushed.clear();
        state.refresh_tokens.clear();
        (state.seen, state.issued) = (Vec::new(), Vec::new());
    }

    /// Holds the requests for an endpoint back until the gate is opened.
    pub fn hold(&self, endpoint: Endpoint) -> Gate {
        let (gate, barrier) = gate::new();
        self.state().gates.insert(endpoint, barrier);
        gate
    }

    /// How often an endpoint was asked.
    pub fn count(&self, endpoint: Endpoint) -> usize {
        let state = self.state();
        let asked = state.seen.iter().filter(|seen| seen.endpoint == endpoint);
        asked.count()
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    /// Every code and token issued so far.
    pub fn issued(&self) -> Vec<String> {
        self.state().issued.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl HttpClient for HostileProvider {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let endpoint = match request.uri().path() {
            "/.well-known/openid-configuration" => Endpoint::Discovery,
            "/keys" => Endpoint::Keys,
            "/token" => Endpoint::Token,
            "/userinfo" => Endpoint::UserInfo,
            "/par" => Endpoint::Pushed,
            "/revoke" => Endpoint::Revocation,
            _ => return Err(HttpError::new(HttpErrorKind::Connect)),
        };
        let form = url::form_urlencoded::parse(request.body()).into_owned();
        let seen = Seen {
            endpoint,
            headers: request.headers().clone(),
            form: form.collect(),
        };
        let barrier = {
            let mut state = self.state();
            state.seen.push(seen.clone());
            state.gates.get(&endpoint).cloned()
        };
        if let Some(barrier) = barrier {
            barrier.pass().await;
        }
        let mut state = self.state();
        if let Some(reply) = state.replies.get(&endpoint) {
            return reply.clone().map_err(HttpError::new);
        }
        Ok(match endpoint {
            Endpoint::Discovery => ok(&state.metadata()),
            Endpoint::Keys => ok(&json!({ "keys": state.published })),
            Endpoint::Token => state.tokens(&seen),
            Endpoint::UserInfo => state.userinfo(&seen),
            Endpoint::Pushed => state.push(&seen),
            Endpoint::Revocation => Response::new(Bytes::new()),
        })
    }
}

impl State {
    fn metadata(&self) -> Value {
        let mut metadata = json!({
            "issuer": ISSUER,
            "authorization_endpoint": format!("{ISSUER}/authorize"),
            "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/keys"),
            "end_session_endpoint": format!("{ISSUER}/logout"),
            "revocation_endpoint": format!("{ISSUER}/revoke"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": true,
        });
        self.userinfo.describe(&mut metadata);
        if let Some(bend) = &self.metadata {
            bend(&mut metadata);
        }
        metadata
    }
}

fn ok(value: &Value) -> Response<Bytes> {
    json_response(200, value)
}

fn oauth_error(error: &str, description: &str) -> Response<Bytes> {
    json_response(
        400,
        &json!({ "error": error, "error_description": description }),
    )
}

fn json_response(status: u16, value: &Value) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(value.to_string()))
        .expect("a response")
}
