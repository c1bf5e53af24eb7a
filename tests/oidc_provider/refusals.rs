//! Answers that are no login.

use http::StatusCode;

use crate::stage::Stage;

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn cancelled_at_the_sign_in_form_and_at_the_question_for_consent() {
    let stage = Stage::at("flask-app", &[]).await;
    let mut alice = stage.somebody();
    let form = alice.open("/secure").await;
    let page = alice.press(&form, &[("answer", "cancel")]).await;
    let page = alice.come_back(&page).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let text = page.text();
    for shown in ["access_denied", "The user pressed &#60;Cancel&#62;."] {
        assert!(text.contains(shown), "{shown} in {text}");
    }

    let form = alice.open("/secure").await;
    let typed = [("username", "alice"), ("password", "alice")];
    let consent = alice.press(&form, &typed).await;
    let page = alice.press(&consent, &[("answer", "cancel")]).await;
    let page = alice.come_back(&page).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(alice.who().await, Err(StatusCode::UNAUTHORIZED));

    // Another try is a new login, and the provider knows her already.
    let consent = alice.open("/secure").await;
    let page = alice.press(&consent, &[("answer", "yes")]).await;
    let page = alice.come_back(&page).await;
    assert!(page.text().contains("Hello from the secure endpoint"));
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_login_that_may_ask_nobody_anything_is_refused_with_the_reason() {
    let stage = Stage::at("flask-app", &[("OIDC_AUTH_PARAMS", "prompt=none")]).await;
    let mut stranger = stage.somebody();
    let page = stranger.open("/auth/login?return_to=/").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.text().contains("login_required"), "{}", page.text());
    assert_eq!(stranger.who().await, Err(StatusCode::UNAUTHORIZED));
    let events = stage.provider.events().await;
    let refused = |event: &String| event.starts_with("authorization.error login_required");
    assert_eq!(events.iter().filter(|event| refused(event)).count(), 1);
}
