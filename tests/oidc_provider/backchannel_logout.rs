//! Somebody signs out at the provider, which tells the app.

use http::StatusCode;

use crate::stage::{SECRET, Stage};

const GONE: Result<&str, &StatusCode> = Err(&StatusCode::UNAUTHORIZED);

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn ends_the_session_it_names_and_no_other() {
    for (client, variables) in [
        ("flask-app", &[][..]),
        ("flask-app-basic", &[SECRET]),
        // Signed by the algorithm of its ID tokens, which the app has to be told.
        (
            "flask-app-es256",
            &[SECRET, ("OIDC_LOGOUT_TOKEN_SIGNING_ALGS", "ES256")],
        ),
    ] {
        let stage = Stage::at(client, variables).await;
        let mut desk = stage.signed_in("alice").await;
        let mut phone = stage.signed_in("alice").await;
        let mut bob = stage.signed_in("bob").await;
        stage.sign_out_at_provider(&mut desk).await;
        assert_eq!(desk.who().await.as_deref(), GONE, "{client}");
        assert_eq!(phone.who().await.as_deref(), Ok("alice"), "{client}");
        assert_eq!(bob.who().await.as_deref(), Ok("bob"), "{client}");
        let told = format!("backchannel.success {client}");
        assert_eq!(stage.provider.count(&told).await, 1, "{client}");
    }
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn ends_all_sessions_of_a_user_when_it_names_none() {
    let stage = Stage::at("flask-app-by-user", &[SECRET]).await;
    let mut desk = stage.signed_in("alice").await;
    let mut phone = stage.signed_in("alice").await;
    let mut bob = stage.signed_in("bob").await;
    stage.sign_out_at_provider(&mut desk).await;
    assert_eq!(desk.who().await.as_deref(), GONE);
    assert_eq!(phone.who().await.as_deref(), GONE);
    assert_eq!(bob.who().await.as_deref(), Ok("bob"));
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn is_refused_when_it_is_signed_by_another_algorithm_than_registered() {
    let stage = Stage::at("flask-app-es256", &[SECRET]).await;
    let mut alice = stage.signed_in("alice").await;
    stage.sign_out_at_provider(&mut alice).await;
    assert_eq!(alice.who().await.as_deref(), Ok("alice"));
    let events = stage.provider.events().await;
    let refused = |event: &String| {
        event.starts_with("backchannel.error flask-app-es256") && event.contains("400")
    };
    assert!(events.iter().any(refused), "{events:?}");
}
