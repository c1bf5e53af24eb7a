//! One request, as the relying party sees it.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use time::OffsetDateTime;
use tower_sessions_core::{Session, session_store};

use super::host::RequestOrigin;
use crate::{
    config::{BackgroundRefresh, Endpoint},
    error::{LoginError, LoginErrorKind},
    protocol::LoginParameters,
    relying_party::{Inner, RelyingParty, Sessions},
    session::{
        EndedOf, LoadedLogin, Login, Moment, Presented, SessionId, SessionKey, StoreError, at,
    },
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
    begun: Moment,
    login: OnceLock<Option<LoadedLogin>>,
    /// The same login since its tokens were refreshed.
    refreshed: OnceLock<Box<LoadedLogin>>,
    was_asked: AtomicBool,
    /// The store failed, and the user counts as a visitor for the rest of the request.
    pub(super) is_degraded: AtomicBool,
    /// Made when the request first does anything to the session; most never do.
    outcome: OnceLock<Box<Mutex<Outcome>>>,
}

/// What this request itself did to the session.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) renewed: Option<SessionId>,
    /// Nobody is signed in from here on.
    pub(super) is_over: bool,
    /// A session that was alive until then was ended.
    pub(super) has_ended: bool,
    /// The app's values were deleted; whether the session ended or got a new id shows at the end.
    pub(super) values_deleted: bool,
    /// The id in `renewed`, where the app gave it to a session in which somebody is signed in.
    pub(super) moved_login: Option<SessionId>,
    /// When this request itself gave the session another id.
    pub(super) own_mark: Option<Moment>,
    pub(super) cookies: Vec<HeaderValue>,
    /// What the login that this request is about was to do.
    pub(super) wanted: Option<Wanted>,
    /// Why a callback signed nobody in, also where that is no failure to the user.
    pub(super) met: Option<LoginErrorKind>,
}

/// What a login was to do, to begin it once more.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) return_to: String,
    pub(super) parameters: LoginParameters,
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

    /// Who makes this request, if the user is signed in.
    ///
    /// # Errors
    /// When the session store does not answer.
    pub async fn login(&self) -> Result<Option<Arc<Login>>, LoginError> {
        self.mark_asked();
        let loaded = self.loaded().await.map_err(unavailable)?;
        Ok(loaded.map(|loaded| loaded.login.clone()))
    }

    /// The same where it takes no waiting. `None` says nothing: then [`login`](Self::login) looks.
    pub(super) fn login_now(&self) -> Option<&Arc<Login>> {
        self.mark_asked();
        Some(&self.loaded_now()?.login)
    }

    /// When the login of this request ends if nobody uses it.
    ///
    /// # Errors
    /// When the session store does not answer.
    pub async fn idle_until(&self) -> Result<Option<OffsetDateTime>, LoginError> {
        self.mark_asked();
        let loaded = self.loaded().await.map_err(unavailable)?;
        Ok(loaded.map(|loaded| at(loaded.ends_idle_at)))
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

    /// What this request did to the session, to write it down.
    pub(super) fn outcome(&self) -> MutexGuard<'_, Outcome> {
        lock(self.outcome.get_or_init(Box::default))
    }

    /// What this request did to the session, if it did anything.
    pub(super) fn outcome_so_far(&self) -> Option<MutexGuard<'_, Outcome>> {
        self.outcome.get().map(|outcome| lock(outcome))
    }

    /// The id of the session that this request made or renewed.
    pub(super) fn renewed(&self) -> Option<SessionId> {
        self.outcome_so_far()?.renewed.clone()
    }

    /// Whether the request itself ended its login.
    pub(super) fn is_over(&self) -> bool {
        self.outcome_so_far().is_some_and(|outcome| outcome.is_over)
    }

    pub(super) fn add_cookie(&self, line: HeaderValue) {
        self.outcome().cookies.push(line);
    }

    /// The login of this request, unless the request itself ended it.
    pub(super) async fn loaded(&self) -> Result<Option<&LoadedLogin>, StoreError> {
        if let Some(loaded) = self.loaded_now() {
            return Ok(Some(loaded));
        }
        if self.is_over() {
            return Ok(None);
        }
        if let Some(known) = self.login.get() {
            return Ok(known.as_ref());
        }
        // Boxed, so that the future of every request need not have room for it.
        let loaded = Box::pin(self.load()).await?;
        Ok(self.remember(loaded))
    }

    /// The same where it takes no waiting. `None` says nothing: then [`loaded`](Self::loaded) looks.
    pub(super) fn loaded_now(&self) -> Option<&LoadedLogin> {
        if self.is_over() {
            return None;
        }
        if let Some(refreshed) = self.refreshed.get() {
            return Some(refreshed);
        }
        match self.login.get() {
            Some(known) => known.as_ref(),
            None => self.remember(Some(self.load_now()?)),
        }
    }

    /// Whoever asks at the same time loads too; the first answer counts for the whole request.
    fn remember(&self, loaded: Option<LoadedLogin>) -> Option<&LoadedLogin> {
        let loaded = self.login.get_or_init(|| loaded).as_ref();
        if let Some(loaded) = loaded
            && self.inner().background_refresh == BackgroundRefresh::OnRequests
        {
            self.refresh_in_background(loaded);
        }
        loaded
    }

    /// From here on the request sees the login with its new tokens and claims.
    pub(super) fn replace_loaded(&self, loaded: LoadedLogin) {
        // A long request that refreshes again asks the store for the present one itself.
        let _ = self.refreshed.set(Box::new(loaded));
    }

    /// The usual case without waiting: one session, which this process knows, and which need not be
    /// renewed. `None` says nothing: then [`load`](Self::load) looks.
    fn load_now(&self) -> Option<LoadedLogin> {
        let (inner, only) = (self.inner(), self.presented.only()?);
        if inner.fixed_login.is_some() {
            return None;
        }
        let now = inner.clock.unix_timestamp();
        let loaded = inner.decoded.load_now(only.key(), now)?;
        let counts = self.is_ours(&loaded.login) && self.renewed_until(&loaded, now).is_none();
        counts.then_some(loaded)
    }

    async fn load(&self) -> Result<Option<LoadedLogin>, StoreError> {
        let inner = self.inner();
        if let Some(login) = &inner.fixed_login {
            return Ok(Some(LoadedLogin::fixed(login.clone())));
        }
        let now = inner.clock.now();
        let mut found = None;
        for id in self.presented.ids() {
            let (store, records) = (&*inner.logins, &inner.login_records);
            let loaded = inner.decoded.load(store, records, id, now).await?;
            let Some(loaded) = loaded.filter(|loaded| self.is_ours(&loaded.login)) else {
                continue;
            };
            if found.replace(loaded).is_some() {
                tracing::warn!("the browser sent two sessions that are both alive; neither counts");
                return Ok(None);
            }
        }
        if let Some(loaded) = &mut found {
            self.renew_idle(loaded, now).await?;
        }
        Ok(found)
    }

    /// A store may be shared with other clients.
    fn is_ours(&self, login: &Login) -> bool {
        let client = &self.inner().client;
        login.client_id() == client.client_id && login.issuer() == client.provider.issuer()
    }

    /// The new end of an idle session, where this request moves it.
    fn renewed_until(&self, loaded: &LoadedLogin, now: i64) -> Option<i64> {
        let ends_at = loaded.login.record().ends_at;
        let lifetimes = &self.inner().lifetimes;
        lifetimes
            .renewed_until(now, ends_at, loaded.ends_idle_at)
            .filter(|_| self.endpoint() != Some(Endpoint::Session))
    }

    async fn renew_idle(
        &self,
        loaded: &mut LoadedLogin,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let inner = self.inner();
        let Some(renewed) = self.renewed_until(loaded, now.unix_timestamp()) else {
            return Ok(());
        };
        inner.logins.touch(&loaded.key, at(renewed)).await?;
        loaded.ends_idle_at = renewed;
        Ok(())
    }

    /// Ends the login of this request, and what the app kept with it. Gives back the login as the
    /// store had it last.
    pub(super) async fn end_session(&self) -> Result<Option<Arc<Login>>, StoreError> {
        let inner = self.inner();
        let loaded = self.loaded().await?;
        let mut ended = loaded.map(|loaded| loaded.login.clone());
        let id = loaded.and_then(|loaded| self.id_of(loaded));
        let renewed = self.renewed().map(|id| id.key());
        let mut keys: Vec<_> = self.presented.keys().chain(renewed).collect();
        let (mut was_alive, mut number) = (false, 0);
        while let Some(key) = keys.get(number).copied() {
            if let Some(record) = inner.logins.end(&key).await? {
                was_alive = true;
                // Its tokens may have been refreshed since this request looked.
                let own = id.as_ref().filter(|id| id.key() == key);
                let last = own.and_then(|id| inner.login_records.read(id, &record).ok());
                ended = last.map(|last| Arc::new(last.login)).or(ended);
                inner.ended.mark(key, EndedOf::Login, inner.clock.now());
            }
            inner.decoded.remove(&key);
            // Only now: a renewal is known before it ends the old id.
            inner.add_followers(&mut keys, number).await?;
            number += 1;
        }
        let of = if was_alive {
            EndedOf::Login
        } else {
            EndedOf::Visitor
        };
        match self.end_values(&keys).await {
            Ok(had_values) => was_alive |= had_values,
            Err(error) if was_alive => {
                tracing::warn!(%error, "the login has ended, but its values are still there");
            }
            Err(error) => return Err(StoreError::new(error)),
        }
        // Only what was there, or anybody could fill the memory with made-up keys.
        if was_alive {
            for key in &keys {
                inner.ended.mark(*key, of, inner.clock.now());
            }
        }
        let mut outcome = self.outcome();
        outcome.is_over = true;
        outcome.has_ended |= was_alive;
        outcome.renewed = None;
        drop(outcome);
        // A login that takes this one's place ends the silence at once.
        if ended.is_some() {
            self.begin_silence();
        }
        Ok(ended)
    }

    /// Deletes the app's values; says whether there were any that were not over before.
    async fn end_values(&self, keys: &[SessionKey]) -> session_store::Result<bool> {
        let inner = self.inner();
        let mut had_values = false;
        if inner.sessions == Sessions::Own {
            for key in keys {
                let id = key.app_session_id();
                if !self.has_ended_since(key) {
                    had_values |= inner.values.exist(*key).await?;
                }
                inner.values.delete(&id).await?;
            }
        }
        Ok(had_values)
    }

    /// Whether a session was ended, or got a new id, while this request was under way.
    pub(super) fn has_ended_since(&self, key: &SessionKey) -> bool {
        let inner = self.inner();
        inner.ended.is_after(key, self.begun, inner.clock.now())
    }

    /// Whether another request ended the session, or signed somebody in, after this one began.
    pub(super) fn is_overtaken(&self, own_mark: Option<Moment>) -> bool {
        let (ended, now) = (&self.inner().ended, self.inner().clock.now());
        self.presented.keys().any(|key| {
            let moment = ended.moment(&key, now);
            moment > Some(self.begun) && moment != own_mark
        })
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

fn lock(outcome: &Mutex<Outcome>) -> MutexGuard<'_, Outcome> {
    outcome.lock().unwrap_or_else(PoisonError::into_inner)
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
