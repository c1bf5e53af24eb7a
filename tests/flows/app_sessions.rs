//! `app_sessions()`: the app keeps its own `SessionManagerLayer`, and the login a cookie of its own.

use axum::Router;
use http::StatusCode;
use oidc_login::{CLAIMS_KEY, OidcLayer, RelyingPartyBuilder};
use oidc_login_tests::{
    steps::{Gates, steps},
    stores::OpenStore,
    world::{APP, World, routes},
};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

fn sessions(store: &OpenStore) -> SessionManagerLayer<OpenStore> {
    SessionManagerLayer::new(store.clone())
        .with_same_site(SameSite::Lax)
        .with_secure(false)
}

fn assembled(app: impl FnOnce(Router, RelyingPartyBuilder) -> Router) -> (World, Gates) {
    let gates = Gates::default();
    let routes = routes().merge(steps(&gates));
    let app = |builder, _: &_| app(routes, builder);
    (
        World::assemble(|provider| provider, |client| client, app),
        gates,
    )
}

fn layer(builder: RelyingPartyBuilder) -> OidcLayer {
    OidcLayer::new(builder.build().expect("a relying party"))
}

/// In the right order: the app's session layer is added last and sits outside.
fn world_with(store: &OpenStore) -> (World, Gates) {
    assembled(|routes, builder| {
        routes
            .layer(layer(builder.app_sessions()))
            .layer(sessions(store))
    })
}

fn world() -> (World, Gates) {
    world_with(&OpenStore::default())
}

fn app_cookie(world: &World) -> Option<String> {
    let key = ("localhost".to_owned(), "id".to_owned());
    world.browser.jar.get(&key).map(|(value, _)| value.clone())
}

fn forget_the_provider(world: &mut World) {
    world
        .browser
        .jar
        .retain(|(_, name), _| name == "id" || name.starts_with("oidc_session"));
}

#[tokio::test]
async fn the_login_has_its_own_cookie_and_the_claims_are_copied() {
    let store = OpenStore::default();
    let (mut world, _) = world_with(&store);
    world.browser.steps("set=color:red").await;
    assert_eq!(
        world.browser.session(),
        None,
        "values alone are the app's business"
    );
    let before = app_cookie(&world).expect("the app's session");

    world.sign_in("alice", "/secure").await;
    let found = world.browser.steps("who&claims&read=color").await;
    assert_eq!(found, "who=alice claims=alice color=red");
    assert!(world.browser.session().is_some());
    assert_ne!(
        app_cookie(&world),
        Some(before),
        "the app's session has a new id"
    );
    assert_eq!(store.records().len(), 1, "and only that");
    assert!(!store.text().contains("eyJ"), "no token: {}", store.text());
}

/// What the app does to its session, and what becomes of it until the next request.
#[tokio::test]
async fn the_apps_session_cannot_touch_the_login() {
    for (steps, expected) in [
        ("flush", "who=alice claims=alice color=-"),
        ("delete", "who=alice claims=alice color=-"),
        ("clear", "who=alice claims=alice color=-"),
        ("cycle", "who=alice claims=alice color=red"),
        ("fake", "who=alice claims=alice color=red"),
        ("set=color:blue", "who=alice claims=alice color=blue"),
    ] {
        let (mut world, _) = world();
        world.sign_in("alice", "/secure").await;
        world.browser.steps("set=color:red").await;
        let session = world.browser.session();
        world.browser.steps(steps).await;
        let found = world.browser.steps("who&claims&read=color").await;
        assert_eq!(found, expected, "{steps}");
        assert_eq!(world.browser.session(), session, "{steps}");
    }
}

#[tokio::test]
async fn claims_that_an_app_writes_make_no_login() {
    let (mut world, _) = world();
    world.browser.steps("fake&set=color:red").await;
    let found = world.browser.steps("who&claims&read=color").await;
    assert_eq!(
        found, "who=- claims=- color=red",
        "taken for what an ended login left"
    );
}

#[tokio::test]
async fn a_sign_out_empties_the_session_of_its_user() {
    let store = OpenStore::default();
    let (mut world, _) = world_with(&store);
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red").await;
    assert!(store.text().contains(CLAIMS_KEY), "{}", store.text());
    let page = world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(store.records(), []);
    let found = world.browser.steps("who&claims&read=color").await;
    assert_eq!(found, "who=- claims=- color=-");

    world.browser.steps("set=color:red").await;
    world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    let found = world.browser.steps("read=color").await;
    assert_eq!(found, "color=red", "a visitor's own stays");
}

/// However the first login ended, the next user does not find its values; its own user does, if
/// nothing came between the end and the new login.
#[tokio::test]
async fn another_user_gets_an_empty_session_with_a_new_id() {
    for (end, next, expected) in [
        ("nothing", "bob", "who=bob claims=bob color=-"),
        ("logout", "bob", "who=bob claims=bob color=-"),
        ("idle", "bob", "who=bob claims=bob color=-"),
        ("idle, a visit", "bob", "who=bob claims=bob color=-"),
        ("nothing", "alice", "who=alice claims=alice color=red"),
        ("logout", "alice", "who=alice claims=alice color=-"),
        ("idle", "alice", "who=alice claims=alice color=red"),
        ("idle, a visit", "alice", "who=alice claims=alice color=-"),
    ] {
        let store = OpenStore::default();
        let (mut world, _) = world_with(&store);
        world.sign_in("alice", "/secure").await;
        world.browser.steps("set=color:red").await;
        let before = app_cookie(&world);
        match end {
            "logout" => drop(world.browser.post(&format!("{APP}/auth/logout"), &[]).await),
            "idle" => world.clock.advance(3600),
            "idle, a visit" => {
                world.clock.advance(3600);
                let found = world.browser.steps("who&claims&read=color").await;
                assert_eq!(found, "who=- claims=- color=-");
            }
            _ => (),
        }
        forget_the_provider(&mut world);
        let form = world.browser.open(&format!("{APP}/auth/login")).await;
        let back = oidc_login_tests::world::fill_in(&mut world.browser, &form, next).await;
        world.browser.open(&back).await;
        let found = world.browser.steps("who&claims&read=color").await;
        assert_eq!(found, expected, "after {end}");
        assert_ne!(app_cookie(&world), before, "after {end}");
        assert_eq!(store.records().len(), 1, "after {end}: the old one is gone");
    }
}

/// tower-sessions writes the whole session back, claims and all; they count for nobody.
#[tokio::test]
async fn a_request_under_way_does_not_undo_a_sign_out() {
    for steps in [
        "hold=slow&set=color:late",
        "who&read=color&hold=slow&set=color:late&save",
    ] {
        let (mut world, gates) = world();
        world.sign_in("alice", "/secure").await;
        world.browser.steps("set=color:red").await;
        let slow = world.browser.in_flight(&gates, "slow", steps).await;
        world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
        world.browser.land(slow).await;
        let found = world.browser.steps("who&claims&read=color").await;
        assert_eq!(found, "who=- claims=- color=-", "{steps}");
        assert_eq!(world.browser.session(), None, "{steps}");
    }
}

#[tokio::test]
async fn without_the_apps_layer_outside_nothing_passes_and_the_page_says_how() {
    let missing =
        |routes: Router, builder: RelyingPartyBuilder| routes.layer(layer(builder.app_sessions()));
    let inside = |routes: Router, builder: RelyingPartyBuilder| {
        let sessions = sessions(&OpenStore::default());
        routes.layer(sessions).layer(layer(builder.app_sessions()))
    };
    for (name, (mut world, _)) in [
        ("missing", assembled(missing)),
        ("inside", assembled(inside)),
    ] {
        for path in ["/", "/secure", "/auth/login", "/auth/session"] {
            let page = world.browser.get(&format!("{APP}{path}")).await;
            assert_eq!(
                page.status,
                StatusCode::INTERNAL_SERVER_ERROR,
                "{name} {path}"
            );
            let text = page.text();
            assert!(
                text.contains("session_layer_missing"),
                "{name} {path}: {text}"
            );
            let advice =
                "Add the app’s SessionManagerLayer after OidcLayer, so that it sits outside it.";
            let text = text.replace("&#39;", "’").replace('\'', "’");
            assert!(text.contains(advice), "{name} {path}: {text}");
        }
    }
}

/// What another session layer keeps would be there for the next user of the browser.
#[tokio::test]
async fn a_session_layer_around_ours_that_was_not_told_of_it_is_refused() {
    type Settings = fn(RelyingPartyBuilder) -> RelyingPartyBuilder;
    for (name, settings) in [
        ("sessions of ours", (|builder| builder) as Settings),
        ("none", RelyingPartyBuilder::logins_only),
    ] {
        let (mut world, _) = assembled(|routes, builder| {
            routes
                .layer(layer(settings(builder)))
                .layer(sessions(&OpenStore::default()))
        });
        for path in ["/", "/secure", "/do?set=a:b"] {
            let page = world.browser.get(&format!("{APP}{path}")).await;
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            assert_eq!(page.status, status, "{name} {path}");
            let text = page.text();
            let is_named = text.contains("session_layer_doubled");
            assert!(is_named, "{name} {path}: {text}");
            let is_advised = text.contains("or call app_sessions()");
            assert!(is_advised, "{name} {path}: {text}");
        }
    }
}
