//! Keycloak's sign-out page frames the app's address, in a browser that gives no cookie to frames.

use http::StatusCode;
use serde_json::json;
use url::Url;

use crate::realm::{CLIENT, Realm};

/// The addresses that a page frames.
fn frames(html: &str) -> Vec<Url> {
    let sources = html.split("<iframe").skip(1).filter_map(|tag| {
        let source = tag.split_once("src=\"")?.1.split('"').next()?;
        Url::parse(&source.replace("&amp;", "&")).ok()
    });
    sources.collect()
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn a_sign_out_at_keycloak_ends_the_session_in_that_browser_only() {
    let realm = Realm::with(json!({}), json!({})).await;
    let address = format!("http://localhost:{}/auth/frontchannel-logout", realm.port);
    let front = json!({
        "frontchannelLogout": true,
        "attributes": {
            "frontchannel.logout.url": address, "frontchannel.logout.session.required": "true",
            "backchannel.logout.url": "",
        },
    });
    realm.change_client(front).await;
    let _demo = realm.demo(&[("OIDC_FRONTCHANNEL_LOGOUT", "on")]).await;
    let mut desk = realm.signed_in("alice").await;
    let mut phone = realm.signed_in("alice").await;

    let end_session = format!(
        "{}/protocol/openid-connect/logout?client_id={CLIENT}",
        realm.issuer()
    );
    let page = desk.agent.open(&end_session).await;
    let page = desk.press(&page, &[("confirmLogout", "Logout")]).await;
    let frames = frames(&page.text());
    let [frame] = &frames[..] else {
        panic!("not one frame: {frames:?} in {}", page.text());
    };
    assert_eq!(desk.who().await.as_deref(), Ok("alice"), "not yet");
    let mut frame_without_cookies = desk.agent.other_browser();
    let page = frame_without_cookies.arrive(frame.as_str()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(desk.who().await, Err(StatusCode::UNAUTHORIZED));
    assert_eq!(phone.who().await.as_deref(), Ok("alice"));
    realm.end().await;
}
