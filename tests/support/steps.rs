//! An app with one route that does what its query says, step by step, and can be held between two steps.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::StatusCode;
use oidc_login::{CLAIMS_KEY, Oidc, OidcLayer, RelyingPartyBuilder};
use serde_json::Value;
use time::Duration;
use tokio::{sync::Semaphore, task::JoinHandle};
use tower_sessions::{Expiry, MemoryStore, Session, SessionManagerLayer, cookie::SameSite};

use crate::{
    clock::HandClock,
    user_agent::{Page, UserAgent},
    world::{APP, World, routes},
};

/// What a request may do to its session while its user is signed out elsewhere; it waits at the gate
/// `slow` with the session already known.
pub const LATE_STEPS: [&str; 6] = [
    "who&hold=slow&set=color:late",
    "who&hold=slow&set=color:late&save",
    "read=color&hold=slow&set=color:late&save",
    "who&read=color&hold=slow&cycle",
    "who&read=color&hold=slow&cycle&save",
    "who&hold=slow&flush",
];

/// Places where requests wait until the test lets them go on.
#[derive(Clone, Debug, Default)]
pub struct Gates(Arc<Mutex<HashMap<String, Arc<Gate>>>>);

#[derive(Debug)]
struct Gate {
    arrived: Semaphore,
    open: Semaphore,
}

impl Gates {
    /// Waits at the gate of this name; for handlers.
    pub async fn wait(&self, name: &str) {
        let gate = self.gate(name);
        gate.arrived.add_permits(1);
        gate.open.acquire().await.expect("an open gate").forget();
    }

    /// Returns when a request has come to the gate; for tests.
    pub async fn arrival(&self, name: &str) {
        let gate = self.gate(name);
        gate.arrived.acquire().await.expect("an arrival").forget();
    }

    /// Lets one request through; for tests.
    pub fn open(&self, name: &str) {
        self.gate(name).open.add_permits(1);
    }

    fn gate(&self, name: &str) -> Arc<Gate> {
        let mut gates = self.0.lock().expect("no panic at a gate");
        let closed = || Gate {
            arrived: Semaphore::new(0),
            open: Semaphore::new(0),
        };
        let gate = gates.entry(name.to_owned());
        gate.or_insert_with(|| Arc::new(closed())).clone()
    }
}

/// The routes: `/do` for anybody, answering what its steps found, separated by blanks.
///
/// `set=NAME:VALUE`, `read=NAME`, `remove=NAME`, `expire=SECONDS`, `save`, `load`, `clear`,
/// `delete`, `flush` and `cycle` are what a `Session` can do; `claims` reads whose claims stand in
/// it and `fake` puts others there; `who` asks for the login; `hold=GATE` waits; `fail` makes the
/// answer a 500. `try-read=NAME` and `try-save` tell whether the session did it, instead of a panic.
pub fn steps(gates: &Gates) -> Router {
    Router::new()
        .route("/do", get(take_steps))
        .with_state(gates.clone())
}

impl World {
    /// The tutorial's app and the route of [`steps`].
    pub fn with_steps() -> (Self, Gates) {
        Self::with_steps_and(|relying_party| relying_party)
    }

    /// The same with other settings.
    pub fn with_steps_and(
        settings: impl FnOnce(RelyingPartyBuilder) -> RelyingPartyBuilder,
    ) -> (Self, Gates) {
        let gates = Gates::default();
        let routes = routes().merge(steps(&gates));
        (Self::with(|client| client, settings, routes), gates)
    }

    /// The same over stores that go by the clock of the world.
    pub fn with_steps_over(
        stores: impl FnOnce(RelyingPartyBuilder, &HandClock) -> RelyingPartyBuilder,
    ) -> (Self, Gates) {
        let gates = Gates::default();
        let routes = routes().merge(steps(&gates));
        let world = Self::assemble(
            |provider| provider,
            |client| client,
            |builder, clock| {
                let relying_party = stores(builder, clock).build().expect("a relying party");
                routes.layer(OidcLayer::new(relying_party))
            },
        );
        (world, gates)
    }

    /// The same in an app that brings its own session layer.
    pub fn with_steps_in_app_sessions(same_site: SameSite) -> (Self, Gates) {
        let gates = Gates::default();
        let routes = routes().merge(steps(&gates));
        let sessions = SessionManagerLayer::new(MemoryStore::default())
            .with_secure(false)
            .with_same_site(same_site);
        let world = Self::assemble(
            |provider| provider,
            |client| client,
            |builder, _| {
                let relying_party = builder.app_sessions().build().expect("a relying party");
                routes.layer(OidcLayer::new(relying_party)).layer(sessions)
            },
        );
        (world, gates)
    }
}

async fn take_steps(
    State(gates): State<Gates>,
    oidc: Oidc,
    session: Session,
    Query(steps): Query<Vec<(String, String)>>,
) -> Response {
    let (mut found, mut status) = (Vec::new(), StatusCode::OK);
    for (step, argument) in &steps {
        match step.as_str() {
            "hold" => gates.wait(argument).await,
            "fail" => status = StatusCode::INTERNAL_SERVER_ERROR,
            "who" => {
                let login = oidc.login().await.expect("a store");
                let name =
                    login.map(|login| login.claims().preferred_username().map(str::to_owned));
                found.push(format!("who={}", name.flatten().as_deref().unwrap_or("-")));
            }
            _ => found.extend(session_step(&session, step, argument).await),
        }
    }
    (status, found.join(" ")).into_response()
}

async fn session_step(session: &Session, step: &str, argument: &str) -> Option<String> {
    let done = match step {
        "set" => {
            let (name, value) = argument.split_once(':').expect("set=NAME:VALUE");
            session.insert(name, value).await
        }
        "read" => {
            let value: Option<String> = session.get(argument).await.expect("a text");
            return Some(format!("{argument}={}", value.as_deref().unwrap_or("-")));
        }
        "try-read" => {
            let value = session.get::<String>(argument).await;
            let value = value.map_or("!".to_owned(), |value| value.unwrap_or("-".to_owned()));
            return Some(format!("{argument}={value}"));
        }
        "try-save" => {
            let saved = session.save().await;
            return Some(format!("saved={}", saved.is_ok()));
        }
        "claims" => {
            let claims = session.get_value(CLAIMS_KEY).await.expect("a store");
            let name = claims.as_ref().map(|claims| &claims["preferred_username"]);
            let name = name.and_then(Value::as_str).unwrap_or("-");
            return Some(format!("claims={name}"));
        }
        "fake" => {
            let claims = serde_json::json!({ "sub": "mallory", "preferred_username": "mallory" });
            session.insert_value(CLAIMS_KEY, claims).await.map(|_| ())
        }
        "remove" => session.remove_value(argument).await.map(|_| ()),
        "expire" => {
            let seconds = argument.parse().expect("seconds");
            session.set_expiry(Some(Expiry::OnInactivity(Duration::seconds(seconds))));
            Ok(())
        }
        "save" => session.save().await,
        "load" => session.load().await,
        "delete" => session.delete().await,
        "flush" => session.flush().await,
        "cycle" => session.cycle_id().await,
        "clear" => {
            session.clear().await;
            Ok(())
        }
        other => panic!("no step is called {other}"),
    };
    done.expect("a session that does it");
    None
}

/// A request that waits at a gate.
pub struct InFlight {
    gates: Gates,
    gate: &'static str,
    answer: JoinHandle<Page>,
}

impl InFlight {
    /// Does not wait for the answer any more.
    pub async fn hang_up(self) {
        self.answer.abort();
        let _ = self.answer.await;
    }
}

impl UserAgent {
    /// Takes these steps; what they found.
    pub async fn steps(&mut self, steps: &str) -> String {
        self.get(&format!("{APP}/do?{steps}")).await.text()
    }

    /// Begins to take these steps with the cookies of this moment, and returns when they came to
    /// `hold=GATE`.
    pub async fn in_flight(&self, gates: &Gates, gate: &'static str, steps: &str) -> InFlight {
        let (mut browser, url) = (self.clone(), format!("{APP}/do?{steps}"));
        let mut answer = tokio::spawn(async move { browser.get(&url).await });
        tokio::select! {
            () = gates.arrival(gate) => {}
            page = &mut answer => panic!("{steps} never came to {gate}: {:?}", page.map(|page| page.text())),
        }
        InFlight {
            gates: gates.clone(),
            gate,
            answer,
        }
    }

    /// The session cookie, if it lives.
    pub fn session(&self) -> Option<String> {
        let names = self.cookies_named("localhost", "oidc_session");
        let [name] = &names[..] else {
            assert!(names.is_empty(), "{names:?}");
            return None;
        };
        let key = ("localhost".to_owned(), name.clone());
        self.jar.get(&key).map(|(value, _)| value.clone())
    }

    /// Lets a request go on; its answer comes to this browser as it is now.
    pub async fn land(&mut self, request: InFlight) -> Page {
        request.gates.open(request.gate);
        let page = request.answer.await.expect("an answer");
        self.receive(&page);
        page
    }
}
