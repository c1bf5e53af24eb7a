//! The ID token, with one thing wrong at a time.

use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::hostile::{HostileWorld, IdToken, refuses, refuses_token};
use serde_json::json;

#[tokio::test]
async fn the_issuer_is_the_one_asked() {
    for (name, defect) in [
        (
            "another iss",
            (|token| token.claims["iss"] = json!("http://localhost:5002")) as fn(&mut IdToken),
        ),
        ("iss with a slash more", |token| {
            token.claims["iss"] = json!("http://localhost:5001/");
        }),
    ] {
        refuses_token(name, Kind::IdTokenIssuer, defect).await;
    }
}

#[tokio::test]
async fn the_audience_is_us_alone() {
    for (name, defect) in [
        (
            "aud is another client",
            (|token| token.claims["aud"] = json!("other")) as fn(&mut IdToken),
        ),
        ("aud is a list without us", |token| {
            token.claims["aud"] = json!(["other"]);
        }),
        ("aud is empty", |token| token.claims["aud"] = json!([])),
        ("aud has an untrusted member", |token| {
            token.claims["aud"] = json!(["flask-app", "other"]);
            token.claims["azp"] = json!("flask-app");
        }),
        ("aud begins like us", |token| {
            token.claims["aud"] = json!("flask-app-2");
        }),
    ] {
        refuses_token(name, Kind::IdTokenAudience, defect).await;
    }
    refuses_token("azp is another client", Kind::IdTokenAuthorizedParty, |t| {
        t.claims["azp"] = json!("other");
    })
    .await;
}

#[tokio::test]
async fn a_list_of_us_alone_is_an_audience() {
    let mut world = HostileWorld::new();
    world.provider.bend_id_token(|token| {
        token.claims["aud"] = json!(["flask-app"]);
        token.claims["azp"] = json!("flask-app");
    });
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn the_times_fit_within_a_minute() {
    const NOW: i64 = 1_800_000_000;
    refuses_token("exp", Kind::IdTokenExpired, |token| {
        token.claims["exp"] = json!(NOW - 61);
    })
    .await;
    refuses_token("iat", Kind::IdTokenIssuedInFuture, |token| {
        token.claims["iat"] = json!(NOW + 61);
        token.claims["exp"] = json!(NOW + 361);
    })
    .await;
    refuses_token("nbf", Kind::IdTokenNotYetValid, |token| {
        token.claims["nbf"] = json!(NOW + 61);
    })
    .await;

    let mut world = HostileWorld::new();
    assert_eq!(world.clock.seconds(), NOW);
    world.provider.bend_id_token(|token| {
        token.claims["exp"] = json!(NOW - 59);
        token.claims["iat"] = json!(NOW + 59);
        token.claims["nbf"] = json!(NOW + 59);
    });
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice", "clocks a little apart");
}

#[tokio::test]
async fn the_nonce_is_of_this_login() {
    refuses_token("no nonce", Kind::IdTokenNonce, |token| {
        token.without("nonce");
    })
    .await;
    refuses_token("another nonce", Kind::IdTokenNonce, |token| {
        token.claims["nonce"] = json!("another");
    })
    .await;
    refuses_token("an empty nonce", Kind::IdTokenNonce, |token| {
        token.claims["nonce"] = json!("");
    })
    .await;
}

#[tokio::test]
async fn the_access_token_belongs_to_the_id_token() {
    refuses_token("at_hash", Kind::IdTokenAccessTokenHash, |token| {
        token.claims["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    })
    .await;
    refuses(
        "access token swapped",
        Kind::IdTokenAccessTokenHash,
        |provider, url| {
            provider.bend_tokens(|tokens| tokens["access_token"] = json!("of somebody else"));
            url.clone()
        },
    )
    .await;
    let mut world = HostileWorld::new();
    world
        .provider
        .bend_id_token(|token| token.without("at_hash"));
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice", "at_hash is optional");
}

#[tokio::test]
async fn there_is_a_subject() {
    refuses_token("no sub", Kind::IdTokenMalformed, |token| {
        token.without("sub");
    })
    .await;
    refuses_token("a number", Kind::IdTokenMalformed, |token| {
        token.claims["sub"] = json!(7);
    })
    .await;
    refuses_token("an empty sub", Kind::IdTokenSubject, |token| {
        token.claims["sub"] = json!("");
    })
    .await;
    refuses_token("a long sub", Kind::IdTokenSubject, |token| {
        token.claims["sub"] = json!("a".repeat(256));
    })
    .await;
}

#[tokio::test]
async fn required_claims_are_there() {
    for (name, defect) in [
        ("no iss", (|t| t.without("iss")) as fn(&mut IdToken)),
        ("no aud", |t| t.without("aud")),
        ("no exp", |t| t.without("exp")),
        ("no iat", |t| t.without("iat")),
        ("exp is a text", |t| t.claims["exp"] = json!("tomorrow")),
    ] {
        refuses_token(name, Kind::IdTokenMalformed, defect).await;
    }
}
