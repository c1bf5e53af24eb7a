//! One request, as the relying party sees it.

use std::{
    net::IpAddr,
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use http::{HeaderMap, Method, Request, Uri};
use tower_sessions_core::Session;

use super::{host::RequestOrigin, outcome::Outcome};
use crate::{
    config::Endpoint,
    error::{LoginError, LoginErrorKind},
    relying_party::{Inner, RelyingParty, Sessions},
    session::{LoadedLogin, Moment, Presented, StoreError},
};

/// One request, as the relying party sees it: what it asked for, and who makes it.
///
/// Made for every request and cheap; the login is looked up when somebody asks for it.
pub struct RequestContext {
    pub(super) rp: RelyingParty,
    pub(super) uri: Uri,
    pub(super) method: Method,
    pub(super) peer: Option<IpAddr>,
    /// The session cookies the browser sent.
    pub(super) presented: Presented,
    /// The app's own session, where it brings one.
    pub(super) app_session: Option<Session>,
    /// When the request came, to tell what ended since from what was over before.
    pub(super) begun: Moment,
    pub(super) login: OnceLock<Option<LoadedLogin>>,
    /// The same login since its tokens were refreshed.
    pub(super) refreshed: OnceLock<Box<LoadedLogin>>,
    was_asked: AtomicBool,
    /// The store failed, and the user counts as a visitor for the rest of the request.
    pub(super) is_degraded: AtomicBool,
    /// Made when the request first does anything to the session; most never do.
    pub(super) outcome: OnceLock<Box<Mutex<Outcome>>>,
}

impl RequestContext {
    /// Looks at a request; nothing is loaded yet.
    pub(crate) fn new<B>(
        rp: &RelyingParty,
        request: &Request<B>,
        uri: &Uri,
        peer: Option<IpAddr>,
    ) -> Self {
        let app_session = match rp.0.sessions {
            Sessions::Own | Sessions::LoginsOnly => None,
            Sessions::App => request.extensions().get::<Session>().cloned(),
        };
        Self {
            rp: rp.clone(),
            uri: uri.clone(),
            method: request.method().clone(),
            peer,
            presented: Presented::of(request.headers(), rp.0.names.session()),
            app_session,
            begun: rp.0.ended.now(),
            login: OnceLock::new(),
            refreshed: OnceLock::new(),
            was_asked: AtomicBool::new(false),
            is_degraded: AtomicBool::new(false),
            outcome: OnceLock::new(),
        }
    }

    /// The endpoint of ours that the request is for.
    pub fn endpoint(&self) -> Option<Endpoint> {
        self.inner().client.endpoints.of(self.uri.path())
    }

    /// The relying party.
    pub fn relying_party(&self) -> &RelyingParty {
        &self.rp
    }

    /// Whether anybody asked who makes this request: then the answer is theirs alone.
    pub(super) fn was_asked(&self) -> bool {
        self.was_asked.load(Ordering::Relaxed)
    }

    pub(super) fn mark_asked(&self) {
        self.was_asked.store(true, Ordering::Relaxed);
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.rp.0
    }

    /// The path and query the browser asked for, also inside a nested router.
    pub(super) fn path_and_query(&self) -> &str {
        self.uri
            .path_and_query()
            .map_or("/", |target| target.as_str())
    }

    /// Under which origin the browser reached us.
    pub(super) fn origin(&self, headers: &HeaderMap) -> Result<RequestOrigin, LoginError> {
        let client = &self.inner().client;
        RequestOrigin::of(
            headers,
            &self.uri,
            self.peer,
            &client.trusted_proxies,
            &client.root_url,
        )
    }
}

pub(super) fn unavailable(error: StoreError) -> LoginError {
    LoginError::new(LoginErrorKind::StoreUnavailable).with_source(error)
}

impl std::fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestContext")
            .field("method", &self.method)
            .field("path", &self.uri.path())
            .finish_non_exhaustive()
    }
}
