//! Visitors of an open page, whom the provider knows or not.

use http::StatusCode;

use crate::stage::Stage;

const ON: [(&str, &str); 1] = [("OIDC_SILENT_LOGIN", "on")];

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_visitor_whom_the_provider_knows_is_signed_in_without_a_page() {
    let stage = Stage::at("flask-app", &ON).await;
    let mut alice = stage.signed_in("alice").await;
    alice.forget_app();
    alice.is_signed_in_by_looking_at_a_page().await;
    assert_eq!(alice.who().await.as_deref(), Ok("alice"));
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_visitor_whom_the_provider_does_not_know_stays_one_and_is_sent_there_once() {
    let stage = Stage::at("flask-app", &ON).await;
    let mut somebody = stage.somebody();
    let home = somebody.at_app("/");
    for time in 1..=4 {
        let page = somebody.open("/").await;
        assert_eq!(
            (page.status, page.url.as_str()),
            (StatusCode::OK, &*home),
            "{time}"
        );
        assert!(page.text().contains("You are not signed in"), "{time}");
    }
    let events = stage.provider.events().await;
    let refused = |event: &&String| event.starts_with("authorization.error login_required");
    assert_eq!(events.iter().filter(refused).count(), 1, "{events:?}");
}

/// She is signed in there and was never asked about this app: that question needs a page, too.
#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_visitor_who_said_nothing_about_this_app_stays_one() {
    let stage = Stage::at("flask-app", &ON).await;
    let mut alice = stage.somebody();
    let form = alice.open("/secure").await;
    let typed = [("username", "alice"), ("password", "alice")];
    let consent = alice.press(&form, &typed).await;
    assert!(
        consent.text().contains("<h1>Consent</h1>"),
        "{}",
        consent.text()
    );
    alice.forget_app();
    for _ in 1..=3 {
        let page = alice.open("/").await;
        assert!(
            page.text().contains("You are not signed in"),
            "{}",
            page.text()
        );
    }
    let events = stage.provider.events().await;
    let refused = |event: &&String| event.starts_with("authorization.error consent_required");
    assert_eq!(events.iter().filter(refused).count(), 1, "{events:?}");
}
