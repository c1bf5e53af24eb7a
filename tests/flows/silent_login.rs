//! Visitors of open pages who are signed in without a question, where the provider knows them.

mod failures;
mod occasions;

use http::StatusCode;
use oidc_login::{
    PushedAuthorizationRequests as Pushed, RelyingPartyBuilder, ResponseMode, SilentLogin,
    config::ClientConfigBuilder,
};
use oidc_login_dev_provider::{DevProviderBuilder, PushedRequests};
use oidc_login_tests::{
    hostile::{HostileWorld, parameter},
    steps::{Gates, steps},
    world::{APP, World, routes},
};
use url::Url;

const HELLO: &str = "http://localhost:5000/hello?a=b%20c";

const MARK: &str = "oidc_silent";

const PAUSE: i64 = 300;

fn on(builder: RelyingPartyBuilder) -> RelyingPartyBuilder {
    builder.silent_login(SilentLogin::OnVisits)
}

fn world() -> World {
    let routes = routes().merge(steps(&Gates::default()));
    World::with(|client| client, on, routes)
}

fn hostile() -> HostileWorld {
    hostile_with(|client| client)
}

fn hostile_with(client: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder) -> HostileWorld {
    HostileWorld::with(client, on)
}

/// The second page of a visitor: where it sends them.
async fn to_silent_login(world: &mut HostileWorld) -> Url {
    assert_eq!(world.browser.get(HELLO).await.text(), "hello stranger");
    let link = world.browser.get(HELLO).await.location().expect("a link");
    let page = world.browser.get(link.as_str()).await;
    let location = page.location().expect("the provider");
    assert_eq!(parameter(&location, "prompt"), "none");
    location
}

fn lose_session(world: &mut World) {
    let jar = &mut world.browser.jar;
    jar.retain(|(_, name), _| !name.contains("oidc_session"));
}

#[tokio::test]
async fn a_visitor_whom_the_provider_knows_is_signed_in() {
    let mut world = world();
    world.sign_in("alice", "/secure").await;
    lose_session(&mut world);
    let page = world.browser.open(HELLO).await;
    assert_eq!(page.text(), "hello stranger", "just signed in: not yet");
    world.clock.advance(PAUSE);
    let page = world.browser.get(HELLO).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.header("cache-control"), "no-store");
    let page = world.browser.open(HELLO).await;
    assert_eq!(page.text(), "hello stranger", "once, whatever became of it");
    world.clock.advance(PAUSE);
    let page = world.browser.open(HELLO).await;
    assert_eq!(
        (page.url.as_str(), page.text()),
        (HELLO, "hello alice".into())
    );
}

#[tokio::test]
async fn a_visitor_whom_nobody_knows_stays_one_and_is_asked_nothing() {
    let mut world = world();
    let first = world.browser.get(HELLO).await;
    assert_eq!(first.text(), "hello stranger", "no cookie came back yet");
    assert_eq!(first.header("cache-control"), "private, no-store");
    let second = world.browser.get(HELLO).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER);
    let page = world
        .browser
        .open(second.location().expect("a link").as_str())
        .await;
    assert_eq!(
        (page.url.as_str(), page.text()),
        (HELLO, "hello stranger".into())
    );
    for (seconds, status) in [(0, 200), (PAUSE - 1, 200), (1, 303), (0, 200)] {
        world.clock.advance(seconds);
        let page = world.browser.get(HELLO).await;
        assert_eq!(page.status, status, "{seconds}");
        if let Some(link) = page.location() {
            assert_eq!(
                world.browser.open(link.as_str()).await.text(),
                "hello stranger"
            );
        }
    }
    let page = world.sign_in("bob", "/secure").await;
    assert_eq!(page.text(), "secure bob", "who wants to, signs in");
}

#[tokio::test]
async fn it_works_with_pushed_requests() {
    let provider =
        |provider: DevProviderBuilder| provider.pushed_requests(PushedRequests::Required);
    let client =
        |client: ClientConfigBuilder| client.pushed_authorization_requests(Pushed::Required);
    let mut world = World::assemble(provider, client, |builder, _| {
        let relying_party = on(builder).build().expect("a relying party");
        routes().layer(oidc_login::OidcLayer::new(relying_party))
    });
    world.browser.get(HELLO).await;
    assert_eq!(world.browser.open(HELLO).await.text(), "hello stranger");
    world.sign_in("alice", "/secure").await;
    lose_session(&mut world);
    world.clock.advance(PAUSE);
    assert_eq!(world.browser.open(HELLO).await.text(), "hello alice");
}

#[tokio::test]
async fn it_works_with_answers_as_forms() {
    for (name, expected) in [("known", "hello alice"), ("unknown", "hello stranger")] {
        let mut world = hostile_with(|client| client.response_mode(ResponseMode::FormPost));
        let location = to_silent_login(&mut world).await;
        let answer = match name {
            "known" => world.provider.answer(&location, "alice"),
            _ => world.provider.refuse(&location, "login_required", ""),
        };
        let form = answer.query().unwrap_or_default().to_owned();
        let callback = format!("{APP}/auth/callback");
        let page = world.browser.post_from_elsewhere(&callback, form).await;
        let next = page.location().expect("the callback");
        let page = world.browser.open(next.as_str()).await;
        assert_eq!(
            (page.url.as_str(), page.text()),
            (HELLO, expected.into()),
            "{name}"
        );
    }
}
