//! The logout profiles, and third-party-initiated login.

use axum::body::Body;
use http::{Method, StatusCode};
use oidc_login::FrontchannelLogout;
use oidc_login_tests::{
    hostile::{HostileProvider, HostileWorld, IdToken, Key, Signature, parameter, with_parameter},
    user_agent::{Page, navigation, set},
    world::{APP, ISSUER},
};
use serde_json::json;
use url::{Url, form_urlencoded};

use super::{behave, client};

/// The app as the profiles of logout register it, with alice signed in: the way back is our own
/// endpoint, as only that is told a `state`.
async fn signed_in() -> HostileWorld {
    let settings = |ours| {
        client(ours)
            .valid_post_logout_redirect_uris(["/auth/logout/callback"])
            .frontchannel_logout(FrontchannelLogout::On)
    };
    let mut world = HostileWorld::with(settings, |relying_party| relying_party);
    behave(&world.provider);
    world.sign_in("alice", "/secure").await;
    assert_eq!(world.greeting().await, "hello alice");
    world
}

/// The user signs out: what the browser brings to the provider.
async fn sign_out(world: &mut HostileWorld) -> Url {
    let page = world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    let asked = page.location().expect("the provider");
    assert!(
        asked.as_str().starts_with(&format!("{ISSUER}/logout?")),
        "{asked}"
    );
    assert_eq!(parameter(&asked, "id_token_hint").split('.').count(), 3);
    let back = parameter(&asked, "post_logout_redirect_uri");
    assert_eq!(back, format!("{APP}/auth/logout/callback"));
    asked
}

async fn come_back(world: &mut HostileWorld, asked: &Url, state: Option<&str>) -> Page {
    let back = parameter(asked, "post_logout_redirect_uri");
    let back = with_parameter(&back.parse().expect("a URL"), "state", state);
    world.browser.arrive(back.as_str()).await
}

/// `oidcc-client-test-rp-init-logout`, `-other-state` and `-no-state`.
#[tokio::test]
async fn whatever_state_comes_back_the_user_is_signed_out() {
    for state in ["right", "another", "none"] {
        let mut world = signed_in().await;
        let asked = sign_out(&mut world).await;
        let sent = parameter(&asked, "state");
        let comes = match state {
            "right" => Some(sent.as_str()),
            "another" => Some("another-state"),
            _ => None,
        };
        let page = come_back(&mut world, &asked, comes).await;
        assert_eq!(
            page.location().map(Into::into),
            Some(format!("{APP}/")),
            "{state}"
        );
        assert_eq!(world.greeting().await, "hello stranger", "{state}");
    }
}

async fn post_logout_token(world: &HostileWorld, token: &str) -> Page {
    let form = format!("logout_token={token}");
    let url = format!("{APP}/auth/backchannel-logout");
    let mut request = navigation(Method::POST, &url, Body::from(form));
    request.headers_mut().clear();
    set(
        &mut request,
        "content-type",
        "application/x-www-form-urlencoded",
    );
    let page = world.browser.other_browser().request(request).await;
    assert_eq!(page.header("cache-control"), "no-store");
    page
}

/// `oidcc-client-test-rp-backchannel-rpinitlogout` and the modules that begin with that name: the
/// provider calls the app while it has the browser, whose session here is over already.
#[tokio::test]
async fn the_back_channel_is_answered_while_the_browser_is_on_its_way() {
    type Bend = fn(&HostileProvider, &mut IdToken);
    let modules: [(&str, Bend, StatusCode); 8] = [
        ("", |_, _| (), StatusCode::OK),
        (
            "-alg-none",
            |_, token| {
                token.header = json!({ "alg": "none" });
                token.signature = Signature::Empty;
            },
            StatusCode::BAD_REQUEST,
        ),
        (
            "-no-event",
            |_, token| token.without("events"),
            StatusCode::BAD_REQUEST,
        ),
        (
            "-with-nonce",
            |_, token| token.claims["nonce"] = json!("logout_tokens_must_not_contain_a_nonce"),
            StatusCode::BAD_REQUEST,
        ),
        (
            "-wrong-alg",
            |provider, token| {
                let key = Key::new("es256");
                provider.publish([provider.signing_key().jwk(), key.jwk()]);
                token.header = json!({ "alg": "ES256", "kid": "es256" });
                token.signature = Signature::By(key);
            },
            StatusCode::BAD_REQUEST,
        ),
        (
            "-wrong-aud",
            |_, token| token.claims["aud"] = json!("flask-app1"),
            StatusCode::BAD_REQUEST,
        ),
        (
            "-wrong-event",
            |_, token| {
                token.claims["events"] = json!({ "http://schemas.openid.net/event/foobar": {} });
            },
            StatusCode::BAD_REQUEST,
        ),
        (
            "-wrong-iss",
            |_, token| token.claims["iss"] = json!("http://localhost:5001/1"),
            StatusCode::BAD_REQUEST,
        ),
    ];
    for (module, bend, expected) in modules {
        let mut world = signed_in().await;
        let mut elsewhere = world.browser.clone();
        let asked = sign_out(&mut world).await;
        let provider = world.provider.clone();
        let token = world.provider.logout_token(|token| {
            token.claims["sub"] = json!("alice-id");
            token.claims["ignored_claim"] = json!("what is not understood is ignored");
            token.header = json!({ "alg": "RS256", "kid": "rs256-1" });
            bend(&provider, token);
        });
        let page = post_logout_token(&world, &token).await;
        assert_eq!(page.status, expected, "{module}: {}", page.text());
        let state = parameter(&asked, "state");
        let page = come_back(&mut world, &asked, Some(&state)).await;
        assert!(page.location().is_some(), "{module}");
        let page = elsewhere.open(&format!("{APP}/hello")).await;
        assert_eq!(page.text(), "hello stranger", "{module}");
    }
}

/// `oidcc-client-test-rp-frontchannel-rpinitlogout` and `-opinitlogout`: the provider frames the
/// app's address, after the app's own sign-out or without one.
#[tokio::test]
async fn the_provider_frames_the_app_to_sign_out() {
    for module in ["-rpinitlogout", "-opinitlogout"] {
        let mut world = signed_in().await;
        let asked = match module {
            "-rpinitlogout" => Some(sign_out(&mut world).await),
            _ => None,
        };
        // The suite writes both into the URL as they are.
        let query = format!("iss={ISSUER}&sid=sid-of-alice");
        let url = format!("{APP}/auth/frontchannel-logout?{query}");
        let mut request = navigation(Method::GET, &url, Body::empty());
        set(&mut request, "sec-fetch-site", "cross-site");
        set(&mut request, "sec-fetch-dest", "iframe");
        let page = world.browser.other_browser().request(request).await;
        assert_eq!(page.status, StatusCode::OK, "{module}");
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains(&format!("frame-ancestors {ISSUER}")),
            "{policy}"
        );
        if let Some(asked) = asked {
            let page = come_back(&mut world, &asked, None).await;
            assert!(page.location().is_some(), "{module}");
        }
        assert_eq!(world.greeting().await, "hello stranger", "{module}");
    }
}

/// `oidcc-client-test-3rd-party-init-login`: the suite sends the browser with its issuer alone.
#[tokio::test]
async fn the_provider_asks_for_a_login() {
    let mut world = HostileWorld::with(client, |relying_party| relying_party);
    behave(&world.provider);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("iss", ISSUER)
        .finish();
    let page = world
        .browser
        .arrive(&format!("{APP}/auth/initiate?{query}"))
        .await;
    let asked = page.location().expect("the provider");
    let callback = world.provider.answer(&asked, "alice");
    world.browser.open(callback.as_str()).await;
    assert_eq!(world.greeting().await, "hello alice");
}
