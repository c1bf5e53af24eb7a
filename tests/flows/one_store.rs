//! One `tower_sessions::SessionStore` for everything: the app's values, and the logins through the
//! adapter.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc_login::{OidcLayer, seams::TokioSpawn, session::SessionStoreAdapter};
use oidc_login_tests::{
    steps::{Gates, steps},
    stores::OpenStore,
    world::{APP, World, routes},
};

fn world(store: &OpenStore) -> World {
    World::assemble(
        |provider| provider,
        |client| client,
        |builder, clock| {
            let (clock, spawn) = (Arc::new(clock.clone()), Arc::new(TokioSpawn));
            let logins = SessionStoreAdapter::with_seams(store.clone(), clock, spawn);
            let builder = builder.login_store(logins).session_store(store.clone());
            let layer = OidcLayer::new(builder.build().expect("a relying party"));
            routes().merge(steps(&Gates::default())).layer(layer)
        },
    )
}

#[tokio::test]
async fn logins_and_values_live_side_by_side() {
    let store = OpenStore::default();
    let mut world = world(&store);
    world.sign_in("alice", "/secure").await;
    let found = world.browser.steps("set=color:red&who&claims").await;
    assert_eq!(found, "who=alice claims=alice");
    let found = world.browser.steps("cycle&who&read=color").await;
    assert_eq!(found, "who=alice color=red");
    let found = world.browser.steps("who&read=color").await;
    assert_eq!(found, "who=alice color=red", "under the new id");

    let mut before = world.browser.clone();
    world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    for browser in [&mut world.browser, &mut before] {
        let found = browser.steps("who&claims&read=color").await;
        assert_eq!(found, "who=- claims=- color=-");
    }
    assert!(!store.text().contains("color"), "{}", store.text());
}

/// Somebody who can read the store's ids, and somebody who knows a session's cookie and how ids
/// are made of it.
#[tokio::test]
async fn nothing_in_the_store_is_a_cookie() {
    let store = OpenStore::default();
    let mut world = world(&store);
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red").await;
    let ids = store.records().into_iter().map(|record| record.id);
    let guesses: Vec<_> = ids
        .flat_map(|id| {
            let (text, half) = (id.to_string(), id.0.to_le_bytes());
            let whole = URL_SAFE_NO_PAD.encode([half, half].concat());
            [text, whole]
        })
        .collect();
    assert!(guesses.len() > 6, "{guesses:?}");
    for guess in guesses {
        let mut mallory = world.browser.clone();
        for ((_, name), (value, _)) in &mut mallory.jar {
            if name.starts_with("oidc_session_") {
                value.clone_from(&guess);
            }
        }
        let found = mallory.steps("who&claims&read=color").await;
        assert_eq!(found, "who=- claims=- color=-", "{guess}");
    }
    assert_eq!(
        world.browser.steps("who&read=color").await,
        "who=alice color=red"
    );
}
