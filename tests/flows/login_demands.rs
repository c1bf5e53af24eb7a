//! What an ID token must say because the login asked for it: `auth_time` and `acr`.

use std::{sync::Arc, time::Duration};

use oidc_login::{LoginErrorKind as Kind, LoginParameters};
use oidc_login_tests::{
    hostile::{HostileWorld, assert_refused, to_provider},
    world::APP,
};
use serde_json::{Value, json};

use crate::login_parameters::world;

type Bend = Arc<dyn Fn(&mut Value, i64) + Send + Sync>;

async fn signs_in(
    asked: &LoginParameters,
    name: &str,
    waits: i64,
    claims: Bend,
    expected: Result<(), Kind>,
) {
    let mut world = world(|client| client, asked);
    let location = to_provider(&mut world.browser, &format!("{APP}/ask")).await;
    let started_at = world.clock.seconds();
    let callback = world.provider.answer(&location, "alice");
    world.clock.advance(waits);
    world
        .provider
        .bend_id_token(move |token| claims(&mut token.claims, started_at));
    let page = world.browser.get(callback.as_str()).await;
    match expected {
        Ok(()) => assert_eq!(page.status, 303, "{name}: {}", page.text()),
        Err(kind) => {
            assert_refused(&page, kind, name);
            assert_eq!(world.greeting().await, "hello stranger", "{name}");
        }
    }
}

#[tokio::test]
async fn max_age_is_held_against_the_time_of_authentication() {
    let recently = LoginParameters::builder().max_age(Duration::from_secs(300));
    let recently = recently.build().expect("parameters");
    let now = LoginParameters::builder().max_age(Duration::ZERO).build();
    let now = now.expect("parameters");
    let at = |offset: i64| -> Bend {
        Arc::new(move |claims, start| claims["auth_time"] = json!(start + offset))
    };
    let is =
        |value: Value| -> Bend { Arc::new(move |claims, _| claims["auth_time"] = value.clone()) };
    for (name, asked, waits, claims, expected) in [
        ("just now", &recently, 0, at(0), Ok(())),
        ("within", &recently, 0, at(-300), Ok(())),
        ("within the leeway", &recently, 0, at(-360), Ok(())),
        (
            "too long ago",
            &recently,
            0,
            at(-361),
            Err(Kind::IdTokenAuthTimeTooOld),
        ),
        (
            "in 1970",
            &recently,
            0,
            at(-1_700_000_000),
            Err(Kind::IdTokenAuthTimeTooOld),
        ),
        (
            "not said",
            &recently,
            0,
            is(Value::Null),
            Err(Kind::IdTokenAuthTimeMissing),
        ),
        (
            "as a text",
            &recently,
            0,
            is(json!("1700000000")),
            Err(Kind::IdTokenMalformed),
        ),
        (
            "in the future",
            &recently,
            0,
            at(61),
            Err(Kind::IdTokenAuthTime),
        ),
        (
            "after a long look at the consent page",
            &recently,
            590,
            at(-299),
            Ok(()),
        ),
        ("asked again", &now, 0, at(0), Ok(())),
        ("asked again, a slow user", &now, 590, at(20), Ok(())),
        (
            "not asked again",
            &now,
            0,
            at(-61),
            Err(Kind::IdTokenAuthTimeTooOld),
        ),
        (
            "not asked again, a slow provider",
            &now,
            590,
            at(-61),
            Err(Kind::IdTokenAuthTimeTooOld),
        ),
    ] {
        signs_in(asked, name, waits, claims, expected).await;
    }
}

#[tokio::test]
async fn an_essential_acr_is_one_of_those_asked_for() {
    let built = |builder: oidc_login::protocol::LoginParametersBuilder| {
        builder.build().expect("parameters")
    };
    let essential = built(LoginParameters::builder().essential_acr_values(["gold", "silver"]));
    let voluntary = built(LoginParameters::builder().acr_values(["gold"]));
    let by_claims = built(
        LoginParameters::builder()
            .claims(r#"{"id_token":{"acr":{"essential":true,"values":["gold"]}}}"#),
    );
    let acr = |value: Value| -> Bend { Arc::new(move |claims, _| claims["acr"] = value.clone()) };
    for (name, asked, claims, expected) in [
        ("best", &essential, acr(json!("gold")), Ok(())),
        ("second", &essential, acr(json!("silver")), Ok(())),
        (
            "other",
            &essential,
            acr(json!("bronze")),
            Err(Kind::IdTokenAcr),
        ),
        (
            "both in one",
            &essential,
            acr(json!("gold silver")),
            Err(Kind::IdTokenAcr),
        ),
        (
            "a list",
            &essential,
            acr(json!(["gold"])),
            Err(Kind::IdTokenMalformed),
        ),
        ("none", &essential, acr(Value::Null), Err(Kind::IdTokenAcr)),
        ("voluntary, other", &voluntary, acr(json!("bronze")), Ok(())),
        ("voluntary, none", &voluntary, acr(Value::Null), Ok(())),
        ("by claims", &by_claims, acr(json!("gold")), Ok(())),
        (
            "by claims, other",
            &by_claims,
            acr(json!("silver")),
            Err(Kind::IdTokenAcr),
        ),
    ] {
        signs_in(asked, name, 0, claims, expected).await;
    }
}

#[tokio::test]
async fn what_every_login_of_the_client_asks_for_is_held_too() {
    let mut world = HostileWorld::with(
        |client| client.authorization_parameter("max_age", "300"),
        |settings| settings,
    );
    let callback = world.to_callback("alice", "/secure").await;
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::IdTokenAuthTimeMissing, "by the client");
}
