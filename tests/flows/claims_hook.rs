//! The app changes the claims before they are kept.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use oidc_login::{LoginDecision, LoginErrorKind as Kind, RelyingPartyBuilder, VerifiedClaims};
use oidc_login_tests::{
    hostile::{HostileProvider, IdToken, assert_refused},
    tokens::{LIFETIME, TokenWorld},
    world::APP,
};
use serde_json::json;

use crate::userinfo::{claims, offer};

/// How the hook does at this moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Works,
    Fails,
    Panics,
    Hangs,
}

type Moods = Arc<Mutex<Mood>>;

/// Renames `groups` to `roles`, removes `secret`, and adds `greeting`.
fn with_hook(settings: RelyingPartyBuilder, moods: Moods) -> RelyingPartyBuilder {
    settings.on_claims(move |mut claims: VerifiedClaims| {
        let mood = *moods.lock().expect("a mood");
        async move {
            match mood {
                Mood::Works => {}
                Mood::Fails => return Err("the directory is down".into()),
                Mood::Panics => panic!("a bug of the app's"),
                Mood::Hangs => std::future::pending().await,
            }
            if let Some(groups) = claims.remove("groups")? {
                claims.set("roles", groups)?;
            }
            let secret = claims.remove("secret")?;
            let known = secret.is_some() && claims.get("email").is_some();
            let token = claims.access_token().secret().len();
            let (subject, issuer) = (claims.subject().to_owned(), claims.issuer().to_owned());
            claims.set("greeting", json!([subject, issuer, known, token > 10]))?;
            Ok(claims)
        }
    })
}

fn world() -> (TokenWorld, Moods) {
    let moods = Arc::new(Mutex::new(Mood::Works));
    let hook = moods.clone();
    let world = TokenWorld::with(|settings, _| with_hook(settings, hook));
    offer(
        &world.world.provider,
        json!({ "email": "alice@example.com" }),
    );
    world.world.provider.bend_id_token(alice(&["admin"]));
    (world, moods)
}

fn alice(groups: &'static [&'static str]) -> impl Fn(&mut IdToken) + Send + Sync {
    move |token| {
        token.claims["groups"] = json!(groups);
        token.claims["secret"] = json!("hush");
    }
}

fn greeting() -> serde_json::Value {
    json!(["alice-id", "http://localhost:5001", true, true])
}

async fn admin(world: &mut TokenWorld) -> u16 {
    let page = world.world.browser.get(&format!("{APP}/admin")).await;
    page.status.as_u16()
}

#[tokio::test]
async fn handlers_and_guards_see_what_the_app_made_of_the_claims() {
    let (mut world, _) = world();
    world.sign_in().await;
    let found = claims(&mut world).await;
    assert_eq!(found["greeting"], greeting());
    assert_eq!(found["roles"], json!(["admin"]));
    assert_eq!(found["email"], "alice@example.com");
    for gone in ["groups", "secret"] {
        assert!(found.get(gone).is_none(), "{found}");
    }
    assert_eq!(admin(&mut world).await, 200);
    assert_eq!(world.world.browser.steps("claims").await, "claims=alice");
}

#[tokio::test]
async fn on_login_is_asked_afterwards() {
    let moods = Arc::new(Mutex::new(Mood::Works));
    let mut world = TokenWorld::with(|settings, _| {
        with_hook(settings, moods).on_login(async |login, _| {
            let is_admin = login.has_role("admin") && login.claims().get("groups").is_none();
            Ok(if is_admin {
                LoginDecision::Allow
            } else {
                LoginDecision::Deny("no admin".to_owned())
            })
        })
    });
    world.world.provider.bend_id_token(alice(&["admin"]));
    world.sign_in().await;
    assert_eq!(admin(&mut world).await, 200);
}

/// It gets the provider's own claims each time, not what it made of them before.
#[tokio::test]
async fn a_refresh_begins_with_what_the_provider_said() {
    for has_id_token in [true, false] {
        let (mut world, _) = world();
        world.sign_in().await;
        world.world.provider.bend_id_token(alice(&["staff"]));
        if !has_id_token {
            without_id_token(&world.world.provider);
        }
        for _ in 0..2 {
            world.world.clock.advance(LIFETIME);
            world.text("/token").await;
            let found = claims(&mut world).await;
            let role = if has_id_token { "staff" } else { "admin" };
            assert_eq!(found["roles"], json!([role]));
            assert_eq!(found["greeting"], greeting(), "{has_id_token}");
            assert!(found.get("secret").is_none(), "{found}");
        }
        let expected = if has_id_token { 403 } else { 200 };
        assert_eq!(admin(&mut world).await, expected);
    }
}

fn without_id_token(provider: &HostileProvider) {
    provider.bend_tokens(|tokens| tokens["id_token"] = json!(null));
}

#[tokio::test]
async fn an_error_refuses_the_login_and_leaves_a_refreshed_one_as_it_was() {
    let (mut world, moods) = world();
    *moods.lock().expect("a mood") = Mood::Fails;
    let callback = world.world.to_callback_again("alice", "/token").await;
    let page = world.world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::HookFailed, "an error");
    assert_eq!(world.world.greeting().await, "hello stranger");

    for mood in [Mood::Fails, Mood::Panics, Mood::Hangs] {
        *moods.lock().expect("a mood") = Mood::Works;
        world.world.provider.bend_id_token(alice(&["admin"]));
        let first = world.sign_in().await;
        let before = claims(&mut world).await;
        *moods.lock().expect("a mood") = mood;
        world.world.provider.bend_id_token(alice(&["staff"]));
        world.world.clock.advance(LIFETIME);
        let waiting = world.later("/token");
        if mood == Mood::Hangs {
            let limit = Duration::from_secs(5);
            world.timer.asleep(1, limit).await;
            world.timer.pass(limit);
        }
        let page = waiting.await.expect("an answer");
        assert_eq!(page.status, 200, "{}", page.text());
        let second = page.text();
        assert_ne!(second, first, "the new tokens are not lost");
        assert_eq!(world.text("/token").await, second);
        assert_eq!(claims(&mut world).await, before);
        assert_eq!(admin(&mut world).await, 200);

        *moods.lock().expect("a mood") = Mood::Works;
        without_id_token(&world.world.provider);
        world.world.clock.advance(LIFETIME);
        world.text("/token").await;
        assert_eq!(
            claims(&mut world).await["roles"],
            json!(["staff"]),
            "caught up"
        );
        world.world.provider.be_honest();
        offer(
            &world.world.provider,
            json!({ "email": "alice@example.com" }),
        );
    }
}

#[tokio::test]
async fn who_signed_in_is_not_the_apps_to_change() {
    for name in ["sub", "iss", "acr", "sid"] {
        let mut world = TokenWorld::with(|settings, _| {
            settings.on_claims(move |mut claims| async move {
                claims.set(name, "other")?;
                Ok(claims)
            })
        });
        let callback = world.world.to_callback_again("alice", "/token").await;
        let page = world.world.browser.get(callback.as_str()).await;
        assert_refused(&page, Kind::HookFailed, name);
    }
}

/// What the app adds never passes for what an ID token said when the next one comes.
#[tokio::test]
async fn a_refreshed_id_token_is_held_to_the_login_and_not_to_the_app() {
    let (mut world, _) = world();
    world.sign_in().await;
    world
        .world
        .provider
        .bend_id_token(|token| token.claims["sub"] = json!("bob-id"));
    assert_eq!(world.text("/refresh").await, Kind::IdTokenSubject.code());
    assert_eq!(world.world.greeting().await, "hello alice");
}
