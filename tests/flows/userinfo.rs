//! Claims from the userinfo endpoint, at the login.

use http::header;
use oidc_login::{OidcLayer, UserInfo, config::ClientConfigBuilder};
use oidc_login_dev_provider::{Client, SigningAlgorithm};
use oidc_login_tests::{
    hostile::{Endpoint, HostileProvider, HostileWorld, IdToken, Key, Signature},
    tokens::{TokenWorld, token_routes},
    world::{APP, World, routes},
};
use serde_json::{Value, json};

/// What the app asks for, and what the provider's endpoint says beyond `sub`.
pub(crate) fn world(
    settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
    userinfo: Value,
) -> TokenWorld {
    let world = TokenWorld::with_client(settings, |relying_party, _| relying_party);
    offer(&world.world.provider, userinfo);
    world
}

/// Offers these claims, beside or in place of the honest `sub`.
pub(crate) fn offer(provider: &HostileProvider, userinfo: Value) {
    provider.offer_userinfo(move |claims| {
        for (name, value) in userinfo.as_object().expect("an object") {
            claims[name] = value.clone();
        }
    });
}

pub(crate) fn always(client: ClientConfigBuilder) -> ClientConfigBuilder {
    client.userinfo(UserInfo::Always)
}

/// The claims of whoever uses the browser.
pub(crate) async fn claims(world: &mut TokenWorld) -> Value {
    world.get("/claims").await.json()
}

#[tokio::test]
async fn what_the_id_token_lacks_is_asked_for() {
    let mut world = world(
        |client| client,
        json!({ "email": "alice@example.com", "email_verified": true, "roles": ["admin"] }),
    );
    let token = world.sign_in().await;
    let found = claims(&mut world).await;
    assert_eq!(found["email"], "alice@example.com");
    assert_eq!(found["email_verified"], true);
    assert_eq!(found["preferred_username"], "alice");
    let page = world.world.browser.get(&format!("{APP}/admin")).await;
    assert_eq!(page.text(), "for admins", "roles count too");

    let seen = world.world.provider.seen();
    let asked = seen.iter().find(|seen| seen.endpoint == Endpoint::UserInfo);
    let headers = &asked.expect("a request").headers;
    assert_eq!(headers[header::AUTHORIZATION], format!("Bearer {token}"));
    assert!(headers[header::AUTHORIZATION].is_sensitive());
}

#[tokio::test]
async fn it_is_asked_when_the_setting_says_so() {
    type Settings = fn(ClientConfigBuilder) -> ClientConfigBuilder;
    type Bend = fn(&mut IdToken);
    let whole: Bend = |token| token.claims["email"] = json!("alice@example.com");
    let bare: Bend = |_| ();
    let cases: [(&str, Settings, Bend, usize); 7] = [
        ("a claim is missing", |client| client, bare, 1),
        ("nothing is missing", |client| client, whole, 0),
        (
            "not asked for",
            |client| client.scopes(["profile"]),
            bare,
            0,
        ),
        ("off", |client| client.userinfo(UserInfo::Off), bare, 0),
        ("always", always, whole, 1),
        (
            "always, no scope",
            |client| always(client).scopes(["openid"]),
            whole,
            1,
        ),
        ("telephone", |client| client.scopes(["phone"]), whole, 1),
    ];
    for (name, settings, id_token, asked) in cases {
        let mut world = world(settings, json!({}));
        world.world.provider.bend_id_token(id_token);
        world.sign_in().await;
        let found = world.world.provider.count(Endpoint::UserInfo);
        assert_eq!(found, asked, "{name}");
    }
}

/// An answer that says more than it may makes nobody another user, and no authentication stronger.
#[tokio::test]
async fn what_is_an_id_tokens_to_say_is_not_taken_from_userinfo() {
    let mut world = world(
        always,
        json!({
            "iss": "https://evil.test", "aud": "other", "azp": "other", "exp": 1, "iat": 1,
            "nonce": "n", "sid": "other", "acr": "high", "amr": ["hwk"], "auth_time": 1,
            "at_hash": "x", "cnf": {}, "preferred_username": "Alice A.", "name": null, "locale": "",
        }),
    );
    world.sign_in().await;
    let found = claims(&mut world).await;
    assert_eq!(found["iss"], "http://localhost:5001");
    assert_eq!(found["aud"], "flask-app");
    assert_eq!(found["sid"], "sid-of-alice");
    for name in ["azp", "acr", "amr", "auth_time", "cnf", "name", "locale"] {
        assert!(found.get(name).is_none(), "{name}: {found}");
    }
    assert_eq!(found["preferred_username"], "Alice A.", "the newer word");
}

/// Two sources, and one says of its own address that it was verified.
#[tokio::test]
async fn an_address_is_verified_only_by_who_names_it() {
    let mut world = world(always, json!({ "email": "mallory@example.com" }));
    world.world.provider.bend_id_token(|token| {
        token.claims["email"] = json!("alice@example.com");
        token.claims["email_verified"] = json!(true);
    });
    world.sign_in().await;
    let found = claims(&mut world).await;
    assert_eq!(found["email"], "mallory@example.com");
    assert!(found.get("email_verified").is_none(), "{found}");
}

#[tokio::test]
async fn claims_that_stand_elsewhere_do_no_harm_and_are_not_followed() {
    let elsewhere = json!({
        "_claim_names": { "email": "src1", "address": "src2", "sub": "src2" },
        "_claim_sources": {
            "src1": { "endpoint": "http://localhost:5001/token", "access_token": "x" },
            "src2": { "JWT": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ." },
        },
    });
    for in_id_token in [false, true] {
        let userinfo = if in_id_token {
            json!({})
        } else {
            elsewhere.clone()
        };
        let mut world = world(always, userinfo);
        if in_id_token {
            let elsewhere = elsewhere.clone();
            world.world.provider.bend_id_token(move |token| {
                for (name, value) in elsewhere.as_object().expect("an object") {
                    token.claims[name] = value.clone();
                }
            });
        }
        world.sign_in().await;
        let found = claims(&mut world).await;
        assert_eq!(found["sub"], "alice-id");
        assert_eq!(found["_claim_names"], elsewhere["_claim_names"]);
        assert!(found.get("email").is_none(), "{found}");
        assert_eq!(world.asked(), 1);
    }
}

#[tokio::test]
async fn a_signed_answer_is_verified_also_by_a_key_that_is_new() {
    let mut world = world(always, json!({ "email": "alice@example.com", "n": 1 }));
    let provider = world.world.provider.clone();
    provider.sign_userinfo(|_| ());
    world.sign_in().await;
    assert_eq!(claims(&mut world).await["email"], "alice@example.com");
    assert_eq!(provider.count(Endpoint::Keys), 1);

    let second = Key::new("second");
    provider.publish([provider.signing_key().jwk(), second.jwk()]);
    provider.sign_userinfo(move |token| {
        token.header["kid"] = json!("second");
        token.signature = Signature::By(second.clone());
    });
    world.sign_in().await;
    assert_eq!(claims(&mut world).await["email"], "alice@example.com");
    assert_eq!(provider.count(Endpoint::Keys), 2, "asked at once");
}

/// The app's own hook sees what userinfo said.
#[tokio::test]
async fn on_login_sees_the_claims_of_userinfo() {
    let mut world = HostileWorld::with_routes(
        |client| client,
        |settings, _| {
            settings.on_login(async |login, _| {
                assert_eq!(login.claims().email(), Some("alice@example.com"));
                Ok(oidc_login::LoginDecision::Allow)
            })
        },
        token_routes(&oidc_login_tests::steps::Gates::default()),
    );
    offer(&world.provider, json!({ "email": "alice@example.com" }));
    assert_eq!(
        world.sign_in("alice", "/secure").await.text(),
        "secure alice"
    );
}

/// The whole way with a provider of that kind: nothing in the ID token, and userinfo signed.
#[tokio::test]
async fn profile_and_email_simply_work() {
    let client = Client::public("sparse")
        .valid_redirect_uris([format!("{APP}/*")])
        .claims_in_userinfo_only()
        .userinfo_signed_response_alg(SigningAlgorithm::Es256);
    let mut world = World::assemble(
        |provider| provider.client(client),
        |client| client.public_client("sparse"),
        |builder, _| {
            let relying_party = builder.build().expect("a relying party");
            routes().layer(OidcLayer::new(relying_party))
        },
    );
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
    let page = world.browser.get(&format!("{APP}/admin")).await;
    assert_eq!(page.text(), "for admins");
}
