//! What a login knows of its user after a refresh.

use std::sync::{Arc, Mutex};

use oidc_login::{AccessTokenRoles, LoginErrorKind as Kind};
use oidc_login_tests::{
    hostile::{HostileProvider, HostileWorld, IdToken, Key, Signature},
    steps::Gates,
    tokens::{LIFETIME, TokenWorld, token_routes},
    world::{APP, ISSUER, World, routes},
};
use serde_json::json;

#[tokio::test]
async fn the_claims_of_a_new_id_token_take_the_place_of_the_old_ones() {
    let mut world = TokenWorld::new();
    let claims = |name: &'static str, roles: &'static [&str]| {
        move |token: &mut IdToken| {
            token.claims["name"] = json!(name);
            token.claims["roles"] = json!(roles);
        }
    };
    world
        .world
        .provider
        .bend_id_token(claims("Alice", &["admin"]));
    world.sign_in().await;
    let admin = format!("{APP}/admin");
    assert_eq!(world.world.browser.get(&admin).await.text(), "for admins");
    world.world.provider.bend_id_token(claims("Alicia", &[]));
    world.world.clock.advance(LIFETIME);
    let both = world.text("/both").await;
    assert!(both.starts_with("Alicia "), "in the same request: {both}");
    let both = world.text("/both").await;
    assert!(both.starts_with("Alicia "), "and in the next: {both}");
    let page = world.world.browser.get(&admin).await;
    assert_eq!(page.status, 403, "a role that is gone is gone");
    assert_eq!(world.world.browser.steps("claims").await, "claims=alice");
}

#[tokio::test]
async fn without_a_new_id_token_the_claims_stay() {
    let mut world = TokenWorld::new();
    let name = |token: &mut IdToken| token.claims["name"] = json!("Alice");
    world.world.provider.bend_id_token(name);
    let first = world.sign_in().await;
    world
        .world
        .provider
        .bend_tokens(|tokens| tokens["id_token"] = json!(null));
    for _ in 0..3 {
        world.world.clock.advance(LIFETIME);
        let both = world.text("/both").await;
        assert!(both.starts_with("Alice "), "{both}");
        assert!(!both.ends_with(&first), "{both}");
    }
}

/// Every check of a login counts at a refresh, and some more.
#[tokio::test]
async fn a_bad_id_token_leaves_everything_as_it_was() {
    type Defect = fn(&mut IdToken);
    let cases: [(&str, Kind, Defect); 13] = [
        ("another issuer", Kind::IdTokenIssuer, |token| {
            token.claims["iss"] = json!(format!("{ISSUER}/"));
        }),
        ("another user", Kind::IdTokenSubject, |token| {
            token.claims["sub"] = json!("bob-id");
        }),
        ("no user", Kind::IdTokenMalformed, |token| {
            token.without("sub");
        }),
        ("another audience", Kind::IdTokenAudience, |token| {
            token.claims["aud"] = json!("other-app");
        }),
        ("more audience", Kind::IdTokenAudience, |token| {
            token.claims["aud"] = json!(["flask-app", "other-app"]);
        }),
        ("another client", Kind::IdTokenAuthorizedParty, |token| {
            token.claims["azp"] = json!("other-app");
        }),
        (
            "a client from nowhere",
            Kind::IdTokenAuthorizedParty,
            |token| {
                token.claims["azp"] = json!("flask-app");
            },
        ),
        (
            "an earlier authentication",
            Kind::IdTokenAuthTime,
            |token| {
                token.claims["auth_time"] = json!(1_799_999_979);
            },
        ),
        ("another nonce", Kind::IdTokenNonce, |token| {
            token.claims["nonce"] = json!("other");
        }),
        ("ended", Kind::IdTokenExpired, |token| {
            token.claims["exp"] = json!(1_800_000_000);
        }),
        (
            "another access token's",
            Kind::IdTokenAccessTokenHash,
            |token| {
                token.claims["at_hash"] = json!("LDktKdoQak3Pk0cnXxCltA");
            },
        ),
        ("a broken signature", Kind::IdTokenSignature, |token| {
            let Signature::By(key) = token.signature.clone() else {
                unreachable!("honest so far");
            };
            token.signature = Signature::Broken(key);
        }),
        ("not signed", Kind::IdTokenAlgorithm, |token| {
            token.header = json!({ "alg": "none" });
            token.signature = Signature::Empty;
        }),
    ];
    for (name, kind, defect) in cases {
        let mut world = TokenWorld::new();
        let auth_time = |token: &mut IdToken| token.claims["auth_time"] = json!(1_799_999_980);
        world.world.provider.bend_id_token(auth_time);
        let first = world.sign_in().await;
        world.world.provider.bend_id_token(defect);
        world.world.clock.advance(LIFETIME - 1);
        let page = world.get("/refresh").await;
        assert_eq!(page.text(), kind.code(), "{name}");
        assert_eq!(world.text("/token").await, first, "{name}: it works so far");
        assert_eq!(world.asked(), 2, "{name}: not again and again");
        assert_eq!(world.world.greeting().await, "hello alice", "{name}");

        world.world.clock.advance(1);
        let page = world.get("/token").await;
        assert_eq!(page.json()["error"], "access_token_ended", "{name}");
        assert_eq!(world.asked(), 2, "{name}");
        world.world.provider.be_honest();
        world.world.provider.bend_id_token(auth_time);
        assert_ne!(world.sign_in().await, first, "{name}: signing in helps");
    }
}

#[tokio::test]
async fn what_is_odd_but_harmless_is_accepted() {
    type Bend = fn(&HostileProvider);
    let cases: [(&str, Bend); 4] = [
        ("no ID token", |provider| {
            provider.bend_tokens(|tokens| tokens["id_token"] = json!(null));
        }),
        ("a list of one audience", |provider| {
            provider.bend_id_token(|token| token.claims["aud"] = json!(["flask-app"]));
        }),
        ("a sid that is gone", |provider| {
            provider.bend_id_token(|token| token.without("sid"));
        }),
        ("a new key", |provider| provider.rotate(Key::new("second"))),
    ];
    for (name, bend) in cases {
        let (mut world, first) = TokenWorld::signed_in().await;
        bend(&world.world.provider);
        for _ in 0..2 {
            world.world.clock.advance(LIFETIME);
            let page = world.get("/token").await;
            assert_eq!(page.status, 200, "{name}: {}", page.text());
            assert_ne!(page.text(), first, "{name}");
        }
        assert_eq!(world.world.greeting().await, "hello alice", "{name}");
    }
}

/// The nonce of the login is what a later ID token is compared with, however many refreshes later.
#[tokio::test]
async fn a_nonce_is_compared_with_the_logins_after_any_number_of_refreshes() {
    let mut world = TokenWorld::new();
    let nonce = Arc::new(Mutex::new(json!(null)));
    let of_login = nonce.clone();
    world.world.provider.bend_id_token(move |token| {
        *of_login.lock().expect("a nonce") = token.claims["nonce"].clone();
    });
    world.sign_in().await;
    world.world.provider.be_honest();
    world.world.clock.advance(LIFETIME);
    assert_eq!(world.get("/token").await.status, 200, "without a nonce");

    let nonce = nonce.lock().expect("a nonce").clone();
    let the_same = move |token: &mut IdToken| token.claims["nonce"] = nonce.clone();
    world.world.provider.bend_id_token(the_same);
    world.world.clock.advance(LIFETIME);
    assert_eq!(world.get("/token").await.status, 200, "with the login's");

    let other = |token: &mut IdToken| token.claims["nonce"] = json!("other");
    world.world.provider.bend_id_token(other);
    world.world.clock.advance(10);
    assert_eq!(world.text("/refresh").await, Kind::IdTokenNonce.code());
}

/// Keycloak's way: roles stand in the access token only.
#[tokio::test]
async fn roles_are_read_again_from_the_new_access_token() {
    let refresh = axum::routing::get(|oidc: oidc_login::Oidc| async move {
        let token = oidc.refresh().await.expect("tokens");
        token.expect("alice").login().roles().join(" ")
    });
    let mut world = World::assemble(
        |provider| provider,
        |client| client.access_token_roles(AccessTokenRoles::Verified),
        |builder, _| {
            let relying_party = builder.build().expect("a relying party");
            routes()
                .route("/refresh", refresh)
                .layer(oidc_login::OidcLayer::new(relying_party))
        },
    );
    world.sign_in("alice", "/admin").await;
    // Signed by keys that the app has not seen yet.
    let keys = oidc_login_dev_provider::SigningKeys::generate().expect("keys");
    world.provider.control().replace_signing_keys(keys);
    let roles = world.browser.get(&format!("{APP}/refresh")).await.text();
    assert!(roles.split(' ').any(|role| role == "admin"), "{roles}");
    let page = world.browser.get(&format!("{APP}/admin")).await;
    assert_eq!(page.text(), "for admins");
}

/// Without an ID token beside it, the access token is the first that a new key signed.
#[tokio::test]
async fn roles_are_read_from_an_access_token_of_a_new_key_that_comes_alone() {
    let mut world = HostileWorld::with_routes(
        |client| client.access_token_roles(AccessTokenRoles::Verified),
        |settings, _| settings,
        token_routes(&Gates::default()),
    );
    world.provider.bend_id_token(|token| {
        token.claims["azp"] = json!("flask-app");
        token.claims["roles"] = json!(["staff"]);
    });
    world.sign_in("alice", "/secure").await;
    let admin = format!("{APP}/admin");
    assert_eq!(world.browser.get(&admin).await.status, 403);

    world.provider.rotate(Key::new("second"));
    world.provider.bend_id_token(|token| {
        token.claims["azp"] = json!("flask-app");
        token.claims["roles"] = json!(["admin"]);
    });
    world.provider.bend_tokens(|tokens| {
        tokens["access_token"] = tokens["id_token"].take();
    });
    assert_eq!(world.browser.script("/refresh").await.status, 200);
    assert_eq!(world.browser.get(&admin).await.text(), "for admins");
}
