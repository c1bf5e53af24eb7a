//! A sign-out reaches the apps of the session.

use std::sync::{Arc, Mutex};

use http::{Response, StatusCode, header};
use jsonwebtoken::Algorithm;
use oidc_login_core::seams::{HttpClient, HttpError, HttpErrorKind};
use oidc_login_dev_provider::DevProvider;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::support::*;

const BYE: &str = "http://localhost:5000/bye";

/// The network: what was posted where, and how the apps answer.
#[derive(Clone, Default)]
struct Network(Arc<Mutex<Vec<(String, String)>>>, Option<u16>);

#[async_trait::async_trait]
impl HttpClient for Network {
    async fn send(
        &self,
        request: http::Request<axum::body::Bytes>,
    ) -> Result<Response<axum::body::Bytes>, HttpError> {
        let mut form = form_urlencoded::parse(request.body()).into_owned();
        let (name, token) = form.next().unwrap();
        assert_eq!((name.as_str(), form.next()), ("logout_token", None));
        self.0
            .lock()
            .unwrap()
            .push((request.uri().to_string(), token));
        let status = self.1.ok_or(HttpError::new(HttpErrorKind::Connect))?;
        Ok(Response::builder()
            .status(status)
            .body(axum::body::Bytes::new())
            .unwrap())
    }
}

fn world(
    network: &Network,
    change: impl Fn(oidc_login_dev_provider::Client) -> oidc_login_dev_provider::Client,
) -> World {
    World::with(|_| {
        let keys = KEYS.clone();
        let now = || time::OffsetDateTime::from_unix_timestamp(START).unwrap();
        DevProvider::builder()
            .issuer(ISSUER)
            .keys(keys)
            .clock(now)
            .http_client(network.clone())
            .client(change(public_client()))
            .client(confidential_client().backchannel_logout_uri("http://web.test/logout?a=b"))
    })
}

async fn sign_out(world: &mut World, tokens: &Value, return_to: Option<&str>) -> Answer {
    let mut request = form([("id_token_hint", tokens["id_token"].as_str().unwrap())]);
    request.extend(return_to.map(|uri| ("post_logout_redirect_uri", uri.to_owned())));
    world
        .get(&format!("/end-session?{}", encode(&request)))
        .await
}

#[tokio::test]
async fn each_app_of_the_session_gets_a_logout_token_of_its_own() {
    for answer in [Some(200), Some(400), None] {
        let network = Network(Arc::default(), answer);
        let mut world = world(&network, |app| {
            app.backchannel_logout_uri("/auth/backchannel-logout")
        });
        let tokens = world.tokens("alice").await;
        let sid = world
            .verified(&tokens["id_token"], Algorithm::RS256, "flask-app")
            .await["sid"]
            .clone();
        let page = sign_out(&mut world, &tokens, Some(BYE)).await;
        assert_eq!(page.location().unwrap().as_str(), BYE, "{answer:?}");

        let told = network.0.lock().unwrap().clone();
        let [(uri, token)] = &told[..] else {
            panic!("once, and not the app nobody signed in to: {told:?}");
        };
        assert_eq!(uri, "http://localhost:5000/auth/backchannel-logout");
        let claims = world
            .verified(&json!(token), Algorithm::RS256, "flask-app")
            .await;
        assert_eq!(claims["sid"], sid);
        assert_eq!(
            claims["events"],
            json!({ "http://schemas.openid.net/event/backchannel-logout": {} })
        );
        assert!(claims["jti"].is_string() && claims["nonce"].is_null());
        let header = jsonwebtoken::decode_header(token).unwrap();
        assert_eq!(header.typ.as_deref(), Some("logout+jwt"));

        sign_out(&mut world, &tokens, Some(BYE)).await;
        assert_eq!(
            network.0.lock().unwrap().len(),
            1,
            "nobody is signed in any more"
        );
    }
}

#[tokio::test]
async fn the_page_frames_what_the_apps_registered_and_goes_on() {
    for (name, change, parts) in [
        (
            "with session",
            (|app| app.frontchannel_logout_uri("/auth/frontchannel-logout?x=y"))
                as fn(oidc_login_dev_provider::Client) -> oidc_login_dev_provider::Client,
            &[
                "/auth/frontchannel-logout?x=y&#38;iss=http%3A%2F%2Flocalhost%3A5001%2Frealms%2Fdev&#38;sid=",
            ][..],
        ),
        (
            "without",
            |app| app.frontchannel_logout_uri_without_session("https://app.test/bye"),
            &["<iframe src=\"https://app.test/bye\""],
        ),
    ] {
        let mut world = world(&Network::default(), change);
        let tokens = world.tokens("alice").await;
        let page = sign_out(&mut world, &tokens, Some(BYE)).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        for part in parts {
            assert!(page.body.contains(part), "{name}: {part} in {}", page.body);
        }
        assert!(
            page.body
                .contains("content=\"0;url=http://localhost:5000/bye\"")
        );
        let policy = page.header(header::CONTENT_SECURITY_POLICY);
        let (_, frames) = policy.split_once("frame-src ").unwrap();
        assert!(
            ["http://localhost:5000", "https://app.test"].contains(&frames),
            "{frames}"
        );

        let tokens = world.tokens("alice").await;
        let page = sign_out(&mut world, &tokens, None).await;
        assert!(page.body.contains("<iframe") && !page.body.contains("http-equiv"));
    }
}

#[test]
fn an_address_to_tell_an_app_at_is_checked() {
    for (name, client) in [
        (
            "frontchannel_logout_uri",
            confidential_client().frontchannel_logout_uri("/x"),
        ),
        (
            "frontchannel_logout_uri",
            public_client().frontchannel_logout_uri("javascript:alert(1)"),
        ),
        (
            "backchannel_logout_uri",
            public_client().backchannel_logout_uri("http://app.test/#x"),
        ),
        (
            "backchannel_logout_uri",
            public_client().backchannel_logout_uri(""),
        ),
    ] {
        let built = DevProvider::builder()
            .client(client)
            .keys(KEYS.clone())
            .build();
        let error = built.map(|_| ()).unwrap_err();
        assert!(error.setting().ends_with(name), "{}", error.setting());
    }
}
