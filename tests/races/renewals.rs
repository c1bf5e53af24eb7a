//! A session that gets another id while it ends, or while somebody signs in: the answer with the new
//! id is still on its way.

use oidc_login_tests::world::{APP, sign_in};

use crate::{
    one_node::{sign_out, signed_in},
    stage::{Stage, races},
};

races!([memory, open_values, adapter, redis] {
    a_sign_out_ends_what_the_session_became,
    a_login_ends_what_the_session_became,
    of_several_renewals_the_one_that_lives_is_ended,
    a_sign_out_with_an_id_that_was_renewed_long_ago_ends_nothing,
});

/// What a request has done that gave the session another id, and whose answer has not come yet.
const RENEWED: [&str; 3] = [
    "cycle&save&hold=slow",
    "who&cycle&save&hold=slow",
    "read=color&cycle&set=color:blue&save&hold=slow",
];

async fn a_sign_out_ends_what_the_session_became(stage: &Stage) {
    for steps in RENEWED {
        let (mut world, gates) = signed_in(stage).await;
        let slow = world.browser.in_flight(&gates, "slow", steps).await;
        sign_out(&mut world.browser).await;
        let late = world.browser.land(slow).await;
        let cookies = late.set_cookies();
        assert!(cookies.is_empty(), "{steps}: {cookies:?}");
        let found = world.browser.steps("who&read=color").await;
        assert_eq!(found, "who=- color=-", "{steps}");
    }
}

/// The next user's, or the same one's: it is not replaced by what it ended.
async fn a_login_ends_what_the_session_became(stage: &Stage) {
    for (steps, user) in RENEWED
        .iter()
        .flat_map(|steps| [(steps, "alice"), (steps, "bob")])
    {
        let (mut world, gates) = signed_in(stage).await;
        let slow = world.browser.in_flight(&gates, "slow", steps).await;
        world
            .browser
            .jar
            .retain(|(_, name), _| name.starts_with("oidc_session"));
        sign_in(&mut world.browser, user, "/auth/login").await;
        let late = world.browser.land(slow).await;
        let cookies = late.set_cookies();
        assert!(cookies.is_empty(), "{steps}, {user}: {cookies:?}");
        let found = world.browser.steps("who").await;
        assert_eq!(found, format!("who={user}"), "{steps}");
    }
}

async fn of_several_renewals_the_one_that_lives_is_ended(stage: &Stage) {
    let (mut world, gates) = signed_in(stage).await;
    let before = world.browser.clone();
    let early = before
        .in_flight(&gates, "early", "who&hold=early&cycle&save")
        .await;
    let first = before
        .in_flight(&gates, "first", "who&cycle&save&hold=first")
        .await;
    let mut other = before.clone();
    let late = other.land(early).await;
    assert!(late.set_cookies().is_empty(), "{:?}", late.set_cookies());
    sign_out(&mut world.browser).await;
    let page = world.browser.land(first).await;
    assert!(page.set_cookies().is_empty(), "{:?}", page.set_cookies());
    assert_eq!(world.browser.steps("who").await, "who=-");
}

/// Whoever has an old id of a session must not be able to end it.
async fn a_sign_out_with_an_id_that_was_renewed_long_ago_ends_nothing(stage: &Stage) {
    let (mut world, _) = signed_in(stage).await;
    let mut attacker = world.browser.clone();
    world.browser.steps("cycle").await;
    world.clock.advance(10);
    let page = attacker.post(&format!("{APP}/auth/logout"), &[]).await;
    assert!(page.status.is_redirection(), "{}", page.status);
    let found = world.browser.steps("who&read=color").await;
    assert_eq!(found, "who=alice color=red");
}
