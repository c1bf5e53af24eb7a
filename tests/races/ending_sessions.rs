//! A user ends one session, this one, or all others; an administrator ends all of a user.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use oidc_login_tests::{
    people::{ALL, PHONE_ENDED},
    session_list::shown,
    user_agent::UserAgent,
    world::{APP, sign_in},
};

use crate::stage::{Stage, races};

races!([memory, open_values, adapter, redis] {
    another_session_is_ended_with_its_values,
    a_request_under_way_in_an_ended_session_writes_nothing_back,
    who_ends_this_session_is_signed_out,
    all_others_are_ended,
    nobody_ends_a_session_that_is_not_theirs,
    an_administrator_lists_and_ends_by_sub,
});

async fn another_session_is_ended_with_its_values(stage: &Stage) {
    let (mut people, stores) = stage.people().await;
    people.are(ALL).await;
    let phone = people.phone.handle().await;
    let page = people.desk.end_session(&phone).await;
    assert_eq!(
        (page.text().as_str(), page.set_cookies().len()),
        ("true", 0)
    );
    let kept = stores.values_text();
    assert!(!kept.contains("green"), "{kept}");
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

async fn a_request_under_way_in_an_ended_session_writes_nothing_back(stage: &Stage) {
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
        let (mut people, stores) = stage.people().await;
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
        let kept = stores.values_text();
        assert!(
            !kept.contains("late") && !kept.contains("green"),
            "{steps}: {kept}"
        );
        people.are(PHONE_ENDED).await;
    }
}

async fn who_ends_this_session_is_signed_out(stage: &Stage) {
    let mut people = stage.people().await.0;
    let desk = people.desk.handle().await;
    let mut before = people.desk.clone();
    assert_eq!(people.desk.end_session(&desk).await.text(), "true");
    assert_eq!(people.desk.session(), None, "the cookie is gone");
    people.are(["who=- color=-", ALL[1], ALL[2]]).await;
    assert_eq!(before.steps("who&read=color").await, "who=- color=-");
}

async fn all_others_are_ended(stage: &Stage) {
    let mut people = stage.people().await.0;
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

async fn nobody_ends_a_session_that_is_not_theirs(stage: &Stage) {
    let mut people = stage.people().await.0;
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

async fn an_administrator_lists_and_ends_by_sub(stage: &Stage) {
    let (mut people, stores) = stage.people().await;
    let relying_party = people.relying_party.clone();
    let page = people.desk.get(&format!("{APP}/auth/session")).await;
    let page = page.json();
    let alice = page["sub"].as_str().expect("signed in");
    let listed = relying_party.sessions_of(alice).await.expect("a store");
    let listed: Vec<_> = listed.iter().map(shown).collect();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|session| session["this"] == false));
    let none = relying_party.sessions_of("nobody").await;
    assert_eq!(none.expect("a store"), []);
    let ended = relying_party.end_sessions_of("nobody").await;
    assert_eq!(ended.expect("a store"), 0);
    people.are(ALL).await;

    let ended = relying_party.end_sessions_of(alice).await;
    assert_eq!(ended.expect("a store"), 2);
    people.are(["who=- color=-", "who=- color=-", ALL[2]]).await;
    let kept = stores.values_text();
    assert!(!kept.contains("red") && !kept.contains("green"), "{kept}");
    let listed = relying_party.sessions_of(alice).await;
    assert_eq!(listed.expect("a store"), []);

    people.clock.advance(1);
    let page = people.desk.open(&format!("{APP}/secure")).await;
    assert_eq!(page.text(), "secure alice", "a later login lives");
    people
        .are(["who=alice color=-", "who=- color=-", ALL[2]])
        .await;
}
