//! The signature of the ID token and the key it was made with.

use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::hostile::{
    Endpoint, HostileWorld, IdToken, Key, Signature, assert_refused, refuses, refuses_in,
    refuses_token,
};
use serde_json::json;

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
