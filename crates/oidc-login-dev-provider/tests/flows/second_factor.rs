//! A one-time code beside the password, where `acr_values` asks for it.

use http::StatusCode;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::support::*;

fn with(acr_values: &str) -> Form {
    let mut request = authorization();
    request.insert("acr_values", acr_values.into());
    request
}

/// The claims of alice, who types this code on the page that asks for one.
async fn signed_in(world: &mut World, acr_values: &str, code: &str) -> Value {
    let page = world.authorize(&with(acr_values)).await;
    let mut form = page.hidden_fields();
    for (name, value) in [("username", "alice"), ("password", "alice"), ("code", code)] {
        form.insert(name, value.into());
    }
    let answer = world.post("/sign-in", &form).await;
    let code = answer.redirect_param("code").expect("a code");
    claims(world, &code).await
}

async fn claims(world: &mut World, code: &str) -> Value {
    let tokens = world.post("/token", &exchange(code)).await.json();
    let id_token = &tokens["id_token"];
    world
        .verified(id_token, Algorithm::RS256, "flask-app")
        .await
}

#[tokio::test]
async fn a_code_is_asked_for_where_a_second_factor_is_wished_for() {
    for (acr_values, asked) in [("2", true), ("9 2 1", true), ("1 2", false), ("9", false)] {
        let page = World::new().authorize(&with(acr_values)).await;
        assert_eq!(page.body.contains("name=\"code\""), asked, "{acr_values}");
    }
    let page = World::new().authorize(&authorization()).await;
    assert!(!page.body.contains("name=\"code\""));
}

#[tokio::test]
async fn the_id_token_says_how_one_signed_in() {
    for (acr_values, code, acr, amr) in [
        ("2", "123456", "2", json!(["pwd", "otp"])),
        ("2", " 123456 ", "2", json!(["pwd", "otp"])),
        ("2", "", "1", json!(["pwd"])),
        ("1", "", "1", json!(["pwd"])),
    ] {
        let claims = signed_in(&mut World::new(), acr_values, code).await;
        assert_eq!(
            (&claims["acr"], &claims["amr"]),
            (&json!(acr), &amr),
            "{code}"
        );
    }
}

#[tokio::test]
async fn a_wrong_code_signs_nobody_in() {
    let mut world = World::new();
    let page = world.authorize(&with("2")).await;
    let mut form = page.hidden_fields();
    for (name, value) in [
        ("username", "alice"),
        ("password", "alice"),
        ("code", "654321"),
    ] {
        form.insert(name, value.into());
    }
    let answer = world.post("/sign-in", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("or the code is wrong"));
    assert_eq!(
        world.authorize(&authorization()).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn who_has_the_second_factor_is_not_asked_again_and_who_has_not_is() {
    let mut world = World::new();
    world.code(&authorization(), "alice").await;
    let page = world.authorize(&with("2")).await;
    assert_eq!(page.status, StatusCode::OK, "the password alone");
    assert!(page.body.contains("value=\"alice\""), "it knows her");
    let mut silent = with("2");
    silent.insert("prompt", "none".into());
    let answer = world.authorize(&silent).await;
    let code = answer.redirect_param("code").expect("a wish, no condition");
    assert_eq!(claims(&mut world, &code).await["acr"], "1");

    signed_in(&mut world, "2", "123456").await;
    for acr_values in ["2", "1"] {
        let answer = world.authorize(&with(acr_values)).await;
        let code = answer.redirect_param("code").expect("no question");
        assert_eq!(claims(&mut world, &code).await["acr"], "2", "{acr_values}");
    }
}
