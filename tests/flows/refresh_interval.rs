//! How often a provider is asked for its metadata and keys again.

use std::time::Duration;

use oidc_login::{ClientConfig, OidcLayer, ProviderConfig, RelyingParty};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld},
    user_agent::UserAgent,
    world::{APP, ISSUER, routes},
};

fn world(interval: Option<Duration>) -> HostileWorld {
    let mut world = HostileWorld::new();
    let clock = world.clock.clone();
    let provider = ProviderConfig::builder().issuer(ISSUER);
    let provider = provider.http_client(world.provider.clone());
    let provider = match interval {
        Some(interval) => provider.refresh_interval(interval),
        None => provider,
    };
    let client = ClientConfig::builder()
        .provider(provider.build().expect("a provider"))
        .public_client("flask-app")
        .root_url(format!("{APP}/"))
        .build();
    let relying_party = RelyingParty::builder(client.expect("a client")).clock(clock.clone());
    let layer = OidcLayer::new(relying_party.build().expect("a relying party"));
    world.browser = UserAgent::new([(APP.to_owned(), routes().layer(layer))], clock);
    world
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
