//! What a load balancer is told.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use oidc_login::{
    LoginErrorKind, MemoryStore, ProviderReadiness, RelyingParty, StoreReadiness,
    seams::{HttpErrorKind, Spawn},
};
use oidc_login_tests::{
    clock::HandClock,
    hostile::{Endpoint, HostileProvider},
    stores::{FrailStore, OpenStore},
    timer::HandTimer,
    world::client,
};

struct Stage {
    relying_party: RelyingParty,
    provider: HostileProvider,
    clock: HandClock,
    logins: FrailStore,
    values: OpenStore,
    timer: HandTimer,
    tasks: Tasks,
}

/// Tasks of tokio, counted.
#[derive(Clone, Default)]
struct Tasks(Arc<AtomicUsize>);

impl Spawn for Tasks {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(task);
    }
}

impl Stage {
    fn new() -> Self {
        let (clock, timer, values) = (HandClock::new(), HandTimer::new(), OpenStore::default());
        let tasks = Tasks::default();
        let provider = HostileProvider::new(&clock);
        let logins = FrailStore::new(MemoryStore::with_clock(Arc::new(clock.clone())));
        let client = client(provider.clone()).build().expect("a client");
        let relying_party = RelyingParty::builder(client)
            .clock(clock.clone())
            .login_store(logins.clone())
            .session_store(values.clone())
            .timer(timer.clone())
            .spawn(tasks.clone());
        Self {
            relying_party: relying_party.build().expect("a relying party"),
            provider,
            clock,
            logins,
            values,
            timer,
            tasks,
        }
    }

    async fn provider(&self) -> ProviderReadiness {
        self.relying_party.readiness().await.provider
    }

    async fn store(&self) -> StoreReadiness {
        self.relying_party.readiness().await.store
    }

    /// What is said once the tasks in the background had their turn.
    async fn provider_next(&self) -> ProviderReadiness {
        self.provider().await;
        tokio::task::yield_now().await;
        self.provider().await
    }
}

#[tokio::test]
async fn an_app_becomes_ready_by_being_asked() {
    let stage = Stage::new();
    let first = stage.relying_party.readiness().await;
    assert!(!first.is_ready(), "{first:?}");
    assert_eq!(
        first.provider,
        ProviderReadiness::Unknown { last_failure: None }
    );
    assert_eq!(first.store, StoreReadiness::Answers);
    tokio::task::yield_now().await;
    let second = stage.relying_party.readiness().await;
    assert!(second.is_ready(), "{second:?}");
    assert_eq!(stage.provider.count(Endpoint::Discovery), 1);
}

#[tokio::test]
async fn a_provider_that_was_never_seen_is_told_with_its_failure() {
    let stage = Stage::new();
    stage
        .provider
        .fail(Endpoint::Discovery, HttpErrorKind::Connect);
    let last_failure = Some(LoginErrorKind::ProviderUnavailable);
    let unknown = ProviderReadiness::Unknown { last_failure };
    assert_eq!(stage.provider_next().await, unknown);
    for _ in 0..10 {
        assert_eq!(stage.provider_next().await, unknown);
    }
    assert_eq!(stage.provider.count(Endpoint::Discovery), 1, "no storm");
    stage.provider.be_honest();
    stage.clock.advance(2);
    let known = stage.provider_next().await;
    assert!(
        matches!(
            known,
            ProviderReadiness::Known {
                last_failure: None,
                ..
            }
        ),
        "{known:?}"
    );
}

#[tokio::test]
async fn a_provider_that_hangs_is_not_waited_for() {
    let stage = Stage::new();
    let mut gate = stage.provider.hold(Endpoint::Discovery);
    stage.provider().await;
    gate.reached(1).await;
    let unknown = ProviderReadiness::Unknown { last_failure: None };
    assert_eq!(stage.provider_next().await, unknown);
    let tasks = stage.tasks.0.load(Ordering::SeqCst);
    assert_eq!(tasks, 1, "nobody else waits in vain");
    gate.open();
    stage.provider_next().await;
    assert!(stage.relying_party.readiness().await.is_ready());
}

#[tokio::test]
async fn each_store_that_fails_is_told_until_it_answers_again() {
    type Break = fn(&Stage);
    let cases: [(&str, Break, Break); 2] = [
        (
            "logins",
            |stage| stage.logins.break_down(),
            |stage| stage.logins.recover(),
        ),
        (
            "values",
            |stage| stage.values.break_down(),
            |stage| stage.values.recover(),
        ),
    ];
    let stage = Stage::new();
    stage.provider_next().await;
    for (name, break_down, recover) in cases {
        assert_eq!(stage.store().await, StoreReadiness::Answers, "{name}");
        break_down(&stage);
        assert_eq!(stage.store().await, StoreReadiness::Fails, "{name}");
        assert!(!stage.relying_party.readiness().await.is_ready(), "{name}");
        recover(&stage);
        assert_eq!(stage.store().await, StoreReadiness::Answers, "{name}");
    }
}

#[tokio::test]
async fn a_store_that_hangs_is_waited_for_a_second() {
    let stage = Stage::new();
    stage.logins.hang();
    let relying_party = stage.relying_party.clone();
    let asked = tokio::spawn(async move { relying_party.readiness().await });
    let second = Duration::from_secs(1);
    stage.timer.asleep(1, second).await;
    assert!(!asked.is_finished());
    stage.timer.pass(second);
    let readiness = asked.await.expect("an answer");
    assert_eq!(readiness.store, StoreReadiness::Fails);
}
