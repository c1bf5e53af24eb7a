//! The provider's answer: as a redirect that names its issuer, and as a form.

use http::StatusCode;
use oidc_login_tests::world::form;
use url::{Url, form_urlencoded};

use crate::stage::Stage;

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn an_answer_that_names_another_issuer_or_none_is_refused() {
    let stage = Stage::at("flask-app", &[]).await;
    for (iss, code) in [
        (Some("https://evil.test"), "issuer_mismatch"),
        (None, "issuer_missing"),
    ] {
        let mut alice = stage.somebody();
        let answer = alice.answer("alice").await.location().expect("a redirect");
        let mut changed = answer.clone();
        let pairs = answer.query_pairs().filter(|(name, _)| name != "iss");
        changed.query_pairs_mut().clear().extend_pairs(pairs);
        assert_ne!(changed, answer, "the provider names itself");
        if let Some(iss) = iss {
            changed.query_pairs_mut().append_pair("iss", iss);
        }
        let page = alice.agent.open(changed.as_str()).await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY);
        assert!(page.text().contains(code), "{code} in {}", page.text());
        assert_eq!(alice.who().await, Err(StatusCode::UNAUTHORIZED));
    }
    let exchanged = "grant.success flask-app authorization_code none";
    assert_eq!(stage.provider.count(exchanged).await, 0, "no code was sent");
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_form_signs_in() {
    let stage = Stage::at("flask-app", &[("OIDC_RESPONSE_MODE", "form_post")]).await;
    let mut alice = stage.somebody();
    let page = alice.answer("alice").await;
    assert_eq!(page.status, StatusCode::OK);
    let (action, fields) = form(&page);
    assert_eq!(action.as_str(), alice.at_app("/auth/callback"));
    let mut names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["code", "iss", "state"]);

    let fields = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&fields)
        .finish();
    let posted = alice.agent.post_from_elsewhere(action.as_str(), fields);
    let next: Url = posted.await.location().expect("a redirect");
    let page = alice.agent.arrive(next.as_str()).await;
    let target = page.location().expect("the page asked for");
    assert_eq!(target.as_str(), alice.at_app("/secure"));
    assert_eq!(alice.who().await.as_deref(), Ok("alice"));
}
