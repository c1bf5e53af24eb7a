//! What real providers do that a specification allows, or does not, and that no login may fail at.

use http::StatusCode;
use oidc_login_tests::{
    hostile::{Endpoint, HostileProvider, HostileWorld},
    user_agent::script,
    world::APP,
};
use serde_json::{Value, json};

fn without(object: &mut Value, members: &[&str]) {
    let object = object.as_object_mut().expect("an object");
    object.retain(|name, _| !members.contains(&name.as_str()));
}

#[tokio::test]
async fn each_signs_in() {
    type Habit = fn(&HostileProvider);
    let habits: [(&str, Habit); 8] = [
        ("aud in a list", |provider| {
            provider.bend_id_token(|token| token.claims["aud"] = json!(["flask-app"]));
        }),
        ("claims of its own", |provider| {
            provider.bend_id_token(|token| token.claims["groups"] = json!([{ "id": 7 }, null]));
        }),
        ("a token answer of the least", |provider| {
            provider
                .bend_tokens(|tokens| without(tokens, &["refresh_token", "expires_in", "scope"]));
        }),
        ("another scope than asked for", |provider| {
            provider.bend_tokens(|tokens| tokens["scope"] = json!("openid"));
        }),
        ("bearer in small letters", |provider| {
            provider.bend_tokens(|tokens| tokens["token_type"] = json!("bearer"));
        }),
        ("metadata without a list that may be left out", |provider| {
            provider.bend_metadata(|metadata| {
                let required = [
                    "response_types_supported",
                    "subject_types_supported",
                    "id_token_signing_alg_values_supported",
                ];
                let object = metadata.as_object_mut().expect("an object");
                object.retain(|name, _| {
                    !name.ends_with("_supported") || required.contains(&name.as_str())
                });
            });
        }),
        (
            "metadata without what it must have, and odd beside it",
            |provider| {
                provider.bend_metadata(|metadata| {
                    let required = ["response_types_supported", "subject_types_supported"];
                    without(metadata, &required);
                    metadata["service_documentation"] = json!("");
                    metadata["userinfo_endpoint"] = json!("");
                    metadata["end_session_endpoint"] = Value::Null;
                    metadata["claims_supported"] = json!("all");
                });
            },
        ),
        ("metadata that lists nothing of ours", |provider| {
            provider.bend_metadata(|metadata| {
                for (list, entries) in [
                    ("token_endpoint_auth_methods", json!(["private_key_jwt"])),
                    ("scopes", json!(["address"])),
                    ("response_modes", json!(["fragment"])),
                    ("grant_types", json!(["implicit"])),
                    ("code_challenge_methods", json!(["plain"])),
                    ("claims", json!([])),
                ] {
                    metadata[format!("{list}_supported")] = entries;
                }
            });
        }),
    ];
    for (name, habit) in habits {
        let mut world = HostileWorld::new();
        habit(&world.provider);
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{name}");
    }
}

#[tokio::test]
async fn a_token_endpoint_in_trouble_is_shown_and_tried_again_by_the_user_only() {
    for (status, body, shown) in [
        (500, "", StatusCode::SERVICE_UNAVAILABLE),
        (
            403,
            r#"{"error":"unauthorized_client"}"#,
            StatusCode::BAD_GATEWAY,
        ),
    ] {
        let mut world = HostileWorld::new();
        world.provider.reply(Endpoint::Token, status, body);
        let callback = world.to_callback("alice", "/secure").await;
        let page = world.browser.open(callback.as_str()).await;
        assert_eq!(page.status, shown, "{status}");
        assert_eq!(world.provider.count(Endpoint::Token), 1, "{status}");
        world.provider.be_honest();
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{status}");
    }
}

#[tokio::test]
async fn a_cancel_that_never_comes_back_leaves_nothing_behind() {
    let mut world = HostileWorld::new();
    for _ in 0..3 {
        world.begin("/secure").await;
    }
    let pending = |world: &HostileWorld| {
        let names = world.browser.cookies_named("localhost", "oidc_login_");
        names.len()
    };
    assert_eq!(pending(&world), 3);
    world.clock.advance(601);
    assert_eq!(pending(&world), 0, "they live ten minutes");
    let me = script(http::Method::GET, &format!("{APP}/secure"));
    let page = world.browser.request(me).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
}
