//! `app_sessions()`: a store of the app's session layer that hangs is waited for as long as ours.

use std::time::Duration;

use http::StatusCode;
use oidc_login::OidcLayer;
use oidc_login_tests::{
    steps::{Gates, steps},
    stores::OpenStore,
    timer::HandTimer,
    user_agent::Page,
    world::{APP, World, routes, to_callback},
};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

const TIME: Duration = Duration::from_secs(3);

/// An app with sessions of its own, in a store that can hang.
struct Stage {
    world: World,
    values: OpenStore,
    timer: HandTimer,
}

impl Stage {
    fn new() -> Self {
        let (values, timer) = (OpenStore::default(), HandTimer::new());
        let layer = SessionManagerLayer::new(values.clone())
            .with_same_site(SameSite::Lax)
            .with_secure(false);
        let world = World::assemble(
            |provider| provider,
            |client| client,
            |builder, _| {
                let builder = builder.app_sessions().store_timeout(TIME);
                let relying_party = builder.timer(timer.clone()).build().expect("one");
                let app = routes().merge(steps(&Gates::default()));
                app.layer(OidcLayer::new(relying_party)).layer(layer)
            },
        );
        Self {
            world,
            values,
            timer,
        }
    }

    /// Alice is signed in and has a value of hers.
    async fn signed_in() -> Self {
        let mut stage = Self::new();
        stage.world.sign_in("alice", "/secure").await;
        stage.world.browser.steps("set=color:red").await;
        stage
    }

    /// The answer, once the store was waited for.
    async fn get(&mut self, url: &str) -> Page {
        let request = self.world.browser.get(url);
        tokio::join!(request, time_is_up(&self.timer)).0
    }

    async fn sign_out(&mut self) -> Page {
        let url = format!("{APP}/auth/logout");
        let request = self.world.browser.post(&url, &[]);
        tokio::join!(request, time_is_up(&self.timer)).0
    }

    async fn found(&mut self) -> String {
        self.values.recover();
        self.world.browser.steps("who&claims&read=color").await
    }
}

/// Time passes when somebody waits for a store.
async fn time_is_up(timer: &HandTimer) {
    timer.asleep(1, TIME).await;
    timer.pass(TIME);
}

#[tokio::test]
async fn a_page_is_a_503() {
    let mut stage = Stage::signed_in().await;
    stage.values.hang();
    let page = stage.get(&format!("{APP}/do?who")).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stage.found().await, "who=alice claims=alice color=red");
}

/// The login ends in our own store, so the user is signed out whatever the app's store does.
#[tokio::test]
async fn a_sign_out_is_one() {
    type Hang = fn(&OpenStore);
    for (name, hang) in [
        ("from the start", OpenStore::hang as Hang),
        ("when it deletes", OpenStore::hang_from_delete),
    ] {
        let mut stage = Stage::signed_in().await;
        hang(&stage.values);
        let page = stage.sign_out().await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}");
        assert_eq!(stage.world.browser.session(), None, "{name}");
        assert_eq!(stage.found().await, "who=- claims=- color=-", "{name}");
        assert_eq!(stage.values.records(), [], "{name}");
    }
}

#[tokio::test]
async fn a_login_is_a_503_and_signs_nobody_in() {
    type Hang = fn(&OpenStore);
    for (name, hang) in [
        ("from the start", OpenStore::hang as Hang),
        ("when it deletes", OpenStore::hang_from_delete),
    ] {
        let mut stage = Stage::new();
        stage.world.browser.steps("set=color:red").await;
        let callback = to_callback(&mut stage.world.browser, "alice", "/secure").await;
        hang(&stage.values);
        let page = stage.get(&callback).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{name}");
        assert_eq!(stage.world.browser.session(), None, "{name}");
        assert_eq!(stage.found().await, "who=- claims=- color=red", "{name}");
        stage.world.browser.open(&format!("{APP}/secure")).await;
        let found = stage.found().await;
        assert_eq!(found, "who=alice claims=alice color=red", "{name}");
    }
}
