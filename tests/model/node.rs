//! The nodes of an app, over one store, and the browsers' way to them.

use std::{sync::Arc, time::Duration};

use axum::Router;
use oidc_login::{Lifetimes, MemoryStore, OidcLayer, RelyingParty, SessionSecrets, StoreEntries};
use oidc_login_tests::{
    clock::HandClock,
    hostile::HostileProvider,
    steps::Gates,
    stores::OpenStore,
    tokens::token_routes,
    user_agent::UserAgent,
    world::{APP, client},
};

use crate::{
    executor::NodeTasks,
    plan::{Setting, USERS},
    stepping::{
        Indexes, LoginTurns, ProviderSessions, SteppingLogins, SteppingValues, SteppingWire,
    },
    timer::IdleTimer,
    trace::Trace,
    truth::{ABSOLUTE, IDLE},
};

/// What all nodes share.
pub(crate) struct Shared {
    pub(crate) clock: HandClock,
    pub(crate) trace: Trace,
    pub(crate) logins: SteppingLogins,
    pub(crate) values: SteppingValues,
    pub(crate) wire: SteppingWire,
    pub(crate) timer: IdleTimer,
    entries: StoreEntries,
}

/// One process of the app.
pub(crate) struct Node {
    pub(crate) relying_party: RelyingParty,
    pub(crate) tasks: NodeTasks,
    /// A browser without cookies that comes to this node.
    pub(crate) agent: UserAgent,
}

impl Shared {
    /// With stores of values, and a provider, of that kind.
    pub(crate) fn new(setting: Setting) -> Self {
        let (clock, trace) = (HandClock::new(), Trace::default());
        let memory = MemoryStore::with_clock(Arc::new(clock.clone()));
        let provider = HostileProvider::new(&clock);
        let sessions = ProviderSessions::default();
        number_sessions(&provider, &sessions);
        if setting.keeps_refresh_tokens {
            provider.keep_refresh_tokens();
        }
        Self {
            logins: SteppingLogins::over(
                memory.clone(),
                LoginTurns {
                    trace: trace.clone(),
                    indexes: Indexes::default(),
                },
            ),
            values: SteppingValues {
                store: if setting.has_open_values {
                    Arc::new(OpenStore::default())
                } else {
                    Arc::new(memory)
                },
                trace: trace.clone(),
                ids: Arc::default(),
            },
            wire: SteppingWire {
                provider,
                clock: clock.clone(),
                trace: trace.clone(),
                exchanges: Arc::default(),
                tokens: Arc::default(),
                refreshes: Arc::default(),
                disturbances: Arc::default(),
                sessions,
            },
            // What is left in the store in the end can be read only where it is plain.
            entries: if setting.has_open_values {
                StoreEntries::Encrypted
            } else {
                StoreEntries::Plain
            },
            timer: IdleTimer::new(&clock),
            clock,
            trace,
        }
    }

    pub(crate) fn node(&self) -> Node {
        let tasks = NodeTasks::default();
        let seconds = |seconds: i64| Duration::from_secs(seconds.unsigned_abs());
        let lifetimes = Lifetimes::new(seconds(IDLE), seconds(ABSOLUTE));
        let client = client(self.wire.clone()).build().expect("a client");
        let secrets = SessionSecrets::from_bytes([[1; 32]]).expect("a long one");
        let relying_party = RelyingParty::builder(client)
            .clock(self.clock.clone())
            .lifetimes(lifetimes.expect("lifetimes that work"))
            .spawn(tasks.clone())
            .session_secrets(secrets)
            .login_store(self.logins.clone())
            .session_store(self.values.clone())
            .store_entries(self.entries)
            .timer(self.timer.clone())
            .build()
            .expect("a relying party");
        let app: Router =
            token_routes(&Gates::default()).layer(OidcLayer::new(relying_party.clone()));
        Node {
            relying_party,
            tasks,
            agent: UserAgent::new([(APP.to_owned(), app)], self.clock.clone()),
        }
    }
}

/// Each user has one session at the provider at a time, which has a number.
fn number_sessions(provider: &HostileProvider, sessions: &ProviderSessions) {
    let sessions = sessions.clone();
    provider.bend_id_token(move |token| {
        let name = token.claims["preferred_username"]
            .as_str()
            .unwrap_or_default();
        let user = USERS
            .iter()
            .position(|user| *user == name)
            .expect("one of ours");
        let number = sessions.lock().expect("no panic")[user];
        token.claims["sid"] = format!("sid-{number}-of-{name}").into();
    });
}
