//! Stores and a provider that everybody waits for a turn to ask.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{Request, Response};
use oidc_login::{
    seams::{HttpClient, HttpError},
    session::{Expected, LoginIndex, StoreError},
};
use oidc_login_tests::{
    clock::HandClock,
    hostile::HostileProvider,
    store_tap::{Call, Tap, Tapped},
};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use crate::{executor::next_turn, plan::USERS, trace::Trace};

/// A store of logins.
pub(crate) type SteppingLogins = Tapped<LoginTurns>;

/// Notes the calls of a store, each when its turn has come.
#[derive(Clone)]
pub(crate) struct LoginTurns {
    pub(crate) trace: Trace,
    pub(crate) indexes: Indexes,
}

/// What finds each login, and who saved it.
pub(crate) type Indexes = Arc<Mutex<Vec<(String, LoginIndex)>>>;

#[async_trait]
impl Tap for LoginTurns {
    async fn before(&self, call: Call<'_>) -> Result<(), StoreError> {
        next_turn().await;
        self.trace.note(call.name());
        if let Call::PutIf(_, Expected::New(index)) = call {
            let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
            indexes.push((self.trace.actor(), index.clone()));
        }
        Ok(())
    }
}

/// A store of the app's values, which remembers what it was given to keep.
#[derive(Clone)]
pub(crate) struct SteppingValues {
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) trace: Trace,
    pub(crate) ids: Arc<Mutex<BTreeSet<i128>>>,
}

impl SteppingValues {
    async fn turn(&self, what: &str) -> &dyn SessionStore {
        next_turn().await;
        self.trace.note(what);
        &*self.store
    }

    /// Everything in the store.
    pub(crate) async fn records(&self) -> Vec<Record> {
        let ids = self
            .ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut records = Vec::new();
        for id in ids {
            let record = self.store.load(&Id(id)).await;
            records.extend(record.expect("a store that works"));
        }
        records
    }
}

#[async_trait]
impl SessionStore for SteppingValues {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let created = self.turn("create values").await.create(record).await;
        self.ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(record.id.0);
        created
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let store = self.turn("save values").await;
        self.ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(record.id.0);
        store.save(record).await
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.turn("load values").await.load(id).await
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.turn("delete values").await.delete(id).await
    }
}

impl fmt::Debug for SteppingValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteppingValues").finish_non_exhaustive()
    }
}

/// The way to the provider, which counts what codes are exchanged for.
#[derive(Clone)]
pub(crate) struct SteppingWire {
    pub(crate) provider: HostileProvider,
    pub(crate) clock: HandClock,
    pub(crate) trace: Trace,
    pub(crate) exchanges: Exchanges,
    pub(crate) sessions: ProviderSessions,
    pub(crate) tokens: Tokens,
    /// The refresh tokens that were sent, and how often by then a node had died, or time had passed
    /// while something was under way.
    pub(crate) refreshes: Arc<Mutex<Vec<(String, u32)>>>,
    pub(crate) disturbances: Arc<AtomicU32>,
}

/// Access tokens, the oldest first, and whose they are.
pub(crate) type Tokens = Arc<Mutex<Vec<(String, String)>>>;

/// The access token in an answer, and whose it is.
fn issued(answer: &[u8]) -> Option<(String, String)> {
    let answer: serde_json::Value = serde_json::from_slice(answer).ok()?;
    let payload = answer["id_token"].as_str()?.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    let user = claims["preferred_username"].as_str()?.to_owned();
    Some((answer["access_token"].as_str()?.to_owned(), user))
}

/// The token requests, by the code they came with.
pub(crate) type Exchanges = Arc<Mutex<BTreeMap<String, Vec<Exchange>>>>;

/// Which session each user has at the provider.
pub(crate) type ProviderSessions = Arc<Mutex<[u32; USERS.len()]>>;

/// One token request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchange {
    pub(crate) at: i64,
    pub(crate) sessions: [u32; USERS.len()],
}

#[async_trait]
impl HttpClient for SteppingWire {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        next_turn().await;
        self.trace.note(request.uri().path());
        let form = url::form_urlencoded::parse(request.body());
        if let Some((_, code)) = form.clone().find(|(name, _)| name == "code") {
            let mut exchanges = self
                .exchanges
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let exchanges_of_code = exchanges.entry(code.into_owned()).or_default();
            exchanges_of_code.push(Exchange {
                at: self.clock.seconds(),
                sessions: *self.sessions.lock().unwrap_or_else(PoisonError::into_inner),
            });
        }
        let refresh_token = form.clone().find(|(name, _)| name == "refresh_token");
        if let Some((_, token)) = refresh_token {
            let mut refreshes = self
                .refreshes
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            refreshes.push((
                token.into_owned(),
                self.disturbances.load(Ordering::Relaxed),
            ));
        }
        let answer = self.provider.send(request).await?;
        if let Some((token, user)) = issued(answer.body()) {
            let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            tokens.push((token, user));
        }
        // The answer is on its way.
        next_turn().await;
        Ok(answer)
    }
}
