//! People are asked whether an app may know them.

use http::{StatusCode, header};
use oidc_login_dev_provider::{Client, RefreshTokens};

use crate::support::*;

/// A provider with two more apps, which ask everybody.
fn world() -> World {
    World::with(|builder| {
        builder
            .refresh_tokens(RefreshTokens::OfflineAccess)
            .client(asking("asking").name("Asking <app>"))
            .client(asking("other"))
    })
}

fn asking(id: &str) -> Client {
    Client::public(id)
        .valid_redirect_uris([CALLBACK])
        .consent_required()
}

fn request(more: &[(&'static str, &str)]) -> Form {
    let mut request = authorization();
    request.insert("client_id", "asking".into());
    request.extend(
        more.iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    request
}

fn assert_asks(answer: &Answer, case: &str) {
    assert_eq!(answer.status, StatusCode::OK, "{case}: {}", answer.body);
    assert!(answer.body.contains("Allow access?"), "{case}");
}

async fn decide(world: &mut World, page: &Answer, action: &str) -> Answer {
    let mut fields = page.hidden_fields();
    fields.insert("action", action.into());
    world.post("/consent", &fields).await
}

/// Signs in, and allows what the app asks for.
async fn allowed(world: &mut World, request: &Form, user: &str) -> String {
    let page = world.type_password(request, user, user).await;
    assert_asks(&page, "after the password");
    let answer = decide(world, &page, "allow").await;
    answer.redirect_param("code").expect("a code")
}

#[tokio::test]
async fn the_page_names_who_asks_for_what_and_of_whom() {
    let mut world = world();
    let request = request(&[
        ("scope", "openid email offline_access"),
        ("state", "\"><b>"),
    ]);
    let page = world.type_password(&request, "alice", "alice").await;
    assert_asks(&page, "");
    for text in [
        "Asking &#60;app&#62;",
        "Alice Example",
        "To know you again <code>openid</code>",
        "Your e-mail address <code>email</code>",
        "Your roles <code>roles</code>",
        "All of it also while you are away <code>offline_access</code>",
    ] {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
    for text in ["Your name", "<script", "<b>"] {
        assert!(!page.body.contains(text), "{text} in {}", page.body);
    }
    assert_eq!(page.header(header::X_FRAME_OPTIONS), "DENY");
    assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
}

#[tokio::test]
async fn whoever_allowed_it_is_not_asked_again_until_it_is_more() {
    let mut world = world();
    let little = request(&[("scope", "openid email")]);
    allowed(&mut world, &little, "alice").await;
    let again = world.authorize(&little).await;
    assert!(again.redirect_param("code").is_some(), "allowed before");

    let more = request(&[("scope", "openid profile")]);
    let page = world.authorize(&more).await;
    assert_asks(&page, "the name is new");
    decide(&mut world, &page, "allow").await;
    let both = request(&[("scope", "openid profile email")]);
    let again = world.authorize(&both).await;
    assert!(again.redirect_param("code").is_some(), "each was allowed");

    let mut other = both.clone();
    other.insert("client_id", "other".into());
    assert_asks(&world.authorize(&other).await, "another app");
    let mut elsewhere = world.another_browser();
    let page = elsewhere.type_password(&both, "bob", "bob").await;
    assert_asks(&page, "another person");
    let mut elsewhere = world.another_browser();
    let answer = elsewhere.type_password(&both, "alice", "alice").await;
    assert!(answer.redirect_param("code").is_some(), "another browser");
}

#[tokio::test]
async fn prompt_consent_asks_always_and_of_any_app() {
    let mut world = world();
    for client in ["asking", "flask-app"] {
        let wanted = request(&[("client_id", client), ("prompt", "consent")]);
        if client == "asking" {
            allowed(&mut world, &wanted, "alice").await;
        }
        for time in ["once", "again"] {
            let page = world.authorize(&wanted).await;
            assert_asks(&page, &format!("{client} {time}"));
            let answer = decide(&mut world, &page, "allow").await;
            assert!(answer.redirect_param("code").is_some(), "{client} {time}");
        }
    }
    let both = request(&[("prompt", "login consent")]);
    let page = world.type_password(&both, "alice", "alice").await;
    assert_asks(&page, "after the password");
    let plain = world.authorize(&authorization()).await;
    assert!(
        plain.redirect_param("code").is_some(),
        "nobody asked for it"
    );
}

#[tokio::test]
async fn a_request_without_pages_is_told_what_is_missing() {
    let mut world = world();
    let silent = request(&[("prompt", "none")]);
    let error = |answer: &Answer| answer.redirect_param("error");
    let answer = world.authorize(&silent).await;
    assert_eq!(error(&answer).as_deref(), Some("login_required"));
    world.code(&authorization(), "alice").await;
    let answer = world.authorize(&silent).await;
    assert_eq!(error(&answer).as_deref(), Some("consent_required"));
    assert_eq!(
        answer.redirect_param("state").as_deref(),
        Some("the state & more")
    );
    assert_eq!(answer.redirect_param("iss").as_deref(), Some(ISSUER));
    let page = world.authorize(&request(&[])).await;
    decide(&mut world, &page, "allow").await;
    let answer = world.authorize(&silent).await;
    assert!(answer.redirect_param("code").is_some());
}

#[tokio::test]
async fn whoever_denies_is_asked_again_and_the_app_is_told() {
    let mut world = world();
    let page = world.type_password(&request(&[]), "alice", "alice").await;
    for action in ["deny", "", "Allow"] {
        let answer = decide(&mut world, &page, action).await;
        let error = answer.redirect_param("error");
        assert_eq!(error.as_deref(), Some("access_denied"), "{action}");
        assert_eq!(answer.redirect_param("code"), None, "{action}");
    }
    assert_asks(&world.authorize(&request(&[])).await, "again");

    let posted = request(&[("response_mode", "form_post")]);
    let page = world.authorize(&posted).await;
    let answer = decide(&mut world, &page, "deny").await;
    assert_eq!(answer.status, StatusCode::OK);
    for field in ["name=\"error\" value=\"access_denied\"", CALLBACK] {
        assert!(answer.body.contains(field), "{field} in {}", answer.body);
    }
}

#[tokio::test]
async fn offline_access_is_by_the_persons_word_or_by_registration() {
    let offline = [("scope", "openid offline_access")];
    let mut world = world();
    let code = allowed(&mut world, &request(&offline), "alice").await;
    let mut form = exchange(&code);
    form.insert("client_id", "asking".into());
    let tokens = world.post("/token", &form).await.json();
    assert!(tokens["refresh_token"].is_string(), "{tokens}");

    let mut own = authorization();
    own.insert("scope", offline[0].1.into());
    let code = world.authorize(&own).await.redirect_param("code");
    let tokens = world
        .post("/token", &exchange(&code.expect("a code")))
        .await;
    assert!(
        tokens.json()["refresh_token"].is_string(),
        "by registration"
    );
}

/// One that was shown in this browser, changed or to somebody else, allows nothing.
#[tokio::test]
async fn a_form_from_elsewhere_allows_nothing() {
    type Change = fn(&mut World, &mut Form);
    let cases: [(&str, Change); 6] = [
        ("no token", |_, form| drop(form.remove("csrf"))),
        ("wrong token", |_, form| {
            drop(form.insert("csrf", "AAAA".into()));
        }),
        ("no cookie", |world, _| world.cookies.clear()),
        ("signed out", |world, _| {
            world.cookies.retain(|name, _| !name.contains("session"));
        }),
        ("another scope", |_, form| {
            let request = form["request"].replace("email", "offline_access");
            drop(form.insert("request", request));
        }),
        ("another app", |_, form| {
            let request = form["request"].replace("asking", "other");
            drop(form.insert("request", request));
        }),
    ];
    for (name, change) in cases {
        let mut world = world();
        let page = world.type_password(&request(&[]), "alice", "alice").await;
        let mut form = page.hidden_fields();
        form.insert("action", "allow".into());
        let cookies = world.cookies.clone();
        change(&mut world, &mut form);
        let answer = world.post("/consent", &form).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::FORBIDDEN, None),
            "{name}"
        );
        world.cookies = cookies;
        assert_asks(&world.authorize(&request(&[])).await, name);
    }
}

#[tokio::test]
async fn a_question_to_one_person_is_not_answered_by_the_next() {
    let mut world = world();
    let page = world.type_password(&request(&[]), "alice", "alice").await;
    world.code(&plain_login(), "bob").await;
    let answer = decide(&mut world, &page, "allow").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_asks(&world.authorize(&request(&[])).await, "bob");
    // The same person, who signed in again in another tab.
    let page = world.authorize(&request(&[])).await;
    world.code(&plain_login(), "bob").await;
    let answer = decide(&mut world, &page, "allow").await;
    assert!(answer.redirect_param("code").is_some());
}

/// Of an app that asks nobody, with the password.
fn plain_login() -> Form {
    let mut request = authorization();
    request.insert("prompt", "login".into());
    request
}

/// The token of one form is none for another one.
#[tokio::test]
async fn the_token_of_the_sign_in_page_allows_nothing() {
    let mut world = world();
    let sign_in = world.authorize(&request(&[])).await.hidden_fields();
    world.type_password(&request(&[]), "alice", "alice").await;
    let mut form = sign_in;
    form.insert("action", "allow".into());
    let answer = world.post("/consent", &form).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
