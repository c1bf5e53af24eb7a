//! Every seam filled by somebody else, with what is public and nothing more: no other crate of ours, and no version of
//! a dependency that has to be the same as ours by hand.

mod store;

use std::{
    collections::BTreeSet,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use oidc_login::{
    LoginDecision, MemoryStore, SessionSecrets, async_trait,
    bytes::Bytes,
    http,
    page::{Detail, ErrorPage, ForbiddenPage, Pages},
    seams::{Clock, HttpClient, HttpError, HttpErrorKind, Random, Spawn, Timer},
    session::contract,
    time::OffsetDateTime,
};
use oidc_login_tests::{
    clock::HandClock,
    user_agent::UserAgent,
    wire::Wire,
    world::{APP, ISSUER, provider, routes, sign_in},
};

use self::store::{OwnStore, Shared};

/// Which seams were asked for anything.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<BTreeSet<&'static str>>>);

impl Asked {
    fn add(&self, seam: &'static str) {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(seam);
    }

    fn all(&self) -> Vec<&'static str> {
        let asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().copied().collect()
    }
}

struct OwnClock(Asked, HandClock);

impl Clock for OwnClock {
    fn now(&self) -> OffsetDateTime {
        self.0.add("clock");
        self.1.now()
    }
}

/// Chance that can be foretold: for tests only.
struct OwnRandom(Asked, AtomicU64);

impl Random for OwnRandom {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.add("random");
        for part in buffer.chunks_mut(8) {
            let number = self.1.fetch_add(1, Ordering::Relaxed) + 1;
            let bytes = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
            part.copy_from_slice(&bytes[..part.len()]);
        }
    }
}

struct OwnSpawn(Asked);

impl Spawn for OwnSpawn {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.add("spawn");
        tokio::spawn(task);
    }
}

/// A timer at which nobody wakes, as nothing here takes too long.
struct OwnTimer(Asked);

impl Timer for OwnTimer {
    fn sleep(&self, _time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.0.add("timer");
        Box::pin(std::future::pending())
    }
}

struct OwnHttpClient(Asked, Wire);

#[async_trait]
impl HttpClient for OwnHttpClient {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, HttpError> {
        self.0.add("http client");
        if !request.uri().to_string().starts_with(ISSUER) {
            return Err(HttpError::new(HttpErrorKind::Connect)
                .with_source(std::io::Error::other("no such host")));
        }
        self.1.send(request).await
    }
}

struct OwnPages(Asked);

impl Pages for OwnPages {
    fn error(&self, page: &ErrorPage<'_>) -> String {
        self.0.add("pages");
        let detail = match page.detail {
            Detail::Full => "in full",
            _ => "in short",
        };
        format!("{} {detail}, home is {}", page.error.code(), page.home)
    }

    fn forbidden(&self, page: &ForbiddenPage<'_>) -> String {
        format!("{} needs {}", page.signed_in_as, page.role)
    }
}

#[tokio::test]
async fn a_login_with_every_seam_of_somebody_elses() {
    let (asked, clock) = (Asked::default(), HandClock::new());
    let provider = provider(&clock).build().expect("a provider");
    let http_client = OwnHttpClient(asked.clone(), Wire(provider.router()));
    // One that is shared goes in as it is.
    let http_client: Arc<dyn HttpClient> = Arc::new(http_client);
    let own_clock: Arc<dyn Clock> = Arc::new(OwnClock(asked.clone(), clock.clone()));
    let store: Shared<Arc<dyn Clock>> = Arc::new(OwnStore::new(own_clock.clone()));
    let client = oidc_login_tests::world::client(http_client).build();
    let relying_party = oidc_login::RelyingParty::builder(client.expect("a client"))
        .session_secrets(SessionSecrets::random())
        .login_store(store)
        .session_store(MemoryStore::with_clock(own_clock.clone()))
        .pages(OwnPages(asked.clone()))
        // What is not ready at once is given a time.
        .on_login(|_login, _session| async {
            tokio::task::yield_now().await;
            Ok(LoginDecision::Allow)
        })
        .clock(own_clock)
        .random(Arc::new(OwnRandom(asked.clone(), AtomicU64::new(0))))
        .spawn(Arc::new(OwnSpawn(asked.clone())))
        .timer(Arc::new(OwnTimer(asked.clone())))
        .build();
    let relying_party = relying_party.expect("a relying party");
    let app = routes().layer(oidc_login::OidcLayer::new(relying_party));
    let sites = [
        (APP.to_owned(), app),
        (ISSUER.to_owned(), provider.router()),
    ];
    let mut browser = UserAgent::new(sites, clock);

    let page = sign_in(&mut browser, "bob", "/secure").await;
    assert_eq!(page.text(), "secure bob");
    let page = browser.open(&format!("{APP}/admin")).await;
    assert_eq!(page.text(), "bob needs admin");
    let page = browser.open(&format!("{APP}/auth/callback")).await;
    assert_eq!(page.text(), "state_missing in short, home is /");
    let logout = [("", "")];
    browser.post(&format!("{APP}/auth/logout"), &logout).await;
    let page = browser.open(&format!("{APP}/hello")).await;
    assert_eq!(page.text(), "hello stranger");

    let all = ["clock", "http client", "pages", "random", "spawn", "timer"];
    assert_eq!(asked.all(), all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_of_somebody_elses_can_keep_the_contract() {
    contract::check_login_store(async |clock| OwnStore::new(clock)).await;
    contract::check_login_store(async |clock| Arc::new(OwnStore::new(clock))).await;
}
