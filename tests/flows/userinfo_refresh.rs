//! Claims from the userinfo endpoint, when the tokens are refreshed.

use std::time::Duration;

use oidc_login::{LoginErrorKind as Kind, UserInfo};
use oidc_login_tests::{
    hostile::{Endpoint, HostileProvider},
    tokens::{LIFETIME, TokenWorld},
    world::APP,
};
use serde_json::{Value, json};

use crate::userinfo::{claims, offer, world};

fn alice() -> Value {
    json!({ "email": "alice@example.com", "email_verified": true, "groups": ["a"] })
}

async fn signed_in(userinfo: Value) -> TokenWorld {
    let mut world = world(|client| client, userinfo);
    world.sign_in().await;
    world
}

fn without_id_token(provider: &HostileProvider) {
    provider.bend_tokens(|tokens| tokens["id_token"] = json!(null));
}

#[tokio::test]
async fn it_is_asked_again_with_the_new_token() {
    for has_id_token in [true, false] {
        let mut world = signed_in(alice()).await;
        if !has_id_token {
            without_id_token(&world.world.provider);
        }
        let newer = json!({ "email": "alice@example.org", "roles": ["admin"] });
        offer(&world.world.provider, newer);
        world.world.clock.advance(LIFETIME);
        let token = world.text("/token").await;
        let found = claims(&mut world).await;
        assert_eq!(found["email"], "alice@example.org", "{has_id_token}");
        assert_eq!(found["preferred_username"], "alice", "{has_id_token}");
        for gone in ["email_verified", "groups"] {
            assert!(
                found.get(gone).is_none(),
                "{has_id_token}: {gone} in {found}"
            );
        }
        let page = world.world.browser.get(&format!("{APP}/admin")).await;
        assert_eq!(page.text(), "for admins");
        let seen = world.world.provider.seen();
        let asked = seen
            .iter()
            .rfind(|seen| seen.endpoint == Endpoint::UserInfo);
        let bearer = &asked.expect("a request").headers["authorization"];
        assert_eq!(bearer, &format!("Bearer {token}"));
    }
}

#[tokio::test]
async fn nobody_asks_for_what_the_id_token_says() {
    let mut world = world(|client| client, alice());
    world
        .world
        .provider
        .bend_id_token(|token| token.claims["email"] = json!("a@b"));
    world.sign_in().await;
    for id_token in [true, false] {
        if !id_token {
            without_id_token(&world.world.provider);
        }
        world.world.clock.advance(LIFETIME);
        assert_eq!(world.get("/token").await.status, 200);
        assert_eq!(claims(&mut world).await["email"], "a@b");
    }
    assert_eq!(world.world.provider.count(Endpoint::UserInfo), 0);
}

/// Whatever the setting: the tokens are new, and what userinfo said before stays.
#[tokio::test]
async fn an_endpoint_that_fails_leaves_the_claims_as_they_were() {
    type Bend = fn(&HostileProvider);
    let bends: [(&str, Bend); 4] = [
        ("503", |provider| {
            provider.reply(Endpoint::UserInfo, 503, "");
        }),
        ("401", |provider| {
            provider.reply(Endpoint::UserInfo, 401, "");
        }),
        ("HTML", |provider| {
            provider.reply(Endpoint::UserInfo, 200, "<html>");
        }),
        ("gone", |provider| {
            let timeout = oidc_login::seams::HttpErrorKind::Timeout;
            provider.fail(Endpoint::UserInfo, timeout);
        }),
    ];
    for (name, bend) in bends {
        for setting in [UserInfo::Auto, UserInfo::Always] {
            let mut world = world(|client| client.userinfo(setting), alice());
            let first = world.sign_in().await;
            let before = claims(&mut world).await;
            bend(&world.world.provider);
            without_id_token(&world.world.provider);
            for _ in 0..2 {
                world.world.clock.advance(LIFETIME);
                assert_ne!(world.text("/token").await, first, "{name}");
                let mut found = claims(&mut world).await;
                assert_eq!(found, before, "{name} {setting:?}");
                found = world.get("/claims").await.json();
                assert_eq!(found["email_verified"], true);
            }
            world.world.provider.be_honest();
            offer(
                &world.world.provider,
                json!({ "email": "alice@example.org" }),
            );
            world.world.clock.advance(LIFETIME);
            world.text("/token").await;
            assert_eq!(claims(&mut world).await["email"], "alice@example.org");
        }
    }
}

/// An ID token that came just now is newer than what userinfo said last time.
#[tokio::test]
async fn a_new_id_token_counts_over_what_userinfo_said_before() {
    let mut world = signed_in(json!({ "email": "old@example.com", "email_verified": true, "roles": ["admin"], "groups": ["a"] })).await;
    let admin = format!("{APP}/admin");
    assert_eq!(world.world.browser.get(&admin).await.text(), "for admins");
    world.world.provider.reply(Endpoint::UserInfo, 503, "");
    world.world.provider.bend_id_token(|token| {
        token.claims["email"] = json!("new@example.com");
        token.claims["roles"] = json!([]);
    });
    world.world.clock.advance(LIFETIME);
    world.text("/token").await;
    let check = async |world: &mut TokenWorld| {
        let found = claims(world).await;
        assert_eq!(found["email"], "new@example.com");
        assert!(
            found.get("email_verified").is_none(),
            "it was the other address"
        );
        assert_eq!(found["groups"], json!(["a"]), "nobody said otherwise");
        let page = world.world.browser.get(&admin).await;
        assert_eq!(page.status, 403, "a role that is gone is gone");
    };
    check(&mut world).await;
    without_id_token(&world.world.provider);
    world.world.clock.advance(LIFETIME);
    world.text("/token").await;
    check(&mut world).await;
}

/// As with a refreshed ID token of somebody else's: the new access token is theirs.
#[tokio::test]
async fn an_answer_about_somebody_else_refuses_the_new_tokens() {
    for setting in [UserInfo::Auto, UserInfo::Always] {
        for sub in [json!("bob-id"), json!(null)] {
            let mut world = world(|client| client.userinfo(setting), alice());
            let first = world.sign_in().await;
            let before = claims(&mut world).await;
            offer(
                &world.world.provider,
                json!({ "sub": sub, "email": "bob@example.com" }),
            );
            assert_eq!(world.text("/refresh").await, Kind::UserInfoSubject.code());
            assert_eq!(world.text("/token").await, first);
            assert_eq!(claims(&mut world).await, before);
            assert_eq!(world.world.greeting().await, "hello alice");
        }
    }
}

#[tokio::test]
async fn claims_that_could_not_be_had_at_the_login_come_with_a_refresh() {
    let mut world = world(|client| client, alice());
    world.world.provider.reply(Endpoint::UserInfo, 503, "");
    world.sign_in().await;
    assert!(claims(&mut world).await.get("email").is_none());
    world.world.provider.be_honest();
    offer(&world.world.provider, alice());
    world.world.clock.advance(LIFETIME);
    world.text("/token").await;
    assert_eq!(claims(&mut world).await["email"], "alice@example.com");
}

/// Who waits for the tokens does not wait long for the claims.
#[tokio::test]
async fn an_endpoint_that_never_answers_is_given_up_sooner_than_at_a_login() {
    let mut world = signed_in(alice()).await;
    world.world.clock.advance(LIFETIME);
    let mut gate = world.world.provider.hold(Endpoint::UserInfo);
    let waiting = world.later("/token");
    gate.reached(1).await;
    let limit = Duration::from_secs(5);
    world.timer.asleep(1, limit).await;
    world.timer.pass(limit);
    assert_eq!(waiting.await.expect("an answer").status, 200);
    assert_eq!(claims(&mut world).await["email"], "alice@example.com");
    assert_eq!(world.asked(), 2);
}
