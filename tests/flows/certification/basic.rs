//! The basic profile, and its twin with `response_mode=form_post`; from the comprehensive plan what has
//! to do with the code flow.

use http::header;
use oidc_login::{LoginErrorKind as Kind, ResponseMode};
use oidc_login_tests::{
    hostile::{Endpoint, HostileProvider, HostileWorld, Key, Signature, assert_refused},
    tokens::TokenWorld,
    user_agent::Page,
    world::APP,
};
use serde_json::json;
use url::Url;

use super::{
    Module, as_is, behave, bend_id_token, client, key_set, nameless, offer_userinfo, rotate, world,
};

const MODULES: [Module; 20] = [
    ("", |_| (), None),
    ("-idtoken-sig-rs256", |_| (), None),
    (
        "-invalid-iss",
        |provider| {
            bend_id_token(provider, |token| {
                token.claims["iss"] = json!("https://invalid.example/");
            });
        },
        Some(Kind::IdTokenIssuer),
    ),
    (
        "-missing-sub",
        |provider| bend_id_token(provider, |token| token.without("sub")),
        Some(Kind::IdTokenMalformed),
    ),
    (
        "-invalid-aud",
        |provider| {
            bend_id_token(provider, |token| {
                token.claims["aud"] = json!("flask-app-invalid");
            });
        },
        Some(Kind::IdTokenAudience),
    ),
    (
        "-missing-aud",
        |provider| bend_id_token(provider, |token| token.without("aud")),
        Some(Kind::IdTokenMalformed),
    ),
    (
        "-missing-iat",
        |provider| bend_id_token(provider, |token| token.without("iat")),
        Some(Kind::IdTokenMalformed),
    ),
    (
        "-nonce-invalid",
        |provider| {
            bend_id_token(provider, |token| {
                token.claims["nonce"] = json!("an invalid nonce");
            });
        },
        Some(Kind::IdTokenNonce),
    ),
    (
        "-kid-absent-single-jwks",
        |provider| {
            without_kid(provider);
            let mut keys = nameless(key_set(provider.signing_key().jwk(), "gone"));
            keys.remove(0);
            provider.publish(keys);
        },
        None,
    ),
    (
        "-kid-absent-multiple-jwks",
        |provider| {
            without_kid(provider);
            provider.publish(nameless(key_set(provider.signing_key().jwk(), "another")));
        },
        Some(Kind::IdTokenKeyAmbiguous),
    ),
    (
        "-idtoken-sig-none",
        |provider| {
            bend_id_token(provider, |token| {
                token.header = json!({ "alg": "none" });
                token.signature = Signature::Empty;
            });
        },
        Some(Kind::IdTokenAlgorithm),
    ),
    ("-invalid-sig-rs256", broken, Some(Kind::IdTokenSignature)),
    (
        "-invalid-sig-es256",
        |provider| {
            rotate(provider, Key::new("es256-1"));
            broken(provider);
        },
        Some(Kind::IdTokenSignature),
    ),
    (
        "-invalid-sig-hs256",
        |provider| {
            bend_id_token(provider, |token| {
                token.header = json!({ "alg": "HS256" });
                token.signature = Signature::Hmac(b"a-secret-of-the-suite".to_vec());
            });
        },
        Some(Kind::IdTokenAlgorithm),
    ),
    (
        "-userinfo-invalid-sub",
        |provider| {
            offer_userinfo(provider, |claims| claims["sub"] = json!("alice-id-invalid"));
        },
        Some(Kind::UserInfoSubject),
    ),
    ("-scope-userinfo-claims", |_| (), None),
    ("-client-secret-basic", |_| (), None),
    (
        "-userinfo-signed",
        |provider| provider.sign_userinfo(|_| ()),
        None,
    ),
    (
        "-aggregated-claims",
        |provider| {
            offer_userinfo(provider, |claims| {
                claims["_claim_names"] = json!({ "address": "src1", "phone_number": "src1" });
                claims["_claim_sources"] = json!({ "src1": { "JWT": "eyJhbGciOiJub25lIn0.e30." } });
            });
        },
        None,
    ),
    (
        "-distributed-claims",
        |provider| {
            offer_userinfo(provider, |claims| {
                let endpoint = "http://localhost:5001/credit_score";
                let source = json!({ "endpoint": endpoint, "access_token": "abc" });
                claims["_claim_names"] = json!({ "credit_score": "src1" });
                claims["_claim_sources"] = json!({ "src1": source });
            });
        },
        None,
    ),
];

fn without_kid(provider: &HostileProvider) {
    bend_id_token(provider, |token| {
        let header = token.header.as_object_mut().expect("an object");
        header.remove("kid");
    });
}

fn broken(provider: &HostileProvider) {
    bend_id_token(provider, |token| {
        if let Signature::By(key) = &token.signature {
            token.signature = Signature::Broken(key.clone());
        }
    });
}

async fn answer(world: &mut HostileWorld, mode: ResponseMode, callback: &Url) -> Page {
    if mode == ResponseMode::Query {
        return world.browser.arrive(callback.as_str()).await;
    }
    let form = callback.query().expect("an answer").to_owned();
    let url = format!("{APP}/auth/callback");
    let page = world.browser.post_from_elsewhere(&url, form).await;
    let next = page.location().expect("the next step");
    world.browser.arrive(next.as_str()).await
}

#[tokio::test]
async fn each_module_ends_as_it_must() {
    for mode in [ResponseMode::Query, ResponseMode::FormPost] {
        for (module, deviation, refused) in MODULES {
            let name = format!("oidcc-client-test{module}, {mode:?}");
            let mut world = HostileWorld::with(|ours| client(ours).response_mode(mode), |rp| rp);
            behave(&world.provider);
            deviation(&world.provider);
            let callback = world.to_callback("alice", "/secure").await;
            let page = answer(&mut world, mode, &callback).await;
            let asked = world.provider.count(Endpoint::UserInfo);
            match refused {
                None => assert_eq!(world.greeting().await, "hello alice", "{name}"),
                Some(kind) => {
                    assert_refused(&page, kind, &name);
                    assert_eq!(world.greeting().await, "hello stranger", "{name}");
                }
            }
            // A module ends with the request for userinfo, and one that must be refused fails with it.
            let expected = matches!(refused, None | Some(Kind::UserInfoSubject));
            assert_eq!(asked, usize::from(expected), "{name}");
        }
    }
}

/// `oidcc-client-test-client-secret-basic` and `oidcc-client-test-userinfo-bearer-header`.
#[tokio::test]
async fn secrets_and_tokens_stand_in_headers() {
    let mut world = world();
    world.sign_in("alice", "/secure").await;
    for (endpoint, scheme) in [(Endpoint::Token, "Basic "), (Endpoint::UserInfo, "Bearer ")] {
        let seen = world.provider.seen();
        let seen = seen.iter().find(|seen| seen.endpoint == endpoint);
        let seen = seen.expect("a request");
        let line = seen.headers[header::AUTHORIZATION].to_str();
        assert!(line.expect("text").starts_with(scheme), "{endpoint:?}");
        let own = |name| seen.form.contains_key(name);
        assert!(
            !own("client_secret") && !own("access_token"),
            "{endpoint:?}"
        );
    }
}

/// `oidcc-client-test-scope-userinfo-claims`.
#[tokio::test]
async fn claims_of_a_scope_come_from_userinfo() {
    let mut world = TokenWorld::with_client(client, as_is);
    behave(&world.world.provider);
    world.sign_in().await;
    let claims = world.get("/claims").await.json();
    assert_eq!(claims["email"], "user@example.com");
    assert_eq!(claims["name"], "Demo T. User");
}

/// `oidcc-client-test-form-post-error`: a login that cannot be had without asking anybody, and no
/// other one is tried.
#[tokio::test]
async fn a_posted_error_is_shown() {
    for mode in [ResponseMode::Query, ResponseMode::FormPost] {
        let settings = |ours| {
            client(ours)
                .response_mode(mode)
                .authorization_parameter("max_age", "0")
                .authorization_parameter("prompt", "none")
        };
        let mut world = HostileWorld::with(settings, |relying_party| relying_party);
        behave(&world.provider);
        let asked = world.begin("/secure").await;
        let refused = world.provider.refuse(&asked, "login_required", "");
        let page = answer(&mut world, mode, &refused).await;
        assert_refused(&page, Kind::LoginRequired, &format!("{mode:?}"));
        assert!(page.text().contains("login_required"), "{}", page.text());
        assert_eq!(world.greeting().await, "hello stranger");
    }
}
