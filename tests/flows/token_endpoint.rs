//! What the token endpoint answers, and what it does not.

use oidc_login::{LoginErrorKind as Kind, seams::HttpErrorKind};
use oidc_login_tests::{
    hostile::{Endpoint, HostileProvider, HostileWorld, assert_refused, refuses},
    world::ISSUER,
};
use serde_json::json;

const INVALID_GRANT: &str = r#"{"error":"invalid_grant","error_description":"used"}"#;
const HTML: &str = "<!doctype html><title>Gateway</title><script>alert(1)</script>";

async fn refuses_answer(name: &str, expected: Kind, bend: impl Fn(&HostileProvider)) {
    refuses(name, expected, |provider, url| {
        bend(provider);
        url.clone()
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_one_whatever_its_shape() {
    for (status, body, expected) in [
        (400, INVALID_GRANT, Kind::TokenRequestRefused),
        (
            401,
            r#"{"error":"invalid_client"}"#,
            Kind::TokenRequestRefused,
        ),
        (401, "", Kind::TokenRequestRefused),
        (403, HTML, Kind::TokenRequestRefused),
        (404, HTML, Kind::TokenRequestRefused),
        (500, HTML, Kind::ProviderUnavailable),
        (
            500,
            r#"{"error":"server_error"}"#,
            Kind::TokenRequestRefused,
        ),
        (502, "", Kind::ProviderUnavailable),
        (503, "", Kind::ProviderUnavailable),
        (302, "", Kind::TokenResponseInvalid),
        (204, "", Kind::TokenResponseInvalid),
        (200, HTML, Kind::TokenResponseInvalid),
        (200, INVALID_GRANT, Kind::TokenRequestRefused),
        (200, "", Kind::TokenResponseInvalid),
        (200, "[]", Kind::TokenResponseInvalid),
        (200, "null", Kind::TokenResponseInvalid),
        (
            200,
            r#"{"access_token":"a","id_tok"#,
            Kind::TokenResponseInvalid,
        ),
        (
            200,
            r#"{"access_token":7,"id_token":"a.b.c"}"#,
            Kind::TokenResponseInvalid,
        ),
        (200, r#"{"id_token":"a.b.c"}"#, Kind::TokenResponseInvalid),
        (200, "\u{0}\u{0}", Kind::TokenResponseInvalid),
    ] {
        refuses_answer(&format!("{status} {body}"), expected, |provider| {
            provider.reply(Endpoint::Token, status, body);
        })
        .await;
    }
}

#[tokio::test]
async fn no_answer_is_a_provider_that_is_not_there() {
    for kind in [
        HttpErrorKind::Connect,
        HttpErrorKind::Timeout,
        HttpErrorKind::BodyBroken,
        HttpErrorKind::BodyTooLarge,
        HttpErrorKind::Other,
    ] {
        refuses_answer(
            &format!("{kind:?}"),
            Kind::ProviderUnavailable,
            |provider| {
                provider.fail(Endpoint::Token, kind);
            },
        )
        .await;
    }
}

#[tokio::test]
async fn there_is_an_id_token_and_it_is_a_signed_one() {
    for (name, id_token, expected) in [
        ("none", json!(null), Kind::IdTokenMissing),
        ("empty", json!(""), Kind::IdTokenMalformed),
        ("no JWT", json!("not a token"), Kind::IdTokenMalformed),
        ("two parts", json!("e30.e30"), Kind::IdTokenMalformed),
        ("three empty parts", json!(".."), Kind::IdTokenMalformed),
        ("encrypted", json!("e30.a.b.c.d"), Kind::IdTokenEncrypted),
        ("huge", json!("a".repeat(100_000)), Kind::IdTokenMalformed),
    ] {
        refuses_answer(name, expected, |provider| {
            let id_token = id_token.clone();
            provider.bend_tokens(move |tokens| tokens["id_token"] = id_token.clone());
        })
        .await;
    }
    refuses_answer("left out", Kind::IdTokenMissing, |provider| {
        provider.bend_tokens(|tokens| {
            tokens
                .as_object_mut()
                .expect("an object")
                .remove("id_token");
        });
    })
    .await;
}

#[tokio::test]
async fn what_is_odd_but_harmless_is_accepted() {
    for (name, key, value) in [
        ("lifetime as text", "expires_in", json!("300")),
        ("lifetime too long", "expires_in", json!(1e300)),
        ("lifetime negative", "expires_in", json!(-1)),
        ("lifetime no number", "expires_in", json!({})),
        ("an unknown member", "extra", json!([1, 2])),
        ("an empty refresh token", "refresh_token", json!("")),
        ("no token type", "token_type", json!(null)),
        (
            "its token type in lower case",
            "token_type",
            json!("bearer"),
        ),
        ("in upper case", "token_type", json!("BEARER")),
    ] {
        let mut world = HostileWorld::new();
        world
            .provider
            .bend_tokens(move |tokens| tokens[key] = value.clone());
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{name}");
    }
}

/// Whoever sends it as if it were a bearer token hands over what was to be bound to a key.
#[tokio::test]
async fn a_token_of_a_type_we_do_not_know_is_not_used() {
    for token_type in [
        json!("DPoP"),
        json!("mac"),
        json!("N_A"),
        json!(""),
        json!(1),
    ] {
        let name = token_type.to_string();
        refuses_answer(&name, Kind::TokenResponseInvalid, |provider| {
            let token_type = token_type.clone();
            provider.bend_tokens(move |tokens| tokens["token_type"] = token_type.clone());
        })
        .await;
    }
}

#[tokio::test]
async fn a_failed_exchange_is_not_tried_again() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    world.provider.fail(Endpoint::Token, HttpErrorKind::Timeout);
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::ProviderUnavailable, "first");
    world.provider.be_honest();
    // The page reloaded: the code may be used up, so there is no way but a new sign-in.
    let page = world.browser.get(callback.as_str()).await;
    let new_try = page.location().expect("a new try");
    assert!(new_try.as_str().starts_with(ISSUER), "{new_try}");
    assert_eq!(world.provider.count(Endpoint::Token), 1);
    let callback = world.provider.answer(&new_try, "alice");
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice", "where they wanted to go");
    assert_eq!(world.provider.count(Endpoint::Token), 2);
}

#[tokio::test]
async fn the_providers_words_are_escaped() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let body = json!({ "error": "<b>bad", "error_description": "<script>'\"&" }).to_string();
    world.provider.reply(Endpoint::Token, 400, body);
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::TokenRequestRefused, "hostile words");
    assert!(!page.text().contains("<script") && !page.text().contains("<b>bad"));
    assert!(page.text().contains("&#60;b&#62;bad"), "{}", page.text());
}
