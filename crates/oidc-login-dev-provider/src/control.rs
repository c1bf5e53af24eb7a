//! The provider in the hand of a test: counted, held, made to fail or to lie.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use tokio::sync::{Semaphore, watch};

use crate::{Bend, SigningKeys, bend, provider::Provider};

/// An endpoint of the provider, as discovery names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `/.well-known/openid-configuration`.
    Discovery,
    /// `jwks_uri`.
    Jwks,
    /// `authorization_endpoint`.
    Authorization,
    /// `pushed_authorization_request_endpoint`.
    PushedAuthorizationRequest,
    /// `token_endpoint`.
    Token,
    /// `userinfo_endpoint`.
    UserInfo,
    /// `revocation_endpoint`.
    Revocation,
    /// `end_session_endpoint`.
    EndSession,
}

/// Where a request is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hold {
    /// When it has arrived: nothing was done yet.
    Request,
    /// When it was carried out: its code is used, its tokens exist, only the answer is missing.
    Answer,
}

/// What a test may do to a running provider: count its requests, hold them back, change its keys, make it lie.
///
/// Obtained by [`DevProvider::control`](crate::DevProvider::control); all clones act on the same provider.
#[derive(Clone)]
pub struct Control(pub(crate) Arc<Provider>);

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").finish_non_exhaustive()
    }
}

impl Control {
    /// How many requests an endpoint has seen so far, answered or not.
    pub fn requests(&self, endpoint: Endpoint) -> u64 {
        self.0
            .traffic
            .lock()
            .counts
            .get(&endpoint)
            .copied()
            .unwrap_or_default()
    }

    /// Replaces all keys, as a provider does that restarts: tokens signed before no longer verify.
    pub fn replace_signing_keys(&self, keys: SigningKeys) {
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// Answers all further requests to an endpoint with this status and nothing else, as a provider
    /// in trouble does; nothing is carried out.
    pub fn fail(&self, endpoint: Endpoint, status: StatusCode) {
        self.0.traffic.lock().failing.insert(endpoint, status);
    }

    /// Takes [`Control::fail`] back.
    pub fn recover(&self, endpoint: Endpoint) {
        self.0.traffic.lock().failing.remove(&endpoint);
    }

    /// Lies about one thing from now on, in place of what it lied about before.
    pub fn bend(&self, bend: Bend) {
        self.0.traffic.lock().bend = Some(bend);
    }

    /// Takes [`Control::bend`] back: it is honest again.
    pub fn straighten(&self) {
        self.0.traffic.lock().bend = None;
    }

    /// Holds all further requests to an endpoint until the gate lets them through or is dropped.
    ///
    /// A second gate at the same place takes over from the first.
    pub fn hold(&self, endpoint: Endpoint, hold: Hold) -> Gate {
        let gate = Arc::new(GateState {
            arrived: watch::Sender::new(0),
            permits: Semaphore::new(0),
        });
        self.0
            .traffic
            .lock()
            .gates
            .insert((endpoint, hold), Arc::clone(&gate));
        Gate(gate)
    }
}

/// Holds requests back, to force the order of concurrent ones. Dropping it lets all through.
///
/// ```
/// # use oidc_login_dev_provider::{Client, DevProvider, Endpoint, Hold, SigningKeys};
/// # async fn test(provider: DevProvider) {
/// let gate = provider.control().hold(Endpoint::Token, Hold::Request);
/// // … two requests are sent …
/// gate.arrived(2).await;
/// gate.release(1);
/// # }
/// ```
#[must_use = "dropping it lets all requests through"]
pub struct Gate(Arc<GateState>);

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrived = *self.0.arrived.borrow();
        f.debug_struct("Gate")
            .field("arrived", &arrived)
            .finish_non_exhaustive()
    }
}

impl Gate {
    /// Waits until so many requests have come to this gate since it was set up, those let through included.
    pub async fn arrived(&self, requests: usize) {
        let mut arrived = self.0.arrived.subscribe();
        // The sender lives as long as this gate.
        drop(arrived.wait_for(|count| *count >= requests).await);
    }

    /// Lets so many requests through, in the order of their arrival, also ones still to come.
    pub fn release(&self, requests: usize) {
        self.0.permits.add_permits(requests);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.0.permits.close();
    }
}

struct GateState {
    arrived: watch::Sender<usize>,
    permits: Semaphore,
}

/// What went through the endpoints, and what is held there.
#[derive(Default)]
pub(crate) struct Traffic(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    counts: HashMap<Endpoint, u64>,
    gates: HashMap<(Endpoint, Hold), Arc<GateState>>,
    failing: HashMap<Endpoint, StatusCode>,
    bend: Option<Bend>,
}

impl Traffic {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn bend(&self) -> Option<Bend> {
        self.lock().bend
    }

    fn count(&self, endpoint: Endpoint) {
        *self.lock().counts.entry(endpoint).or_default() += 1;
    }

    async fn pass(&self, endpoint: Endpoint, hold: Hold) {
        let gate = self.lock().gates.get(&(endpoint, hold)).cloned();
        if let Some(gate) = gate {
            gate.arrived.send_modify(|count| *count += 1);
            // A closed gate is one that was dropped: everybody may pass.
            if let Ok(permit) = gate.permits.acquire().await {
                permit.forget();
            }
        }
    }
}

/// Around each endpoint.
pub(crate) async fn watched(
    State((provider, endpoint)): State<(Arc<Provider>, Endpoint)>,
    request: Request,
    next: Next,
) -> Response {
    provider.traffic.count(endpoint);
    provider.traffic.pass(endpoint, Hold::Request).await;
    let failing = provider.traffic.lock().failing.get(&endpoint).copied();
    let instead = match failing {
        Some(status) => Some(status.into_response()),
        None => bend::instead::answer(provider.bend(), endpoint),
    };
    let response = match instead {
        Some(response) => response,
        None => next.run(request).await,
    };
    provider.traffic.pass(endpoint, Hold::Answer).await;
    response
}
