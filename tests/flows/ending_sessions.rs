//! A user ends one session, this one, or all others.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use http::{Method, StatusCode};
use oidc_login::{RelyingPartyBuilder, SessionSecrets};
use oidc_login_tests::{
    clock::HandClock,
    people::{ALL, PHONE_ENDED, People, browser},
    steps::Gates,
    user_agent::{UserAgent, navigation, set},
    watched_store::WatchedStore,
    world::{APP, World, sign_in},
};

#[tokio::test]
async fn no_other_page_ends_a_session() {
    let mut people = People::signed_in().await;
    let phone = people.phone.handle().await;
    let form = format!("session={phone}");
    for (name, headers, passes) in [
        (
            "another site",
            vec![("sec-fetch-site", "cross-site")],
            false,
        ),
        (
            "a sibling host",
            vec![("sec-fetch-site", "same-site")],
            false,
        ),
        ("typed", vec![("sec-fetch-site", "none")], false),
        (
            "says it is ours",
            vec![("sec-fetch-site", "cross-site"), ("origin", APP)],
            false,
        ),
        (
            "old browser, other page",
            vec![("origin", "http://evil.test")],
            false,
        ),
        (
            "old browser, other port",
            vec![("origin", "http://localhost:5001")],
            false,
        ),
        ("old browser, hidden page", vec![("origin", "null")], false),
        ("old browser, own page", vec![("origin", APP)], true),
    ] {
        for path in ["/sessions/end", "/sessions/end-others"] {
            let url = format!("{APP}{path}");
            let mut request = navigation(Method::POST, &url, form.clone().into());
            set(
                &mut request,
                "content-type",
                "application/x-www-form-urlencoded",
            );
            request.headers_mut().remove("sec-fetch-site");
            for (name, value) in &headers {
                set(&mut request, name, value);
            }
            let page = people.desk.request(request).await;
            let expected = if passes {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(page.status, expected, "{name} {path}");
            if !passes {
                assert!(
                    page.text().contains("cross_origin"),
                    "{name}: {}",
                    page.text()
                );
                people.are(ALL).await;
            }
        }
    }
    people.are(PHONE_ENDED).await;
    let page = people.desk.get(&format!("{APP}/sessions/end-others")).await;
    assert_eq!(
        page.status,
        StatusCode::FORBIDDEN,
        "an address that is typed"
    );
}

/// Alice at her desk and somebody else as alice, at this node or at another one, and their store.
async fn desk_and_thief(is_elsewhere: bool) -> (UserAgent, UserAgent, WatchedStore, Gates) {
    let (gates, clock) = (Gates::default(), HandClock::new());
    let store = WatchedStore::new(&clock, &gates);
    let node = || {
        let secrets = SessionSecrets::from_bytes([[1; 32]]).expect("a secret");
        let settings =
            |rp: RelyingPartyBuilder| rp.login_store(store.clone()).session_secrets(secrets);
        World::with_session_list(|client| client, settings).0
    };
    let world = node();
    let mut desk = browser(&world, "Desk/1.0", "192.0.2.1:1");
    let world = if is_elsewhere { node() } else { world };
    let mut thief = browser(&world, "Thief/1.0", "192.0.2.3:1");
    sign_in(&mut desk, "alice", "/secure").await;
    sign_in(&mut thief, "alice", "/secure").await;
    (desk, thief, store, gates)
}

/// A session that gets a new id after the list was read stands in no list; it is ended all the same.
#[tokio::test]
async fn a_renewal_does_not_slip_past_the_end_of_all_others() {
    for is_elsewhere in [false, true] {
        let (mut desk, mut thief, store, gates) = desk_and_thief(is_elsewhere).await;
        store.hold_lists(1);
        let mut presses = desk.clone();
        let end = tokio::spawn(async move { presses.end_others().await });
        gates.arrival("listed").await;
        assert_eq!(thief.steps("who&cycle").await, "who=alice");
        gates.open("listed");
        assert_eq!(end.await.expect("an answer").text(), "1");
        assert_eq!(
            thief.steps("who").await,
            "who=-",
            "elsewhere: {is_elsewhere}"
        );
        assert_eq!(desk.steps("who").await, "who=alice");
    }
}

#[tokio::test]
async fn a_renewal_does_not_slip_past_the_end_of_its_session() {
    for is_elsewhere in [false, true] {
        let (mut desk, mut thief, store, gates) = desk_and_thief(is_elsewhere).await;
        let handle = thief.handle().await;
        store.hold_lists(1);
        let end = tokio::spawn(async move { desk.end_session(&handle).await });
        gates.arrival("listed").await;
        assert_eq!(thief.steps("who&cycle").await, "who=alice");
        gates.open("listed");
        assert_eq!(end.await.expect("an answer").text(), "true");
        let found = thief.steps("who").await;
        assert_eq!(found, "who=-", "elsewhere: {is_elsewhere}");
    }
}

/// Another tab gives this session a new id meanwhile, maybe at another node: it is still this one.
#[tokio::test]
async fn who_ends_all_others_keeps_this_one_under_its_new_id() {
    for is_elsewhere in [false, true] {
        let (mut desk, mut thief, store, gates) = desk_and_thief(is_elsewhere).await;
        let mut tab = thief.clone();
        tab.jar = desk.jar.clone();
        store.hold_lists(1);
        let end = tokio::spawn(async move { desk.end_others().await });
        gates.arrival("listed").await;
        assert_eq!(tab.steps("who&cycle").await, "who=alice");
        gates.open("listed");
        assert_eq!(end.await.expect("an answer").text(), "1");
        assert_eq!(thief.steps("who").await, "who=-");
        let found = tab.steps("who").await;
        assert_eq!(found, "who=alice", "elsewhere: {is_elsewhere}");
    }
}

#[tokio::test]
async fn the_app_is_told_of_a_sign_out_here_and_not_of_another_browsers() {
    let told = Arc::new(AtomicU32::new(0));
    let counter = told.clone();
    let (mut world, _, _) = World::with_session_list(
        |client| client,
        |rp| {
            rp.on_logout(move |_| {
                counter.fetch_add(1, Ordering::SeqCst);
                async { Ok(()) }
            })
        },
    );
    world.sign_in("alice", "/secure").await;
    let mut phone = world.browser.other_browser();
    sign_in(&mut phone, "alice", "/secure").await;
    let handle = phone.handle().await;
    assert_eq!(world.browser.end_session(&handle).await.text(), "true");
    assert_eq!(told.load(Ordering::SeqCst), 0);
    let handle = world.browser.handle().await;
    assert_eq!(world.browser.end_session(&handle).await.text(), "true");
    assert_eq!(told.load(Ordering::SeqCst), 1);
}
