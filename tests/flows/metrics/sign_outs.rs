//! Sign-outs of a user, here and from the list of their sessions.

use std::sync::Arc;

use http::StatusCode;
use oidc_login::MemoryStore;
use oidc_login_tests::{
    hostile::HostileWorld,
    session_list::session_routes,
    stores::FrailStore,
    user_agent::UserAgent,
    world::{APP, routes},
};

use super::meter::Meter;

/// Alice's browser, and the store of her logins.
async fn signed_in() -> (HostileWorld, FrailStore) {
    let mut made = None;
    let mut world = HostileWorld::with_routes(
        |client| client,
        |builder, clock| {
            let store = FrailStore::new(MemoryStore::with_clock(Arc::new(clock.clone())));
            builder.login_store(made.insert(store).clone())
        },
        routes().merge(session_routes()),
    );
    world.sign_in("alice", "/secure").await;
    (world, made.expect("a store, made just now"))
}

/// She signs in once more, at another browser; the first one.
async fn at_another_browser(world: &mut HostileWorld) -> UserAgent {
    let first = world.browser.clone();
    world.browser = first.other_browser();
    world.sign_in("alice", "/secure").await;
    first
}

#[tokio::test]
async fn each_way_to_end_sessions_of_ones_own_counts_once() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let (mut world, _) = signed_in().await;
    let logouts = || meter.take("logouts_total");
    let ok = ["by=user outcome=ok: 1"];

    let mut first = at_another_browser(&mut world).await;
    let of_first = first.handle().await;
    assert_eq!(world.browser.end_session(&of_first).await.text(), "true");
    assert_eq!(logouts(), ok, "another one");
    assert_eq!(world.browser.end_session(&of_first).await.text(), "false");
    assert_eq!(logouts(), [""; 0], "that is over");

    at_another_browser(&mut world).await;
    assert_eq!(world.browser.end_others().await.text(), "1");
    assert_eq!(logouts(), ok, "all others");

    let this = world.browser.handle().await;
    assert_eq!(world.browser.end_session(&this).await.text(), "true");
    assert_eq!(logouts(), ok, "this one");
}

#[tokio::test]
async fn a_sign_out_that_the_store_did_not_take_counts_by_its_code() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let (mut world, store) = signed_in().await;
    let logout = format!("{APP}/auth/logout");
    store.break_down();
    let page = world.browser.post(&logout, &[]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    let failed = ["by=user outcome=store_unavailable: 1"];
    assert_eq!(meter.take("logouts_total"), failed);
    store.recover();
    world.browser.post(&logout, &[]).await;
    assert_eq!(meter.take("logouts_total"), ["by=user outcome=ok: 1"]);
}
