//! The ID token, with one thing wrong at a time.

use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::hostile::{
    Endpoint, HostileWorld, IdToken, Key, Signature, assert_refused, refuses, refuses_in,
};
use serde_json::json;

/// Every login gets an ID token with this defect.
async fn refuses_token(name: &str, expected: Kind, defect: fn(&mut IdToken)) {
    refuses(name, expected, |provider, url| {
        provider.bend_id_token(defect);
        url.clone()
    })
    .await;
}

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

#[tokio::test]
async fn the_signature_is_by_a_key_of_the_provider() {
    refuses_token("one bit", Kind::IdTokenSignature, |token| {
        if let Signature::By(key) = &token.signature {
            token.signature = Signature::Broken(key.clone());
        }
    })
    .await;
    refuses_token("no signature", Kind::IdTokenSignature, |token| {
        token.signature = Signature::Empty;
    })
    .await;
    refuses_token("another key of this kid", Kind::IdTokenSignature, |token| {
        token.signature = Signature::By(Key::new("first"));
    })
    .await;
    refuses_token("key in the header", Kind::IdTokenSignature, |token| {
        let own = Key::new("first");
        token.header["jwk"] = own.jwk();
        token.header["jku"] = json!("https://evil.test/keys");
        token.signature = Signature::By(own);
    })
    .await;
    refuses_token(
        "only a key in the header",
        Kind::IdTokenKeyUnknown,
        |token| {
            let own = Key::new("own");
            token.header["kid"] = json!("own");
            token.header["jwk"] = own.jwk();
            token.signature = Signature::By(own);
        },
    )
    .await;
}

#[tokio::test]
async fn the_algorithm_is_an_allowed_one() {
    for (name, alg) in [("none", "none"), ("None", "None"), ("nOnE", "nOnE")] {
        refuses(name, Kind::IdTokenAlgorithm, |provider, url| {
            provider.bend_id_token(move |token| {
                token.header["alg"] = json!(alg);
                token.signature = Signature::Empty;
            });
            url.clone()
        })
        .await;
    }
    refuses(
        "HS256 by the public key",
        Kind::IdTokenAlgorithm,
        |provider, url| {
            let key = provider.signing_key();
            provider.bend_id_token(move |token| {
                token.header["alg"] = json!("HS256");
                token.signature = Signature::Hmac(key.public().to_vec());
            });
            url.clone()
        },
    )
    .await;
    refuses(
        "HS256 by the key's text",
        Kind::IdTokenAlgorithm,
        |provider, url| {
            let jwk = provider.signing_key().jwk().to_string();
            provider.bend_id_token(move |token| {
                token.header["alg"] = json!("HS256");
                token.signature = Signature::Hmac(jwk.clone().into_bytes());
            });
            url.clone()
        },
    )
    .await;
    refuses_token(
        "an algorithm nobody knows",
        Kind::IdTokenAlgorithm,
        |token| {
            token.header["alg"] = json!("XX999");
        },
    )
    .await;
}

#[tokio::test]
async fn a_key_that_is_not_published_is_looked_for_once_more() {
    let mut world = HostileWorld::new();
    world.sign_in("alice", "/").await;
    assert_eq!(world.provider.count(Endpoint::Keys), 1);
    world.provider.bend_id_token(|token| {
        let own = Key::new("unknown");
        token.header["kid"] = json!("unknown");
        token.signature = Signature::By(own);
    });
    let callback = world.to_callback_again("bob", "/secure").await;
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::IdTokenKeyUnknown, "unknown kid");
    assert_eq!(world.provider.count(Endpoint::Keys), 2);
    assert_eq!(world.greeting().await, "hello alice");
}

#[tokio::test]
async fn keys_that_rotate_in_the_middle_of_a_login_are_fetched_once() {
    for (name, kid) in [("a new kid", "second"), ("the old kid", "first")] {
        let mut world = HostileWorld::new();
        world.sign_in("bob", "/").await;
        let callback = world.to_callback_again("alice", "/secure").await;
        world.provider.rotate(Key::new(kid));
        let page = world.browser.open(callback.as_str()).await;
        assert_eq!(page.text(), "secure alice", "{name}");
        assert_eq!(world.provider.count(Endpoint::Keys), 2, "{name}");
        world.sign_in("bob", "/").await;
        assert_eq!(world.provider.count(Endpoint::Keys), 2, "{name}");
    }
}

#[tokio::test]
async fn a_token_without_kid_needs_a_provider_with_one_key() {
    let without_kid = |token: &mut IdToken| {
        let header = token.header.as_object_mut().expect("an object");
        header.remove("kid");
    };
    let two_keys = || {
        let world = HostileWorld::new();
        let keys = [world.provider.signing_key(), Key::new("second")];
        world.provider.publish(keys.map(|key| key.jwk()));
        world
    };
    refuses_in(
        two_keys,
        "two keys",
        Kind::IdTokenKeyAmbiguous,
        |provider, url| {
            provider.bend_id_token(without_kid);
            url.clone()
        },
    )
    .await;
    let mut world = HostileWorld::new();
    world.provider.bend_id_token(without_kid);
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
}
