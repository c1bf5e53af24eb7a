//! A provider that asks its users before it tells the app about them.

use http::StatusCode;
use oidc_login::{LoginErrorKind as Kind, OidcLayer, ResponseMode, SilentLogin};
use oidc_login_dev_provider::{Client, Endpoint, PushedRequests};
use oidc_login_tests::{
    user_agent::Page,
    world::{APP, ISSUER, World, form, routes, send_form},
};
use url::form_urlencoded;

fn world(mode: ResponseMode, pushed: PushedRequests, silent_login: SilentLogin) -> World {
    let asking = Client::public("asking")
        .valid_redirect_uris([format!("{APP}/*")])
        .consent_required();
    World::assemble(
        |provider| provider.client(asking).pushed_requests(pushed),
        |client| client.public_client("asking").response_mode(mode),
        |builder, _| {
            let relying_party = builder.silent_login(silent_login).build();
            routes().layer(OidcLayer::new(relying_party.expect("a relying party")))
        },
    )
}

/// Types alice's password; the page that asks for her consent.
async fn asked(world: &mut World, path: &str) -> Page {
    let sign_in = world.browser.open(&format!("{APP}{path}")).await;
    let alice = [("username", "alice"), ("password", "alice")];
    let page = send_form(&mut world.browser, &sign_in, &alice).await;
    assert!(page.text().contains("Allow access?"), "{}", page.text());
    page
}

/// Presses a button of that page, and follows the answer to the app.
async fn decide(world: &mut World, page: &Page, action: &str) -> Page {
    let answer = send_form(&mut world.browser, page, &[("action", action)]).await;
    if let Some(callback) = answer.location() {
        return world.browser.open(callback.as_str()).await;
    }
    let (callback, fields) = form(&answer);
    let fields = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let next = world
        .browser
        .post_from_elsewhere(callback.as_str(), fields)
        .await;
    let next = next.location().expect("the continuation");
    world.browser.open(next.as_str()).await
}

async fn greeting(world: &mut World) -> String {
    world.browser.open(&format!("{APP}/hello")).await.text()
}

#[tokio::test]
async fn whoever_denies_gets_a_page_with_a_way_on_and_whoever_allows_comes_in() {
    for (mode, pushed) in [
        (ResponseMode::Query, PushedRequests::Off),
        (ResponseMode::Query, PushedRequests::Required),
        (ResponseMode::FormPost, PushedRequests::Off),
    ] {
        let mut world = world(mode, pushed, SilentLogin::Off);
        let page = asked(&mut world, "/secure").await;
        let denied = decide(&mut world, &page, "deny").await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN, "{mode:?}");
        let kind = denied.error.as_ref().map(oidc_login::LoginError::kind);
        assert_eq!(kind, Some(Kind::AccessDenied), "{mode:?}");
        assert_eq!(greeting(&mut world).await, "hello stranger", "{mode:?}");
        let control = world.provider.control();
        assert_eq!(control.requests(Endpoint::Token), 0, "{mode:?}");

        let again = world.browser.open(&format!("{APP}/secure")).await;
        let page = decide(&mut world, &again, "allow").await;
        assert_eq!(page.text(), "secure alice", "{mode:?}");
    }
}

/// A visitor whom the provider knows, and who was never asked, stays a visitor: no page comes unasked.
#[tokio::test]
async fn a_silent_login_asks_nobody_for_consent() {
    let mut world = world(
        ResponseMode::Query,
        PushedRequests::Off,
        SilentLogin::OnVisits,
    );
    let page = asked(&mut world, "/secure").await;
    let denied = decide(&mut world, &page, "deny").await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    world.clock.advance(600);
    let before = world.provider.control().requests(Endpoint::Authorization);
    for _ in 0..2 {
        let page = world.browser.open(&format!("{APP}/hello")).await;
        assert_eq!(page.text(), "hello stranger");
        assert!(page.url.as_str().starts_with(APP), "{}", page.url);
    }
    let after = world.provider.control().requests(Endpoint::Authorization);
    assert_eq!(after - before, 1, "asked once, without a page");

    let page = world.browser.open(&format!("{APP}/secure")).await;
    assert!(page.url.as_str().starts_with(ISSUER), "{}", page.url);
    let page = decide(&mut world, &page, "allow").await;
    assert_eq!(page.text(), "secure alice");
}
