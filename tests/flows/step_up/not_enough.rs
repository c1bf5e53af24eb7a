//! What does not make a login better: what the browser leaves out, userinfo, a refresh, the time of the login here.

use http::StatusCode;
use oidc_login::{LoginErrorKind as Kind, RelyingPartyBuilder};
use oidc_login_tests::{
    hostile::{assert_refused, location_of_login, to_provider, with_parameter},
    world::APP,
};
use serde_json::{Value, json};

use super::{asked, get_page, say, seconds_ago, world, world_with};

/// The browser belongs to the attacker, who leaves out what the page asked for.
#[tokio::test]
async fn what_the_browser_leaves_out_lets_nobody_in() {
    let mut world = world();
    say(&world, json!("silver"), seconds_ago(&world, 1000));
    world.sign_in("alice", "/secure").await;

    let location = world.begin("/gold").await;
    let without = with_parameter(&location, "acr_values", Some("silver"));
    let callback = world.provider.answer(&without, "alice");
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::IdTokenAcr, "changed at the provider");

    let for_recent = get_page(&mut world, "/recent").await.location();
    let for_gold = for_recent.expect("a link").to_string();
    let for_gold = for_gold.replace(APP, "").replace("%2Frecent", "%2Fgold");
    assert!(for_gold.contains("%2Fgold&with="), "{for_gold}");
    say(&world, json!("silver"), seconds_ago(&world, 0));
    for (name, link) in [
        ("a plain link", location_of_login("/gold")),
        (
            "parameters beside it",
            format!(
                "{}&acr_values=silver&max_age=99999",
                location_of_login("/gold")
            ),
        ),
        ("the link of another page", for_gold),
    ] {
        let location = to_provider(&mut world.browser, &format!("{APP}{link}")).await;
        let callback = world.provider.answer(&location, "alice");
        let page = world.browser.get(callback.as_str()).await;
        let back = page.location().expect("the page");
        assert_eq!(back.path(), "/gold", "{name}");
        let page = world.browser.get(back.as_str()).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}: asked again");
        let link = page.location().expect("a link");
        assert_eq!(link.path(), "/auth/login", "{name}");
        let location = to_provider(&mut world.browser, link.as_str()).await;
        let acr_values = asked(&location, "acr_values");
        assert_eq!(acr_values.as_deref(), Some("gold platinum"), "{name}");
        // Otherwise so many logins in a row are a loop.
        world.clock.advance(11);
    }
}

/// What the app makes of the claims, and what userinfo says, is not about the authentication.
#[tokio::test]
async fn nothing_but_an_id_token_says_how_a_user_signed_in() {
    let stronger = |builder: RelyingPartyBuilder| {
        builder.on_claims(|mut claims| async move {
            claims.set("acr", "gold")?;
            claims.set("auth_time", 99_999_999_999_i64)?;
            Ok(claims)
        })
    };
    let mut world = world_with(stronger);
    let now = world.clock.seconds();
    world.provider.offer_userinfo(move |claims| {
        claims["acr"] = json!("gold");
        claims["auth_time"] = json!(now);
    });
    world.sign_in("alice", "/secure").await;
    for path in ["/gold", "/recent"] {
        let page = get_page(&mut world, path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
    }
}

/// A refreshed ID token is about the same authentication, whatever it says.
#[tokio::test]
async fn nothing_but_a_login_makes_a_login_better() {
    let mut world = world();
    world.sign_in("alice", "/secure").await;
    let before = get_page(&mut world, "/token").await.text();
    world.clock.advance(240);
    say(&world, json!("gold"), seconds_ago(&world, 0));
    let refreshed = get_page(&mut world, "/token").await;
    assert_eq!(refreshed.status, StatusCode::OK);
    assert_ne!(refreshed.text(), before);
    for path in ["/gold", "/recent"] {
        let page = get_page(&mut world, path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
    }
}

#[tokio::test]
async fn a_refresh_leaves_the_age_of_a_login() {
    let mut world = world();
    say(&world, json!("gold"), seconds_ago(&world, 0));
    world.sign_in("alice", "/recent").await;
    for (waits, expected) in [(240, 200), (120, 200), (1, 303)] {
        world.clock.advance(waits);
        get_page(&mut world, "/token").await;
        let page = get_page(&mut world, "/recent").await;
        assert_eq!(page.status, expected, "{waits}");
    }
}

/// A provider signs in whom it knows without a question: that is no proof of anything.
#[tokio::test]
async fn the_time_of_the_login_here_does_not_stand_in_for_auth_time() {
    for (name, auth_time) in [
        ("not said", Value::Null),
        ("a text", json!("1700000000")),
        ("from the future", json!(99_999_999_999_i64)),
        ("in milliseconds", json!(1_700_000_000_000_i64)),
    ] {
        let mut world = world();
        say(&world, json!("gold"), auth_time);
        world.sign_in("alice", "/secure").await;
        for waits in [0, 3600] {
            world.clock.advance(waits);
            let page = get_page(&mut world, "/recent").await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}, {waits}");
        }
    }
}
