//! What a guard answers to scripts, to forms, to who lacks a role, and when nothing can satisfy it.

use http::{Method, StatusCode};
use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{hostile::to_provider, user_agent::script, world::APP};
use serde_json::json;

use super::{asked, get_page, say, seconds_ago, world};

#[tokio::test]
async fn a_script_is_told_what_is_missing_and_a_form_gets_a_page() {
    let mut world = world();
    say(&world, json!("bronze"), seconds_ago(&world, 361));
    world.sign_in("alice", "/secure").await;
    let url = |path: &str| format!("{APP}{path}");
    for (path, parameters) in [
        ("/gold", r#", acr_values="gold platinum""#),
        ("/recent", r#", max_age="300""#),
        ("/strict", r#", acr_values="gold", max_age="300""#),
        ("/handler", r#", acr_values="gold""#),
    ] {
        let challenge = format!(
            r#"Cookie realm="{APP}", form-action="/auth/login", error="insufficient_user_authentication"{parameters}"#
        );
        let page = world.browser.request(script(Method::GET, &url(path))).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(page.header("www-authenticate"), challenge, "{path}");
        assert_eq!(page.json()["error"], "insufficient_user_authentication");
        let link = page.json()["sign_in"].as_str().map(str::to_owned);
        let link = url(&link.expect("a link"));
        let location = to_provider(&mut world.browser, &link).await;
        let names = ["acr_values", "max_age"].map(|name| asked(&location, name).is_some());
        let expected = ["acr_values", "max_age"].map(|name| parameters.contains(name));
        assert_eq!(names, expected, "{path}");

        let page = world.browser.post(&url(path), &[]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(page.header("www-authenticate"), challenge, "{path}");
        assert_eq!(page.location(), None, "{path}");
        assert!(page.text().contains("href=\"/auth/login?with="), "{path}");
    }
    let mut visitor = world.browser.other_browser();
    let page = visitor.request(script(Method::GET, &url("/gold"))).await;
    assert_eq!(page.json()["error"], "not_signed_in");
    let challenge = format!(r#"Cookie realm="{APP}", form-action="/auth/login""#);
    assert_eq!(page.header("www-authenticate"), challenge);
}

#[tokio::test]
async fn who_lacks_the_role_is_not_sent_to_sign_in_for_it() {
    let mut world = world();
    world.sign_in("alice", "/secure").await;
    let page = get_page(&mut world, "/boss").await;
    let kind = page.error.as_ref().map(oidc_login::LoginError::kind);
    assert_eq!(kind, Some(Kind::RoleClaimMissing));
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::FORBIDDEN, None)
    );

    let bossy = |token: &mut oidc_login_tests::hostile::IdToken| {
        token.claims["roles"] = json!(["boss"]);
    };
    world.provider.bend_id_token(bossy);
    world.sign_in("alice", "/secure").await;
    let page = get_page(&mut world, "/boss").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "the role alone");
}

/// A list that is empty by mistake must not mean that nothing is asked.
#[tokio::test]
async fn a_guard_that_no_request_can_carry_lets_nobody_in() {
    let mut world = world();
    say(&world, json!(""), seconds_ago(&world, 0));
    for user in [None, Some("alice")] {
        if let Some(user) = user {
            world.sign_in(user, "/secure").await;
        }
        let page = get_page(&mut world, "/nobody").await;
        let kind = page.error.as_ref().map(oidc_login::LoginError::kind);
        assert_eq!(kind, Some(Kind::PolicyUnusable), "{user:?}");
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{user:?}");
    }
}
