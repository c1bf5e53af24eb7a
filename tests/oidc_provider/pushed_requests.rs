//! Pushed authorization requests (RFC 9126).

use http::StatusCode;

use crate::stage::{SECRET, Stage};

const PUSHED: &str = "pushed_authorization_request.success";

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn the_browser_carries_a_reference_wherever_the_provider_takes_it() {
    for (client, variables) in [
        ("flask-app", &[][..]),
        ("flask-app-pushed", &[SECRET]),
        ("flask-app-pushed", &[SECRET, ("OIDC_PAR", "required")]),
    ] {
        let stage = Stage::at(client, variables).await;
        let mut alice = stage.somebody();
        let login = alice.at_app("/auth/login");
        let page = alice.agent.get(&login).await;
        let sent = page.location().expect("the provider's address");
        let mut names: Vec<_> = sent.query_pairs().map(|(name, _)| name).collect();
        names.sort_unstable();
        assert_eq!(names, ["client_id", "request_uri"], "{client}");
        let pushed = format!("{PUSHED} {client}");
        assert_eq!(stage.provider.count(&pushed).await, 1, "{client}");
        alice.sign_in("alice").await;
        assert_eq!(alice.who().await.as_deref(), Ok("alice"), "{client}");
    }
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn without_them_the_request_stands_in_the_address() {
    let never = ("OIDC_PAR", "never");
    let stage = Stage::at("flask-app", &[never]).await;
    let mut alice = stage.signed_in("alice").await;
    assert_eq!(alice.who().await.as_deref(), Ok("alice"));
    let pushed = format!("{PUSHED} flask-app");
    assert_eq!(stage.provider.count(&pushed).await, 0);
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_refused_one_ends_the_login_before_the_browser_leaves() {
    let secret = ("OIDC_CLIENT_SECRET", "not-the-secret");
    let stage = Stage::at("flask-app-pushed", &[secret]).await;
    let mut alice = stage.somebody();
    let page = alice.open("/secure").await;
    assert!(page.url.as_str().starts_with(&alice.at_app("/")));
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    let text = page.text();
    assert!(text.contains("invalid_client"), "{text}");
    assert!(!text.contains("not-the-secret"), "{text}");
}
