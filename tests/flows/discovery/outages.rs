//! A provider that is down, late, or asked by many at once.

use oidc_login::{LoginErrorKind as Kind, seams::HttpErrorKind};
use oidc_login_tests::{
    hostile::{Endpoint, HostileProvider, HostileWorld, assert_refused, to_provider},
    user_agent::UserAgent,
    world::APP,
};
use serde_json::json;

use super::{A_FAILURE_STANDS, refuses_to_begin};

#[tokio::test]
async fn a_provider_that_is_down_at_start_is_asked_again() {
    for kind in [
        HttpErrorKind::Connect,
        HttpErrorKind::Timeout,
        HttpErrorKind::BodyTooLarge,
        HttpErrorKind::BodyBroken,
    ] {
        refuses_to_begin(
            &format!("{kind:?}"),
            Kind::ProviderUnavailable,
            |provider| {
                provider.fail(Endpoint::Discovery, kind);
            },
        )
        .await;
    }
}

#[tokio::test]
async fn the_last_good_document_stays_when_the_provider_goes_down_or_mad() {
    type Bend = fn(&HostileProvider);
    let bends: [(&str, Bend); 3] = [
        ("down", |provider| {
            provider.fail(Endpoint::Discovery, HttpErrorKind::Connect);
        }),
        ("broken", |provider| {
            provider.reply(Endpoint::Discovery, 200, "<html>");
        }),
        ("another issuer", |provider| {
            provider.bend_metadata(|metadata| metadata["issuer"] = json!("https://evil.test"));
        }),
    ];
    for (name, bend) in bends {
        let mut world = HostileWorld::new();
        world.sign_in("alice", "/").await;
        assert_eq!(world.provider.count(Endpoint::Discovery), 1, "{name}");
        bend(&world.provider);
        world.clock.advance(3599);
        world.sign_in("bob", "/").await;
        assert_eq!(
            world.provider.count(Endpoint::Discovery),
            1,
            "{name}: fresh"
        );
        world.clock.advance(2);
        let mut gate = world.provider.hold(Endpoint::Discovery);
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{name}");
        gate.reached(1).await;
        gate.open();
        world.provider.be_honest();
        let page = world.sign_in("bob", "/secure").await;
        assert_eq!(page.text(), "secure bob", "{name}: afterwards");
    }
}

#[tokio::test]
async fn a_new_document_is_used_after_an_hour_without_anybody_waiting() {
    let mut world = HostileWorld::new();
    world.sign_in("alice", "/").await;
    world.provider.bend_metadata(|metadata| {
        metadata["authorization_endpoint"] = json!("http://localhost:5001/moved");
    });
    world.clock.advance(3600);
    let mut gate = world.provider.hold(Endpoint::Discovery);
    let login = format!("{APP}/auth/login");
    let location = to_provider(&mut world.browser, &login).await;
    assert_eq!(location.path(), "/authorize", "nobody waits");
    gate.reached(1).await;
    gate.open();
    let location = loop {
        let location = to_provider(&mut world.browser, &login).await;
        if location.path() != "/authorize" {
            break location;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(location.path(), "/moved");
    assert_eq!(world.provider.count(Endpoint::Discovery), 2);
}

/// Twenty browsers begin a login while the discovery document is on its way.
async fn twenty_at_once<F>(
    world: &HostileWorld,
    begin: impl Fn(UserAgent, String) -> F,
) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let mut gate = world.provider.hold(Endpoint::Discovery);
    let login = format!("{APP}/auth/login");
    let logins: Vec<_> = (0..20)
        .map(|_| tokio::spawn(begin(world.browser.other_browser(), login.clone())))
        .collect();
    gate.reached(1).await;
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    gate.open();
    let mut ended = Vec::new();
    for login in logins {
        ended.push(login.await.expect("a login"));
    }
    ended
}

#[tokio::test]
async fn twenty_logins_at_once_ask_once() {
    let world = HostileWorld::new();
    let logins = twenty_at_once(&world, |mut browser, login| async move {
        to_provider(&mut browser, &login).await
    });
    for location in logins.await {
        assert_eq!(location.path(), "/authorize");
    }
    assert_eq!(world.provider.count(Endpoint::Discovery), 1);
}

#[tokio::test]
async fn twenty_logins_at_once_share_a_failure() {
    let world = HostileWorld::new();
    world
        .provider
        .fail(Endpoint::Discovery, HttpErrorKind::Timeout);
    let logins = twenty_at_once(&world, |mut browser, login| async move {
        browser.get(&login).await
    });
    for page in logins.await {
        assert_refused(&page, Kind::ProviderUnavailable, "one of twenty");
    }
    assert_eq!(world.provider.count(Endpoint::Discovery), 1);
}

/// Nobody has to be signed in to open the sign-in page.
#[tokio::test]
async fn a_provider_that_is_down_is_not_asked_for_every_browser() {
    let world = HostileWorld::new();
    let opens = async |count: usize| {
        for _ in 0..count {
            let mut browser = world.browser.other_browser();
            browser.get(&format!("{APP}/auth/login")).await;
            // What is refreshed in the background has its chance.
            tokio::task::yield_now().await;
        }
        world.provider.count(Endpoint::Discovery)
    };
    world
        .provider
        .fail(Endpoint::Discovery, HttpErrorKind::Connect);
    assert_eq!(opens(50).await, 1, "never reached");
    world.clock.advance(A_FAILURE_STANDS);
    assert_eq!(opens(50).await, 2, "never reached, later");

    world.provider.be_honest();
    world.clock.advance(A_FAILURE_STANDS);
    assert_eq!(opens(50).await, 3, "up");
    world
        .provider
        .fail(Endpoint::Discovery, HttpErrorKind::Connect);
    world.clock.advance(3600);
    assert_eq!(opens(50).await, 4, "down again");
    world.clock.advance(59);
    assert_eq!(opens(50).await, 4, "within a minute");
    world.clock.advance(1);
    assert_eq!(opens(50).await, 5, "after a minute");
}
