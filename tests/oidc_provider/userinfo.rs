//! Claims that this provider keeps out of its ID tokens.

use serde_json::Value;

use crate::stage::Stage;

const SCOPES: (&str, &str) = ("OIDC_SCOPES", "openid email profile");

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn is_asked_for_what_the_scopes_promise_unless_it_is_off() {
    for (setting, name) in [
        ("auto", Value::from("Alice Anderson")),
        ("always", Value::from("Alice Anderson")),
        ("off", Value::Null),
    ] {
        let stage = Stage::at("flask-app", &[SCOPES, ("OIDC_USERINFO", setting)]).await;
        let mut alice = stage.signed_in("alice").await;
        let claims = alice.claims().await.expect("she is signed in");
        assert_eq!(claims["name"], name, "{setting}");
        assert_eq!(claims["sub"], "alice", "{setting}");
    }
}
