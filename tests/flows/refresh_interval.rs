//! How often a provider is asked for its metadata and keys again.

use std::time::Duration;

use oidc_login_tests::hostile::{Endpoint, HostileWorld};

fn world(interval: Option<Duration>) -> HostileWorld {
    HostileWorld::at(|provider| match interval {
        Some(interval) => provider.refresh_interval(interval),
        None => provider,
    })
}

#[tokio::test]
async fn metadata_and_keys_are_asked_for_again_when_they_are_that_old() {
    for (name, interval, seconds) in [
        ("by default", None, 3600),
        ("a minute", Some(Duration::from_secs(60)), 60),
        ("a day", Some(Duration::from_secs(86_400)), 86_400),
    ] {
        let mut world = world(interval);
        let mut asked = async |seconds: i64| {
            world.clock.advance(seconds);
            world.sign_in("alice", "/secure").await;
            // What is refreshed in the background has its chance.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            [Endpoint::Discovery, Endpoint::Keys].map(|endpoint| world.provider.count(endpoint))
        };
        assert_eq!(asked(0).await, [1, 1], "{name}");
        assert_eq!(asked(seconds - 1).await, [1, 1], "{name}: fresh");
        assert_eq!(asked(1).await, [2, 2], "{name}: old");
    }
}
