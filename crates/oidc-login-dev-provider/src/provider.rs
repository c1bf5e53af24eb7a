//! The provider at work.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::HeaderMap;
use oidc_login_core::seams::HttpClient;
use time::OffsetDateTime;

use crate::{
    Bend, ExpiresIn, RefreshRotation, RefreshTokens, SigningKeys, User,
    acr::Acr,
    apps::Apps,
    bounded::Bounded,
    client::RegisteredClient,
    consent::Consents,
    control::Traffic,
    cookies::{self, Purpose},
    csrf::Csrf,
    grants::Grants,
    issuer::Issuer,
    pages::ErrorPage,
    pushed_requests::{Pushed, PushedRequests},
    seams::{Clock, Random, random_token},
    sessions::Session,
};

/// How many browsers can be signed in at most.
const SESSIONS: usize = 10_000;

/// How many assertions of clients are remembered, to take each once.
const ASSERTIONS: usize = 10_000;

/// Settings that were checked.
pub(crate) struct Settings {
    pub(crate) issuer: Issuer,
    pub(crate) users: Vec<Arc<User>>,
    pub(crate) clients: BTreeMap<String, RegisteredClient>,
    pub(crate) code_lifetime: Duration,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) id_token_lifetime: Duration,
    pub(crate) refresh_token_lifetime: Duration,
    pub(crate) refresh_tokens: RefreshTokens,
    pub(crate) refresh_rotation: RefreshRotation,
    pub(crate) expires_in: ExpiresIn,
    pub(crate) session_lifetime: Duration,
    pub(crate) pushed_requests: PushedRequests,
    /// Where to listen instead of on loopback addresses.
    pub(crate) listen_on: Option<std::net::SocketAddr>,
}

impl Settings {
    pub(crate) fn has_backchannel_logout(&self) -> bool {
        let mut clients = self.clients.values();
        clients.any(|client| client.logout_uris.backchannel.is_some())
    }
}

/// What all endpoints share.
pub(crate) struct Provider {
    pub(crate) settings: Settings,
    pub(crate) keys: RwLock<SigningKeys>,
    pub(crate) csrf: Csrf,
    pub(crate) traffic: Traffic,
    clock: Clock,
    pub(crate) random: Random,
    grants: Mutex<Grants>,
    sessions: Mutex<Bounded<Session>>,
    pub(crate) pushed: Pushed,
    pub(crate) consents: Consents,
    apps: Mutex<Apps>,
    /// To tell apps of a sign-out.
    pub(crate) http: Option<Arc<dyn HttpClient>>,
    assertions: Mutex<Bounded<()>>,
}

impl Provider {
    pub(crate) fn new(
        settings: Settings,
        keys: SigningKeys,
        clock: Clock,
        random: Random,
        http: Option<Arc<dyn HttpClient>>,
    ) -> Self {
        Self {
            csrf: Csrf::new(&random),
            settings,
            keys: RwLock::new(keys),
            traffic: Traffic::default(),
            clock,
            random,
            grants: Mutex::new(Grants::new()),
            sessions: Mutex::new(Bounded::new(SESSIONS)),
            pushed: Pushed::default(),
            consents: Consents::default(),
            apps: Mutex::new(Bounded::new(SESSIONS)),
            http,
            assertions: Mutex::new(Bounded::new(ASSERTIONS)),
        }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        (self.clock)()
    }

    pub(crate) fn random_token(&self) -> String {
        random_token(&self.random)
    }

    /// What it lies about.
    pub(crate) fn bend(&self) -> Option<Bend> {
        self.traffic.bend()
    }

    pub(crate) fn keys(&self) -> SigningKeys {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> MutexGuard<'_, Bounded<Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn apps(&self) -> MutexGuard<'_, Apps> {
        self.apps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The person signed in with this browser.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Session> {
        let id = cookies::read(headers, Purpose::Session, &self.settings.issuer)?;
        self.sessions().get(id, self.now()).cloned()
    }

    /// Signs a person in. Always under a new cookie; the same person keeps the session that relying parties know.
    pub(crate) fn start_session(
        &self,
        user: Arc<User>,
        acr: Acr,
        headers: &HeaderMap,
    ) -> (String, Session) {
        let now = self.now();
        let before = self.session(headers);
        let same_person = before
            .as_ref()
            .is_some_and(|before| before.user.sub == user.sub);
        let sid = match before {
            Some(before) if same_person => {
                self.forget_session(headers);
                before.sid
            }
            _ => {
                self.end_session(headers);
                self.random_token()
            }
        };
        let (id, session) = (
            self.random_token(),
            Session {
                user,
                sid,
                auth_time: now,
                acr,
            },
        );
        self.sessions().insert(
            id.clone(),
            session.clone(),
            now + self.settings.session_lifetime,
            now,
        );
        (id, session)
    }

    /// Signs the browser's person out, and ends what applications hold because of it.
    pub(crate) fn end_session(&self, headers: &HeaderMap) -> Option<Session> {
        let session = self.forget_session(headers)?;
        self.grants().end_session(&session.sid);
        Some(session)
    }

    fn forget_session(&self, headers: &HeaderMap) -> Option<Session> {
        let id = cookies::read(headers, Purpose::Session, &self.settings.issuer)?;
        self.sessions().remove(id)
    }

    /// Remembers an assertion until it expires; `false` for one that was there before.
    pub(crate) fn remember_assertion(&self, id: String, expires: OffsetDateTime) -> bool {
        let now = self.now();
        let mut assertions = self
            .assertions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let is_new = assertions.get(&id, now).is_none();
        if is_new {
            assertions.insert(id, (), expires, now);
        }
        is_new
    }

    /// Until when a grant without further use is remembered.
    pub(crate) fn grant_remembered_until(&self) -> OffsetDateTime {
        let settings = &self.settings;
        self.now()
            + settings
                .refresh_token_lifetime
                .max(settings.access_token_lifetime)
            + settings.code_lifetime
    }

    /// A client by its id, or what to tell the person.
    pub(crate) fn client(&self, id: Option<&str>) -> Result<&RegisteredClient, ErrorPage> {
        let clients = &self.settings.clients;
        id.and_then(|id| clients.get(id)).ok_or_else(|| {
            ErrorPage::new(
                "Unknown client",
                "The app is not registered at this provider under the client_id it sent.",
            )
            .fact("Asked for", id)
            .fact("Registered clients", clients.keys())
        })
    }

    pub(crate) fn user(&self, username: &str, password: &str) -> Option<&Arc<User>> {
        let user = self
            .settings
            .users
            .iter()
            .find(|user| user.username == username)?;
        verify_slices_are_equal(user.password.as_bytes(), password.as_bytes())
            .is_ok()
            .then_some(user)
    }
}
