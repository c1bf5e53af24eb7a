//! A userinfo endpoint that does not answer as it should, at the login.

use std::time::Duration;

use http::{Response, StatusCode, header};
use oidc_login::{LoginErrorKind as Kind, UserInfo, seams::HttpErrorKind};
use oidc_login_tests::{
    hostile::{
        Endpoint, HostileProvider, HostileWorld, Key, Signature, assert_refused, refuses_in,
    },
    log::Log,
};
use serde_json::json;

use crate::userinfo::{always, claims, offer, world};

#[tokio::test]
async fn an_answer_about_somebody_else_refuses_the_login() {
    for setting in [UserInfo::Auto, UserInfo::Always] {
        for sub in [
            json!("bob-id"),
            json!("ALICE-ID"),
            json!(""),
            json!(1),
            json!(null),
        ] {
            let honest = || world(|client| client.userinfo(setting), json!({})).world;
            let name = format!("{setting:?} {sub}");
            refuses_in(honest, &name, Kind::UserInfoSubject, |provider, url| {
                offer(provider, json!({ "sub": sub }));
                url.clone()
            })
            .await;
        }
    }
}

/// `Always` refuses the login for a reason of its own, `Auto` goes on without the claims.
#[tokio::test]
async fn an_endpoint_that_does_not_answer_as_it_should() {
    type Bend = fn(&HostileProvider);
    let json = |status: u16, content_type: &'static str, body: String| {
        let response = Response::builder().status(status);
        let response = response.header(header::CONTENT_TYPE, content_type);
        response.body(body.into()).expect("a response")
    };
    let honest = r#"{"sub":"alice-id","email":"a@b"}"#;
    let replies = [
        (
            "HTML",
            Kind::UserInfoInvalid,
            json(200, "text/html", "<!doctype html>".into()),
        ),
        (
            "another type",
            Kind::UserInfoInvalid,
            json(200, "text/plain", honest.into()),
        ),
        (
            "HTML as JSON",
            Kind::UserInfoInvalid,
            json(200, "application/json", "<html>".into()),
        ),
        (
            "401",
            Kind::UserInfoInvalid,
            json(401, "application/json", honest.into()),
        ),
        (
            "403",
            Kind::UserInfoInvalid,
            json(403, "application/json", honest.into()),
        ),
        ("a redirect", Kind::UserInfoInvalid, {
            let mut response = json(302, "application/json", honest.into());
            let location = "http://localhost:5001/elsewhere".parse().expect("a value");
            response.headers_mut().insert(header::LOCATION, location);
            response
        }),
        (
            "500",
            Kind::UserInfoUnavailable,
            json(500, "application/json", honest.into()),
        ),
        (
            "429",
            Kind::UserInfoUnavailable,
            json(429, "application/json", honest.into()),
        ),
        ("huge", Kind::UserInfoInvalid, {
            let name = "a".repeat(64 * 1024);
            json(
                200,
                "application/json",
                json!({"sub": "alice-id", "name": name}).to_string(),
            )
        }),
        (
            "encrypted",
            Kind::UserInfoEncrypted,
            json(200, "application/jwt", "eyJhIjoxfQ.a.b.c.d".into()),
        ),
    ];
    for (name, kind, reply) in replies {
        let bend = |provider: &HostileProvider| {
            provider.reply_with(Endpoint::UserInfo, reply.clone());
        };
        fails(name, kind, bend).await;
    }
    let bends: [(&str, Kind, Bend); 6] = [
        ("unreachable", Kind::UserInfoUnavailable, |provider| {
            provider.fail(Endpoint::UserInfo, HttpErrorKind::Connect);
        }),
        ("no end", Kind::UserInfoUnavailable, |provider| {
            provider.fail(Endpoint::UserInfo, HttpErrorKind::BodyTooLarge);
        }),
        ("another key", Kind::UserInfoInvalid, |provider| {
            provider.sign_userinfo(|token| token.signature = Signature::By(Key::new("first")));
        }),
        ("no key", Kind::UserInfoInvalid, |provider| {
            provider.sign_userinfo(|token| {
                token.header["alg"] = json!("none");
                token.signature = Signature::Empty;
            });
        }),
        ("another issuer", Kind::UserInfoInvalid, |provider| {
            provider.sign_userinfo(|token| token.claims["iss"] = json!("https://evil.test"));
        }),
        ("another audience", Kind::UserInfoInvalid, |provider| {
            provider.sign_userinfo(|token| token.claims["aud"] = json!("other-app"));
        }),
    ];
    for (name, kind, bend) in bends {
        fails(name, kind, bend).await;
    }
}

async fn fails(name: &str, kind: Kind, bend: impl Fn(&HostileProvider)) {
    let userinfo = json!({ "email": "alice@example.com" });
    let (log, _guard) = Log::record();
    let mut auto = world(|client| client, userinfo.clone());
    bend(&auto.world.provider);
    auto.sign_in().await;
    let found = claims(&mut auto).await;
    assert_eq!(found["preferred_username"], "alice", "{name}");
    assert!(found.get("email").is_none(), "{name}: {found}");
    assert!(log.count(kind.code()) > 0, "{name}: {}", log.text());

    let always = || {
        let world = world(always, json!({ "email": "alice@example.com" }));
        world.world
    };
    refuses_in(always, name, kind, |provider, url| {
        bend(provider);
        url.clone()
    })
    .await;
    for token in auto.world.provider.issued() {
        assert!(!log.text().contains(&token), "{name}: a token is logged");
    }
}

#[tokio::test]
async fn without_the_endpoint_nobody_asks_and_always_cannot_be_had() {
    let mut auto = HostileWorld::new();
    let page = auto.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
    let mut refused = HostileWorld::with(always, |settings| settings);
    let callback = refused.to_callback_again("alice", "/secure").await;
    let page = refused.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::UserInfoMissing, "no endpoint");
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_given_up() {
    let mut world = world(|client| client, json!({ "email": "alice@example.com" }));
    let callback = world.world.to_callback_again("alice", "/token").await;
    let mut gate = world.world.provider.hold(Endpoint::UserInfo);
    let mut browser = world.world.browser.clone();
    let waiting = tokio::spawn(async move {
        let page = browser.open(callback.as_str()).await;
        (browser, page)
    });
    gate.reached(1).await;
    let limit = Duration::from_secs(10);
    world.timer.asleep(1, limit).await;
    world.timer.pass(limit);
    let (browser, page) = waiting.await.expect("an answer");
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    world.world.browser = browser;
    let found = claims(&mut world).await;
    assert!(found.get("email").is_none(), "{found}");
}
