//! What a user's list of sessions shows.

use oidc_login_tests::{
    clock::HandClock,
    people::{FIREFOX, PHONE_ENDED},
    world::APP,
};
use serde_json::{Value, json};

use crate::stage::{Stage, races};

races!([memory, open_values, adapter, redis] {
    everybody_sees_their_own_sessions_and_which_is_this_one,
    a_list_moves_with_the_use_of_a_session_and_is_kept_by_no_cache,
    a_new_id_keeps_what_the_list_shows,
    a_new_login_shows_the_browser_of_then,
});

async fn everybody_sees_their_own_sessions_and_which_is_this_one(stage: &Stage) {
    let mut people = stage.people().await.0;
    let began = HandClock::new().seconds();
    let sessions = people.desk.sessions().await;
    let handles: Vec<_> = sessions.iter().map(|one| one["id"].clone()).collect();
    let phone = json!({
        "id": handles[0], "this": false, "since": began + 10, "until": began + 10 + 3600,
        "browser": null, "user_agent": "Phone/1.0", "address": "2001:db8::1",
    });
    let desk = json!({
        "id": handles[1], "this": true, "since": began, "until": began + 3600,
        "browser": "Firefox on Linux", "user_agent": FIREFOX, "address": "192.0.2.1",
    });
    assert_eq!(sessions, [phone, desk], "newest first");

    let theirs = people.phone.sessions().await;
    let seen: Vec<_> = theirs
        .iter()
        .map(|one| (one["id"].clone(), one["this"] == true))
        .collect();
    assert_eq!(
        seen,
        [(handles[0].clone(), true), (handles[1].clone(), false)]
    );

    let bobs = people.bob.sessions().await;
    assert_eq!(bobs.len(), 1);
    assert_eq!(
        (&bobs[0]["user_agent"], &bobs[0]["this"]),
        (&json!("Bob/1.0"), &json!(true))
    );
    assert_eq!(
        people.bob.other_browser().sessions().await,
        Vec::<Value>::new(),
        "a visitor"
    );
}

async fn a_list_moves_with_the_use_of_a_session_and_is_kept_by_no_cache(stage: &Stage) {
    let mut people = stage.people().await.0;
    let before = people.desk.sessions().await[0]["until"].as_i64();
    people.clock.advance(1800);
    people.phone.steps("who").await;
    let page = people.desk.get(&format!("{APP}/sessions")).await;
    assert_eq!(page.header("cache-control"), "private, no-store");
    let after = page.json()[0]["until"].as_i64();
    assert_eq!(
        after.zip(before).map(|(after, before)| after - before),
        Some(1820)
    );
    people.clock.advance(3599);
    people.phone.steps("who").await;
    people.clock.advance(3600);
    assert_eq!(
        people.desk.sessions().await,
        Vec::<Value>::new(),
        "all have ended by now"
    );
}

async fn a_new_id_keeps_what_the_list_shows(stage: &Stage) {
    let mut people = stage.people().await.0;
    let before = people.desk.sessions().await;
    people.clock.advance(100);
    // As somebody else would appear who renewed it from elsewhere.
    people
        .phone
        .headers
        .insert("user-agent", "Other/1.0".parse().expect("a header"));
    people.phone.peer = Some("198.51.100.1:1".parse().expect("an address"));
    let page = people.phone.get(&format!("{APP}/sessions/renewed")).await;
    let renewed = page.json();
    assert_eq!(renewed.as_array().map(Vec::len), Some(2), "{renewed}");
    assert_eq!(renewed[0]["this"], true, "in the request that renewed it");
    let after = people.desk.sessions().await;
    assert_eq!(after.len(), 2, "the old id is in no list");
    assert_ne!(after[0]["id"], before[0]["id"]);
    for shown in ["since", "user_agent", "address"] {
        assert_eq!(after[0][shown], before[0][shown], "{shown}");
    }
    assert_eq!(
        people
            .desk
            .end_session(before[0]["id"].as_str().expect("a handle"))
            .await
            .text(),
        "false"
    );
    assert_eq!(
        people
            .desk
            .end_session(&people.phone.handle().await)
            .await
            .text(),
        "true"
    );
    people.are(PHONE_ENDED).await;
}

async fn a_new_login_shows_the_browser_of_then(stage: &Stage) {
    let mut people = stage.people().await.0;
    people
        .phone
        .headers
        .insert("user-agent", "Phone/2.0".parse().expect("a header"));
    people.phone.open(&format!("{APP}/auth/login")).await;
    let sessions = people.desk.sessions().await;
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0]["user_agent"], "Phone/2.0");
}
