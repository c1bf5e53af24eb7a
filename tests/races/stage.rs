//! Stores to run a race against.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use oidc_login::{
    MemoryStore, RelyingPartyBuilder, seams::TokioSpawn, session::SessionStoreAdapter,
};
use oidc_login_redis_store::RedisStore;
use oidc_login_tests::{
    clock::HandClock, people::People, redis::Redis, steps::Gates, stores::OpenStore, world::World,
};

/// Makes each race a test on each of these stages.
macro_rules! races {
    ([$($store:ident),* $(,)?] $races:tt) => {
        $(races!(@ $store $races);)*
    };
    (@ redis { $($race:ident),* $(,)? }) => {
        mod redis {
            $(
                #[tokio::test]
                #[ignore = "needs redis-server: ./test installs it"]
                async fn $race() {
                    super::$race(&crate::stage::Stage::redis().await).await;
                }
            )*
        }
    };
    (@ $store:ident { $($race:ident),* $(,)? }) => {
        mod $store {
            $(
                #[tokio::test]
                async fn $race() {
                    super::$race(&crate::stage::Stage::$store()).await;
                }
            )*
        }
    };
}

pub(crate) use races;

/// Where a race takes place.
pub(crate) enum Stage {
    /// Logins and values in the memory of one process.
    Memory,
    /// Logins in memory, values in a store that saves whatever it is told to, as published ones do.
    OpenValues,
    /// Everything in such stores, the logins through the adapter.
    Adapter,
    /// Everything in a redis-server of this test.
    Redis(Redis),
}

/// Empty stores, for one node or several.
#[derive(Clone)]
pub(crate) enum Stores {
    Memory(MemoryStore),
    OpenValues(MemoryStore, OpenStore),
    Adapter(SessionStoreAdapter, OpenStore),
    Redis(RedisStore),
}

impl Stage {
    pub(crate) fn memory() -> Self {
        Self::Memory
    }

    pub(crate) fn open_values() -> Self {
        Self::OpenValues
    }

    pub(crate) fn adapter() -> Self {
        Self::Adapter
    }

    pub(crate) async fn redis() -> Self {
        Self::Redis(Redis::start().await)
    }

    /// Empty stores that go by this clock.
    pub(crate) fn stores(&self, clock: &HandClock) -> Stores {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let clock = Arc::new(clock.clone());
        match self {
            Self::Memory => Stores::Memory(MemoryStore::with_clock(clock)),
            Self::OpenValues => {
                Stores::OpenValues(MemoryStore::with_clock(clock), OpenStore::default())
            }
            Self::Adapter => {
                let (store, spawn) = (OpenStore::default(), Arc::new(TokioSpawn));
                let logins = SessionStoreAdapter::with_seams(store, clock, spawn);
                Stores::Adapter(logins, OpenStore::default())
            }
            Self::Redis(server) => {
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                let store = RedisStore::builder(server.url())
                    .key_prefix(format!("race-{number}:"))
                    .clock(clock);
                Stores::Redis(store.build().expect("an address"))
            }
        }
    }

    /// An app of one node over empty stores, with the route of the steps.
    pub(crate) fn world(&self) -> (World, Gates) {
        let (world, gates, _) = self.world_and_stores();
        (world, gates)
    }

    pub(crate) fn world_and_stores(&self) -> (World, Gates, Stores) {
        let mut made = None;
        let (world, gates) =
            World::with_steps_over(|builder, clock| made.insert(self.stores(clock)).give(builder));
        (world, gates, made.expect("the world was made"))
    }
}

impl Stage {
    /// Alice in two browsers and bob in one, in an app that shows them their sessions.
    pub(crate) async fn people(&self) -> (People, Stores) {
        let mut made = None;
        let people =
            People::signed_in_over(|builder, clock| made.insert(self.stores(clock)).give(builder));
        let people = people.await;
        (people, made.expect("the world was made"))
    }
}

impl Stores {
    /// The app's values do not hold this text.
    pub(crate) fn assert_no_text(&self, text: &str) {
        let kept = self.values_text();
        assert!(!kept.contains(text), "{kept}");
    }

    /// The app's values as text, as far as the store can be looked into.
    pub(crate) fn values_text(&self) -> String {
        match self {
            Self::OpenValues(_, values) | Self::Adapter(_, values) => values.text(),
            Self::Memory(_) | Self::Redis(_) => String::new(),
        }
    }

    /// Lets a relying party use them.
    pub(crate) fn give(&self, builder: RelyingPartyBuilder) -> RelyingPartyBuilder {
        match self.clone() {
            Self::Memory(store) => builder.login_store(store.clone()).session_store(store),
            Self::OpenValues(logins, values) => builder.login_store(logins).session_store(values),
            Self::Adapter(logins, values) => builder.login_store(logins).session_store(values),
            Self::Redis(store) => builder.login_store(store.clone()).session_store(store),
        }
    }

    /// Nobody's values are left, as far as the store can be looked into.
    pub(crate) fn assert_no_values(&self, name: &str) {
        if let Self::OpenValues(_, values) | Self::Adapter(_, values) = self {
            assert_eq!(values.records(), [], "{name}");
        }
    }
}
