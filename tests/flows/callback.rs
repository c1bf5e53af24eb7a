//! The provider's answer: `iss`, `error`, `code`, each with one thing wrong.

use http::StatusCode;
use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{
    hostile::{HostileWorld, parameter, refuses, refuses_in, with_parameter},
    world::{APP, ISSUER},
};
use url::Url;

fn with_another(url: &Url, name: &str, value: &str) -> Url {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair(name, value);
    url
}

#[tokio::test]
async fn an_honest_answer_signs_in_and_keeps_the_path() {
    let mut world = HostileWorld::new();
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(
        (page.status, page.text().as_str()),
        (StatusCode::OK, "secure alice")
    );
    assert_eq!(page.url.as_str(), format!("{APP}/secure"));
}

#[tokio::test]
async fn the_issuer_must_be_the_one_asked() {
    refuses("iss missing", Kind::IssuerMissing, |_, url| {
        with_parameter(url, "iss", None)
    })
    .await;
    refuses("iss empty", Kind::IssuerMissing, |_, url| {
        with_parameter(url, "iss", Some(""))
    })
    .await;
    for (name, iss) in [
        ("other", "http://localhost:5002"),
        ("a slash more", "http://localhost:5001/"),
        ("another case", "http://LOCALHOST:5001"),
    ] {
        refuses(name, Kind::IssuerMismatch, |_, url| {
            with_parameter(url, "iss", Some(iss))
        })
        .await;
    }
    refuses("iss twice", Kind::IssuerDuplicated, |_, url| {
        with_another(url, "iss", ISSUER)
    })
    .await;
}
