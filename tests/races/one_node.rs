//! Requests of one session at one node; the defects of published session layers that lose or revive
//! a login.

use http::StatusCode;
use oidc_login_tests::{
    steps::Gates,
    user_agent::UserAgent,
    world::{APP, World, to_callback},
};

use crate::stage::{Stage, races};

races!([memory, open_values, adapter, redis] {
    a_request_under_way_does_not_undo_a_sign_out,
    a_late_answer_to_a_visitor_leaves_the_fresh_login_alone,
    a_late_answer_of_a_renewed_login_leaves_the_new_one_alone,
    a_late_answer_from_before_a_sign_out_leaves_the_next_login_alone,
    a_second_sign_out_does_not_take_the_cookie_of_a_new_login,
    a_dead_cookie_does_not_keep_a_visitor_from_having_values,
    parallel_writers_lose_values_but_never_the_login,
    of_two_renewals_at_once_one_counts,
    a_renewal_does_not_slip_past_a_sign_out,
    a_request_with_the_cookie_from_before_a_login_changes_nothing_for_a_moment,
    a_renewal_whose_answer_got_lost_keeps_nobody_from_having_values,
});

pub(crate) async fn signed_in(stage: &Stage) -> (World, Gates) {
    let (mut world, gates) = stage.world();
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red").await;
    (world, gates)
}

pub(crate) async fn sign_out(browser: &mut UserAgent) {
    let page = browser.post(&format!("{APP}/auth/logout"), &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.session(), None);
}

const NO_COOKIE: [&str; 0] = [];

/// What a request may do that was under way while its session ended.
const LATE: [&str; 14] = [
    "hold=slow&set=color:late",
    "hold=slow&set=color:late&save",
    "hold=slow&cycle",
    "hold=slow&cycle&save",
    "hold=slow&flush",
    "hold=slow&delete",
    "read=color&who&hold=slow&set=color:late",
    "read=color&who&hold=slow&set=color:late&save",
    "read=color&who&hold=slow&save",
    "read=color&who&hold=slow&cycle",
    "read=color&who&hold=slow&cycle&save",
    "read=color&who&hold=slow&flush",
    "read=color&who&hold=slow&flush&set=color:late",
    "read=color&cycle&hold=slow&set=color:late",
];

async fn a_request_under_way_does_not_undo_a_sign_out(stage: &Stage) {
    for steps in LATE {
        let (mut world, gates, stores) = stage.world_and_stores();
        world.sign_in("alice", "/secure").await;
        world.browser.steps("set=color:red").await;
        let mut before = world.browser.clone();
        let slow = world.browser.in_flight(&gates, "slow", steps).await;
        sign_out(&mut world.browser).await;
        let late = world.browser.land(slow).await;
        assert_eq!(late.status, StatusCode::OK, "dropped, no error: {steps}");
        assert_eq!(late.set_cookies(), NO_COOKIE, "{steps}");
        stores.assert_no_values(steps);
        for (whose, browser) in [("new", &mut world.browser), ("old", &mut before)] {
            let found = browser.steps("who&claims&read=color").await;
            assert_eq!(found, "who=- claims=- color=-", "{whose} cookies: {steps}");
        }
    }
}

async fn a_late_answer_to_a_visitor_leaves_the_fresh_login_alone(stage: &Stage) {
    for steps in LATE {
        let (mut world, gates) = stage.world();
        world.browser.steps("set=color:red").await;
        let slow = world.browser.in_flight(&gates, "slow", steps).await;
        world.sign_in("alice", "/secure").await;
        let late = world.browser.land(slow).await;
        assert_eq!(late.status, StatusCode::OK, "{steps}");
        assert_eq!(late.set_cookies(), NO_COOKIE, "{steps}");
        let found = world.browser.steps("who&read=color").await;
        assert_eq!(found, "who=alice color=red", "{steps}");
    }
}

async fn a_late_answer_of_a_renewed_login_leaves_the_new_one_alone(stage: &Stage) {
    for steps in LATE {
        let (mut world, gates) = signed_in(stage).await;
        let slow = world.browser.in_flight(&gates, "slow", steps).await;
        world.browser.open(&format!("{APP}/auth/login")).await;
        let late = world.browser.land(slow).await;
        assert_eq!(late.set_cookies(), NO_COOKIE, "{steps}");
        let found = world.browser.steps("who&read=color").await;
        assert_eq!(found, "who=alice color=red", "{steps}");
    }
}

async fn a_late_answer_from_before_a_sign_out_leaves_the_next_login_alone(stage: &Stage) {
    for steps in LATE {
        let (mut world, gates) = signed_in(stage).await;
        let slow = world.browser.in_flight(&gates, "slow", steps).await;
        sign_out(&mut world.browser).await;
        world.browser.jar.clear();
        world.sign_in("bob", "/secure").await;
        let late = world.browser.land(slow).await;
        assert_eq!(late.set_cookies(), NO_COOKIE, "{steps}");
        let found = world.browser.steps("who&read=color").await;
        assert_eq!(found, "who=bob color=-", "{steps}");
    }
}

/// A sign-out that was pressed twice: only the first one ended something.
async fn a_second_sign_out_does_not_take_the_cookie_of_a_new_login(stage: &Stage) {
    let (mut world, _) = signed_in(stage).await;
    let mut second = world.browser.clone();
    sign_out(&mut world.browser).await;
    world.browser.jar.clear();
    world.sign_in("alice", "/secure").await;
    let late = second.post(&format!("{APP}/auth/logout"), &[]).await;
    world.browser.receive(&late);
    assert_eq!(world.browser.steps("who").await, "who=alice");
}

/// A browser that never got the answer to its sign-out still has the dead cookie.
async fn a_dead_cookie_does_not_keep_a_visitor_from_having_values(stage: &Stage) {
    let (mut world, _) = signed_in(stage).await;
    let mut before = world.browser.clone();
    sign_out(&mut world.browser).await;
    before.steps("set=color:red").await;
    let found = before.steps("who&read=color").await;
    assert_eq!(found, "who=- color=-", "the answer may be on its way");
    world.clock.advance(10);
    before.steps("set=color:blue").await;
    assert_eq!(before.steps("who&read=color").await, "who=- color=blue");
}

/// Values are the last writer's, as tower-sessions has it; the login is nobody's to lose.
async fn parallel_writers_lose_values_but_never_the_login(stage: &Stage) {
    let (mut world, gates) = signed_in(stage).await;
    let first = world
        .browser
        .in_flight(&gates, "a", "read=color&set=a:1&hold=a")
        .await;
    let second = world
        .browser
        .in_flight(&gates, "b", "read=color&set=b:2&hold=b")
        .await;
    world.browser.land(first).await;
    world.browser.land(second).await;
    let found = world
        .browser
        .steps("who&claims&read=color&read=a&read=b")
        .await;
    assert_eq!(found, "who=alice claims=alice color=red a=- b=2");
}

async fn of_two_renewals_at_once_one_counts(stage: &Stage) {
    let (mut world, gates) = signed_in(stage).await;
    let first = world
        .browser
        .in_flight(&gates, "a", "who&cycle&hold=a")
        .await;
    let second = world
        .browser
        .in_flight(&gates, "b", "who&cycle&hold=b")
        .await;
    let first = world.browser.land(first).await;
    let second = world.browser.land(second).await;
    assert_eq!(
        (first.set_cookies().len(), second.set_cookies().len()),
        (1, 0)
    );
    let found = world.browser.steps("who&read=color").await;
    assert_eq!(found, "who=alice color=red");
}

/// The sign-out ends the session whose cookie it came with, and its renewal as well.
async fn a_renewal_does_not_slip_past_a_sign_out(stage: &Stage) {
    let (mut world, gates) = signed_in(stage).await;
    let slow = world
        .browser
        .in_flight(&gates, "slow", "who&cycle&hold=slow")
        .await;
    sign_out(&mut world.browser).await;
    let late = world.browser.land(slow).await;
    assert_eq!(late.set_cookies(), NO_COOKIE);
    assert_eq!(world.browser.steps("who").await, "who=-");
}

/// As after a sign-out: the browser may just not have the new cookie yet.
async fn a_request_with_the_cookie_from_before_a_login_changes_nothing_for_a_moment(stage: &Stage) {
    let (mut world, _) = stage.world();
    world.browser.steps("set=color:red").await;
    let callback = to_callback(&mut world.browser, "alice", "/secure").await;
    let mut other_tab = world.browser.clone();
    world.browser.get(&callback).await;
    let url = format!("{APP}/do?set=color:late");
    let late = other_tab.get(&url).await;
    assert_eq!(late.set_cookies(), NO_COOKIE);
    world.browser.receive(&late);
    let found = world.browser.steps("who&read=color").await;
    assert_eq!(found, "who=alice color=red");
}

/// The answer with the new cookie got lost: the old id is dead, and the browser begins anew.
async fn a_renewal_whose_answer_got_lost_keeps_nobody_from_having_values(stage: &Stage) {
    let (mut world, _) = stage.world();
    world.browser.steps("set=color:red").await;
    let mut before = world.browser.clone();
    world.browser.steps("cycle").await;
    world.clock.advance(1800);
    before.steps("set=color:blue").await;
    assert_eq!(before.steps("read=color").await, "color=blue");
    assert_eq!(world.browser.steps("read=color").await, "color=red");
}
