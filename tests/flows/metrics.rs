//! What is counted and timed, feature `metrics`.

mod meter;
mod requests;
mod sign_outs;

use axum::{Router, body::Body};
use http::{Method, Request, header};
use oidc_login::{
    BackgroundRefresh, FrontchannelLogout, OidcLayer, RelyingParty, RelyingPartyBuilder,
    ResponseMode, SilentLogin, config::ClientConfigBuilder, protocol::SigningAlgorithm,
    seams::HttpErrorKind,
};
use oidc_login_tests::{
    clock::HandClock,
    hostile::{Endpoint, HostileProvider, HostileWorld, IdToken, to_provider, with_parameter},
    tokens::{LIFETIME, TokenWorld},
    user_agent::{Page, UserAgent},
    world::{APP, ISSUER, client, routes},
};
use serde_json::json;

use self::meter::Meter;

const REQUESTS: &str = "provider_request_duration_seconds";

/// Everything is in this thread, and nothing sleeps.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_login_and_what_it_asks_the_provider() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    assert_eq!(meter.take("logins_begun_total"), ["1"]);
    assert_eq!(meter.take(REQUESTS), ["endpoint=discovery outcome=2xx: 0"]);
    assert_eq!(meter.take("callbacks_total"), [""; 0]);

    let mut gate = world.provider.hold(Endpoint::Token);
    let mut browser = world.browser.clone();
    let signing_in = tokio::spawn(async move { browser.open(callback.as_str()).await });
    gate.reached(1).await;
    world.clock.advance(2);
    gate.open();
    assert_eq!(signing_in.await.expect("a page").text(), "secure alice");
    assert_eq!(meter.take("callbacks_total"), ["outcome=ok: 1"]);
    assert_eq!(meter.take("logins_begun_total"), [""; 0]);
    let requests = [
        "endpoint=jwks_uri outcome=2xx: 0",
        "endpoint=token_endpoint outcome=2xx: 2",
    ];
    assert_eq!(meter.take(REQUESTS), requests, "in seconds");
}

#[tokio::test]
async fn a_callback_counts_by_why_it_signed_nobody_in() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let mut world = HostileWorld::new();
    let callbacks = || meter.take("callbacks_total");

    let url = world.begin("/secure").await;
    let refused = world.provider.refuse(&url, "access_denied", "x=1,y");
    world.browser.get(refused.as_str()).await;
    assert_eq!(callbacks(), ["outcome=access_denied: 1"]);

    let callback = world.to_callback("alice", "/secure").await;
    let without = with_parameter(&callback, "state", None);
    world.browser.get(without.as_str()).await;
    assert_eq!(callbacks(), ["outcome=state_missing: 1"]);

    let other = |token: &mut IdToken| token.claims["aud"] = json!("other");
    world.provider.bend_id_token(other);
    world.browser.get(callback.as_str()).await;
    assert_eq!(callbacks(), ["outcome=id_token_audience: 1"]);
    world.provider.be_honest();
    meter.take("logins_begun_total");

    // Met kindly, and no login all the same.
    let stale = world.to_callback("alice", "/secure").await;
    world
        .browser
        .jar
        .retain(|(_, name), _| !name.contains("login"));
    world.begin("/secure").await;
    assert_eq!(meter.take("logins_begun_total"), ["2"]);
    let page = world.browser.get(stale.as_str()).await;
    assert!(page.status.is_redirection(), "{}", page.text());
    assert_eq!(callbacks(), ["outcome=no_pending_login: 1"]);
    assert_eq!(meter.take("logins_begun_total"), ["1"], "once more");
}

#[tokio::test]
async fn a_silent_login_that_fails_counts_although_nobody_sees_it() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let silent = |builder: RelyingPartyBuilder| builder.silent_login(SilentLogin::OnVisits);
    let mut world = HostileWorld::with(|client| client, silent);
    let hello = format!("{APP}/hello");
    world.browser.get(&hello).await;
    let url = to_provider(&mut world.browser, &hello).await;
    let callback = world.provider.answer(&url, "alice");
    world.provider.reply(Endpoint::Token, 400, "");
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "hello stranger");
    let refused = ["outcome=token_request_refused: 1"];
    assert_eq!(meter.take("callbacks_total"), refused);
}

#[tokio::test]
async fn a_posted_answer_counts_once() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let posts = |client: ClientConfigBuilder| client.response_mode(ResponseMode::FormPost);
    let mut world = HostileWorld::with(posts, |relying_party| relying_party);
    let callback = world.to_callback("alice", "/secure").await;
    let form: Vec<_> = callback.query_pairs().into_owned().collect();
    let form: Vec<_> = form
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let to = format!("{APP}/auth/callback");
    let kept = world.browser.post(&to, &form).await;
    assert_eq!(meter.take("callbacks_total"), [""; 0], "it is only kept");
    let next = kept.location().expect("the callback");
    let page = world.browser.open(next.as_str()).await;
    assert_eq!(page.text(), "secure alice");
    assert_eq!(meter.take("callbacks_total"), ["outcome=ok: 1"]);
    world.browser.post(&to, &[("code", "x")]).await;
    assert_eq!(meter.take("callbacks_total"), ["outcome=state_missing: 1"]);
}

#[tokio::test]
async fn a_refresh_counts_by_who_wanted_it_and_what_came_of_it() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let on = BackgroundRefresh::OnRequests;
    let mut world = TokenWorld::with(|settings, _| settings.background_refresh(on));
    world.sign_in().await;
    let refreshes = || meter.take("refreshes_total");
    assert_eq!(refreshes(), [""; 0]);

    world.world.clock.advance(LIFETIME - 30);
    world.world.greeting().await;
    settle().await;
    assert_eq!(refreshes(), ["reason=background outcome=ok: 1"]);
    world.world.clock.advance(11);
    world.get("/refresh").await;
    assert_eq!(refreshes(), ["reason=handler outcome=ok: 1"]);
    world.get("/refresh").await;
    assert_eq!(refreshes(), [""; 0], "too soon for another");

    world.world.clock.advance(11);
    world.world.provider.reply(Endpoint::Token, 503, "");
    world.get("/refresh").await;
    assert_eq!(refreshes(), ["reason=handler outcome=refresh_failed: 1"]);
    world.world.provider.be_honest();
    world.world.provider.revoke_refresh_tokens();
    world.world.clock.advance(600);
    world.get("/token").await;
    settle().await;
    assert_eq!(refreshes(), ["reason=background outcome=ended: 1"]);
}

/// An app at a provider that logs out by both channels.
struct Logouts {
    relying_party: RelyingParty,
    provider: HostileProvider,
    browser: UserAgent,
}

impl Logouts {
    fn new() -> Self {
        let clock = HandClock::new();
        let provider = HostileProvider::new(&clock);
        let client = client(provider.clone())
            .logout_token_signing_algorithms([SigningAlgorithm::Es256])
            .frontchannel_logout(FrontchannelLogout::On);
        let client = client.build().expect("a client");
        let relying_party = RelyingParty::builder(client).clock(clock.clone());
        let relying_party = relying_party.build().expect("a relying party");
        let app: Router = routes().layer(OidcLayer::new(relying_party.clone()));
        Self {
            relying_party,
            provider,
            browser: UserAgent::new([(APP.to_owned(), app)], clock),
        }
    }

    /// The provider's own request with a logout token.
    async fn send(&self, token: &str) -> Page {
        let form = "application/x-www-form-urlencoded";
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{APP}/auth/backchannel-logout"))
            .header(header::CONTENT_TYPE, form)
            .body(Body::from(format!("logout_token={token}")));
        let request = request.expect("a request");
        self.browser.other_browser().request(request).await
    }

    async fn frame(&self, query: &str) -> Page {
        let url = format!("{APP}/auth/frontchannel-logout?{query}");
        self.browser.other_browser().get(&url).await
    }
}

#[tokio::test]
async fn a_logout_counts_by_who_wanted_it() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let mut app = Logouts::new();
    let logouts = || meter.take("logouts_total");

    app.send(&app.provider.logout_token(|_| ())).await;
    assert_eq!(logouts(), ["by=backchannel outcome=ok: 1"]);
    app.send("x").await;
    assert_eq!(
        logouts(),
        ["by=backchannel outcome=logout_token_refused: 1"]
    );
    app.frame(&format!("iss={ISSUER}&sid=a")).await;
    assert_eq!(logouts(), ["by=frontchannel outcome=ok: 1"]);
    app.frame("iss=https://evil.test&sid=a").await;
    let refused = "by=frontchannel outcome=frontchannel_logout_refused: 1";
    assert_eq!(logouts(), [refused]);
    let ended = app.relying_party.end_sessions_of("alice-id").await;
    assert_eq!(ended.expect("a store that answers"), 0);
    assert_eq!(logouts(), ["by=app outcome=ok: 1"]);

    let logout = format!("{APP}/auth/logout");
    app.browser.post(&logout, &[]).await;
    assert_eq!(logouts(), [""; 0], "nobody was signed in");
    let url = format!("{APP}/auth/login");
    let url = to_provider(&mut app.browser, &url).await;
    let callback = app.provider.answer(&url, "bob");
    app.browser.get(callback.as_str()).await;
    app.browser.post(&logout, &[]).await;
    assert_eq!(logouts(), ["by=user outcome=ok: 1"]);
    settle().await;
    let revoked = "endpoint=revocation_endpoint outcome=2xx: 0 0";
    assert!(meter.take(REQUESTS).contains(&revoked.to_owned()));
}

#[tokio::test]
async fn a_request_to_the_provider_counts_by_its_answer() {
    let outcome = async |bend: &dyn Fn(&HostileProvider)| {
        let meter = Meter::default();
        let _guard = metrics::set_default_local_recorder(&meter);
        let mut world = HostileWorld::new();
        let callback = world.to_callback("alice", "/secure").await;
        meter.take(REQUESTS);
        bend(&world.provider);
        world.browser.get(callback.as_str()).await;
        meter.take(REQUESTS).pop().unwrap_or_default()
    };
    for (status, expected) in [
        (100, "other"),
        (302, "3xx"),
        (400, "4xx"),
        (503, "5xx"),
        (999, "other"),
    ] {
        let found = outcome(&|provider| provider.reply(Endpoint::Token, status, "")).await;
        assert_eq!(
            found,
            format!("endpoint=token_endpoint outcome={expected}: 0")
        );
    }
    for (kind, expected) in [
        (HttpErrorKind::Connect, "connect"),
        (HttpErrorKind::Timeout, "timeout"),
        (HttpErrorKind::BodyTooLarge, "body_too_large"),
        (HttpErrorKind::BodyBroken, "body_broken"),
        (HttpErrorKind::Other, "other"),
    ] {
        let found = outcome(&|provider| provider.fail(Endpoint::Token, kind)).await;
        assert_eq!(
            found,
            format!("endpoint=token_endpoint outcome={expected}: 0")
        );
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_counts_as_given_up() {
    let meter = Meter::default();
    let _guard = metrics::set_default_local_recorder(&meter);
    let (world, _) = TokenWorld::signed_in().await;
    meter.take(REQUESTS);
    world.world.clock.advance(11);
    let mut gate = world.world.provider.hold(Endpoint::Token);
    let waiting = world.later("/refresh");
    gate.reached(1).await;
    world.world.clock.advance(30);
    world.timer.pass(std::time::Duration::from_secs(3600));
    assert_eq!(waiting.await.expect("an answer").text(), "refresh_failed");
    let given_up = "endpoint=token_endpoint outcome=given_up: 30";
    assert_eq!(meter.take(REQUESTS), [given_up]);
}
