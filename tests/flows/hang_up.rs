//! A client that does not wait for its answer.

use oidc_login_tests::{steps::Gates, world::World};

async fn signed_in() -> (World, Gates) {
    let (mut world, gates) = World::with_steps();
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red").await;
    (world, gates)
}

/// What the app ended has ended, whoever still listens.
#[tokio::test]
async fn a_flush_counts_without_an_answer() {
    for steps in [
        "flush&hold=slow",
        "delete&hold=slow",
        "flush&set=a:b&hold=slow",
    ] {
        let (mut world, gates) = signed_in().await;
        let slow = world.browser.in_flight(&gates, "slow", steps).await;
        slow.hang_up().await;
        let mut found = String::new();
        // The task that ends the session takes its turns as this one does.
        for _ in 0..100 {
            tokio::task::yield_now().await;
            found = world.browser.steps("who&read=color").await;
            if found == "who=- color=-" {
                break;
            }
        }
        assert_eq!(found, "who=- color=-", "{steps}");
    }
}

#[tokio::test]
async fn nothing_else_changes_without_an_answer() {
    for steps in [
        "set=color:blue&hold=slow",
        "cycle&hold=slow",
        "clear&hold=slow",
    ] {
        let (mut world, gates) = signed_in().await;
        let slow = world.browser.in_flight(&gates, "slow", steps).await;
        slow.hang_up().await;
        for _ in 0..10 {
            tokio::task::yield_now().await;
            let found = world.browser.steps("who&read=color").await;
            assert_eq!(found, "who=alice color=red", "{steps}");
        }
    }
}
