//! A user ends one session, this one, or all others.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, StatusCode};
use oidc_login::{RelyingPartyBuilder, SessionSecrets};
use oidc_login_tests::{
    clock::HandClock,
    people::{ALL, PHONE_ENDED, People, browser},
    steps::Gates,
    stores::OpenStore,
    user_agent::{UserAgent, navigation, set},
    watched_store::WatchedStore,
    world::{APP, World, sign_in},
};

#[tokio::test]
async fn another_session_is_ended_with_its_values() {
    for values in [None, Some(OpenStore::default())] {
        let mut people = People::signed_in_with(values.clone()).await;
        people.are(ALL).await;
        let phone = people.phone.handle().await;
        let text = || values.as_ref().map_or(String::new(), OpenStore::text);
        assert_eq!(text().contains("green"), values.is_some());
        let page = people.desk.end_session(&phone).await;
        assert_eq!(
            (page.text().as_str(), page.set_cookies().len()),
            ("true", 0)
        );
        assert!(!text().contains("green"), "{}", text());
        people.are(PHONE_ENDED).await;
        let left = people.desk.sessions().await;
        assert_eq!(left.len(), 1);
        let page = people.desk.end_session(&phone).await;
        assert_eq!(page.text(), "false", "once more");
        // The provider still knows her there, and asks for no password.
        people.phone.open(&format!("{APP}/secure")).await;
        assert_eq!(
            people.phone.steps("who&read=color").await,
            "who=alice color=-"
        );
    }
}

#[tokio::test]
async fn a_request_under_way_in_an_ended_session_writes_nothing_back() {
    for steps in [
        "hold=slow&set=color:late",
        "hold=slow&set=color:late&save",
        "hold=slow&cycle&save",
        "read=color&who&hold=slow&set=color:late",
        "read=color&who&hold=slow&set=color:late&save",
        "read=color&who&hold=slow&cycle",
        "read=color&who&hold=slow&cycle&save",
        "read=color&who&hold=slow&flush&set=color:late",
        "read=color&cycle&hold=slow&set=color:late",
    ] {
        let values = OpenStore::default();
        let mut people = People::signed_in_with(Some(values.clone())).await;
        let phone = people.phone.handle().await;
        let slow = people.phone.in_flight(&people.gates, "slow", steps).await;
        assert_eq!(
            people.desk.end_session(&phone).await.text(),
            "true",
            "{steps}"
        );
        let late = people.phone.land(slow).await;
        assert_eq!(late.status, StatusCode::OK, "dropped, no error: {steps}");
        assert!(
            late.set_cookies().is_empty(),
            "{steps}: {:?}",
            late.set_cookies()
        );
        let kept = values.text();
        assert!(
            !kept.contains("late") && !kept.contains("green"),
            "{steps}: {kept}"
        );
        people.are(PHONE_ENDED).await;
    }
}

#[tokio::test]
async fn who_ends_this_session_is_signed_out() {
    let mut people = People::signed_in().await;
    let desk = people.desk.handle().await;
    let mut before = people.desk.clone();
    assert_eq!(people.desk.end_session(&desk).await.text(), "true");
    assert_eq!(people.desk.session(), None, "the cookie is gone");
    people.are(["who=- color=-", ALL[1], ALL[2]]).await;
    assert_eq!(before.steps("who&read=color").await, "who=- color=-");
}

#[tokio::test]
async fn all_others_are_ended() {
    let mut people = People::signed_in().await;
    let mut third = people.phone.other_browser();
    sign_in(&mut third, "alice", "/secure").await;
    assert_eq!(people.desk.sessions().await.len(), 3);
    assert_eq!(people.desk.end_others().await.text(), "2");
    people.are(PHONE_ENDED).await;
    assert_eq!(third.steps("who").await, "who=-");
    assert_eq!(people.desk.sessions().await.len(), 1);
    assert_eq!(people.desk.end_others().await.text(), "0");
    let mut visitor = people.desk.other_browser();
    assert_eq!(visitor.end_others().await.text(), "0", "a visitor");
    people.are(PHONE_ENDED).await;
}

/// The first 16 bytes of SHA-256 have the shape of a handle.
fn key_in_store(browser: &UserAgent) -> Vec<u8> {
    let id = URL_SAFE_NO_PAD.decode(browser.session().expect("a session"));
    let labelled = [&b"oidc-login session id\0"[..], &id.expect("base64url")].concat();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &labelled);
    digest.as_ref().to_vec()
}

#[tokio::test]
async fn nobody_ends_a_session_that_is_not_theirs() {
    let mut people = People::signed_in().await;
    let (desk, phone) = (people.desk.handle().await, people.phone.handle().await);
    let key = key_in_store(&people.phone);
    let [whole, first, last] =
        [&key[..], &key[..16], &key[16..]].map(|key| URL_SAFE_NO_PAD.encode(key));
    let mut forged = URL_SAFE_NO_PAD.decode(&phone).expect("base64url");
    forged[0] ^= 1;
    let forged = URL_SAFE_NO_PAD.encode(forged);
    let cookie = people.phone.session().expect("a session");
    for (name, handle, status) in [
        ("alice's", &phone, StatusCode::OK),
        ("alice's other", &desk, StatusCode::OK),
        ("one bit off", &forged, StatusCode::OK),
        ("half the store's key", &first, StatusCode::OK),
        ("the other half", &last, StatusCode::OK),
        ("the store's key", &whole, StatusCode::UNPROCESSABLE_ENTITY),
        ("the cookie", &cookie, StatusCode::UNPROCESSABLE_ENTITY),
        ("nothing", &String::new(), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let visitor = people.bob.other_browser();
        for (whose, mut browser) in [("bob", people.bob.clone()), ("a visitor", visitor)] {
            let page = browser.end_session(handle).await;
            assert_eq!(page.status, status, "{name}, {whose}");
            assert_ne!(page.text(), "true", "{name}, {whose}");
        }
        people.are(ALL).await;
    }
    for handle in [&forged, &first, &last] {
        assert_eq!(
            people.desk.end_session(handle).await.text(),
            "false",
            "alice herself"
        );
    }
    people.are(ALL).await;
}

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
    let (mut desk, mut thief, store, gates) = desk_and_thief(false).await;
    let handle = thief.handle().await;
    store.hold_lists(1);
    let end = tokio::spawn(async move { desk.end_session(&handle).await });
    gates.arrival("listed").await;
    assert_eq!(thief.steps("who&cycle").await, "who=alice");
    gates.open("listed");
    assert_eq!(end.await.expect("an answer").text(), "true");
    assert_eq!(thief.steps("who").await, "who=-");
}

/// Another tab gives this session a new id meanwhile: it is still this one.
#[tokio::test]
async fn who_ends_all_others_keeps_this_one_under_its_new_id() {
    let (mut desk, mut thief, store, gates) = desk_and_thief(false).await;
    store.hold_lists(1);
    let mut presses = desk.clone();
    let end = tokio::spawn(async move { presses.end_others().await });
    gates.arrival("listed").await;
    assert_eq!(desk.steps("who&cycle").await, "who=alice");
    gates.open("listed");
    assert_eq!(end.await.expect("an answer").text(), "1");
    assert_eq!(thief.steps("who").await, "who=-");
    assert_eq!(desk.steps("who").await, "who=alice");
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
