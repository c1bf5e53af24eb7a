//! Open routes that take a user for a visitor while the store fails, and stores that hang.

use std::{sync::Arc, time::Duration};

use axum::Router;
use http::{Method, StatusCode};
use oidc_login::{MemoryStore, OidcLayer, RelyingPartyBuilder, StoreFailure};
use oidc_login_tests::{
    steps::{Gates, steps},
    stores::{FrailStore, OpenStore},
    timer::HandTimer,
    user_agent::script,
    world::{APP, World, routes},
};

/// An app whose stores can fail, alice signed in with a value of hers.
struct Stage {
    world: World,
    logins: FrailStore,
    values: OpenStore,
    timer: HandTimer,
    gates: Gates,
}

impl Stage {
    async fn new(settings: impl FnOnce(RelyingPartyBuilder) -> RelyingPartyBuilder) -> Self {
        let (values, timer, gates) = (OpenStore::default(), HandTimer::new(), Gates::default());
        let mut logins = None;
        let world = World::assemble(
            |provider| provider,
            |client| client,
            |builder, clock| -> Router {
                let frail = FrailStore::new(MemoryStore::with_clock(Arc::new(clock.clone())));
                logins = Some(frail.clone());
                let builder = builder
                    .login_store(frail)
                    .session_store(values.clone())
                    .timer(timer.clone());
                let layer = OidcLayer::new(settings(builder).build().expect("one"));
                routes().merge(steps(&gates)).layer(layer)
            },
        );
        let mut stage = Self {
            world,
            logins: logins.expect("the app was made"),
            values,
            timer,
            gates,
        };
        stage.world.sign_in("alice", "/secure").await;
        stage.world.browser.steps("set=color:red").await;
        stage
    }

    async fn anonymous() -> Self {
        Self::new(|settings| settings.when_store_fails(StoreFailure::Anonymous)).await
    }

    fn break_down(&self) {
        self.logins.break_down();
        self.values.break_down();
    }

    /// Everything is as it was before the store failed.
    async fn recover(&mut self, case: &str) {
        self.logins.recover();
        self.values.recover();
        let found = self.world.browser.steps("who&claims&read=color").await;
        assert_eq!(found, "who=alice claims=alice color=red", "{case}");
    }
}

#[tokio::test]
async fn an_open_route_takes_the_user_for_a_visitor_if_the_app_says_so() {
    let mut stage = Stage::anonymous().await;
    stage.break_down();
    for (path, expected) in [
        ("/", "open"),
        ("/hello", "hello stranger"),
        (
            "/do?who&claims&read=color&who",
            "who=- claims=- color=- who=-",
        ),
        ("/do?read=color&who&claims&load", "color=- who=- claims=-"),
    ] {
        let page = stage.world.browser.get(&format!("{APP}{path}")).await;
        assert_eq!((page.status, &*page.text()), (StatusCode::OK, expected));
        assert!(page.set_cookies().is_empty(), "{path}");
    }
    stage.recover("reading").await;
}

/// A redirect to the sign-in would end in a loop: no login can be finished without the store.
#[tokio::test]
async fn a_guard_answers_503_whatever_the_app_says_of_open_routes() {
    let mut stage = Stage::anonymous().await;
    stage.break_down();
    for path in ["/secure", "/admin", "/auth/session", "/auth/logout"] {
        let url = format!("{APP}{path}");
        let page = stage.world.browser.get(&url).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(page.set_cookies().is_empty(), "{path}");
        let page = stage.world.browser.request(script(Method::GET, &url)).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(page.json()["error"], "store_unavailable", "{path}");
    }
    stage.recover("guards").await;
}

/// What is written over a session that could not be read would be all that is left of it.
#[tokio::test]
async fn what_a_visitor_by_failure_writes_is_a_503_and_overwrites_nothing() {
    for steps in [
        "set=color:blue",
        "read=color&set=color:blue",
        "who&set=color:blue",
        "who&cycle",
        "who&flush",
        "who&delete",
        "read=color&cycle&set=color:blue",
        "who&clear&set=other:1",
    ] {
        let mut stage = Stage::anonymous().await;
        stage.break_down();
        let page = stage.world.browser.get(&format!("{APP}/do?{steps}")).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{steps}");
        assert!(page.set_cookies().is_empty(), "{steps}");
        stage.recover(steps).await;
    }
}

#[tokio::test]
async fn a_visitor_by_failure_stays_one_to_the_end_of_the_request() {
    for steps in [
        "read=color&hold=slow&set=color:blue",
        "who&hold=slow&set=color:blue",
        "who&hold=slow&cycle",
        "read=color&hold=slow&flush",
        "who&hold=slow&read=color&set=color:blue",
    ] {
        let mut stage = Stage::anonymous().await;
        stage.break_down();
        let browser = &stage.world.browser;
        let slow = browser.in_flight(&stage.gates, "slow", steps).await;
        stage.recover(steps).await;
        let page = stage.world.browser.land(slow).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{steps}");
        assert!(page.set_cookies().is_empty(), "{steps}");
        stage.recover(steps).await;
    }
}

/// A handler that saves by itself hears of it.
#[tokio::test]
async fn a_visitor_by_failure_cannot_save_by_hand() {
    for steps in [
        "who&hold=slow&set=color:blue&try-save",
        "read=color&hold=slow&clear&set=a:b&try-save",
    ] {
        let mut stage = Stage::anonymous().await;
        stage.break_down();
        let browser = &stage.world.browser;
        let slow = browser
            .in_flight(&stage.gates, "slow", &format!("{steps}&fail"))
            .await;
        stage.recover(steps).await;
        let page = stage.world.browser.land(slow).await;
        assert!(
            page.text().ends_with("saved=false"),
            "{steps}: {}",
            page.text()
        );
        assert!(page.set_cookies().is_empty(), "{steps}");
        stage.recover(steps).await;
    }
}

/// Who is known to be signed in is not shown a session without their values.
#[tokio::test]
async fn values_that_cannot_be_read_make_no_visitor_of_a_user_who_is_known() {
    let mut stage = Stage::anonymous().await;
    stage.values.break_down();
    let page = stage.world.browser.get(&format!("{APP}/secure")).await;
    assert_eq!(page.text(), "secure alice");
    let found = stage.world.browser.steps("who&try-read=color").await;
    assert_eq!(found, "who=alice color=!");
    let found = stage.world.browser.steps("try-read=color&who").await;
    assert_eq!(found, "color=! who=alice");
    stage.recover("values").await;
}

#[tokio::test]
async fn a_store_that_hangs_is_waited_for_as_long_as_is_set() {
    let seconds = Duration::from_secs;
    for (set, expected) in [(None, seconds(5)), (Some(seconds(1)), seconds(1))] {
        let stage = Stage::new(|settings| match set {
            Some(time) => settings.store_timeout(time),
            None => settings,
        });
        let mut stage = stage.await;
        stage.logins.hang();
        let mut browser = stage.world.browser.clone();
        let url = format!("{APP}/secure");
        let answer = tokio::spawn(async move { browser.get(&url).await });
        stage.timer.asleep(1, expected).await;
        assert!(!answer.is_finished());
        stage.timer.pass(expected);
        let page = answer.await.expect("an answer");
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.set_cookies().is_empty());
        stage.recover("hanging").await;
    }
}

#[tokio::test]
async fn values_that_hang_are_waited_for_as_long() {
    let mut stage = Stage::new(|settings| settings).await;
    let browser = &stage.world.browser;
    let steps = "read=color&hold=slow&set=color:blue";
    let slow = browser.in_flight(&stage.gates, "slow", steps).await;
    stage.values.hang();
    let time_is_up = async {
        let time = Duration::from_secs(5);
        stage.timer.asleep(1, time).await;
        stage.timer.pass(time);
    };
    let (page, ()) = tokio::join!(stage.world.browser.land(slow), time_is_up);
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    stage.recover("hanging values").await;
}

/// One wait, not one for each look at the session.
#[tokio::test]
async fn a_visitor_by_failure_waits_once() {
    let mut stage = Stage::anonymous().await;
    stage.logins.hang();
    stage.values.hang();
    let mut browser = stage.world.browser.clone();
    let url = format!("{APP}/do?who&claims&read=color&who");
    let answer = tokio::spawn(async move { browser.get(&url).await });
    let time = Duration::from_secs(5);
    stage.timer.asleep(1, time).await;
    stage.timer.pass(time);
    let page = answer.await.expect("an answer");
    assert_eq!(page.text(), "who=- claims=- color=- who=-");
    stage.recover("hanging").await;
}
