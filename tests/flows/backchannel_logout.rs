//! The provider itself says that a session is over.

use http::{Method, Request, StatusCode, header};
use oidc_login::{LoginErrorKind as Kind, MemoryStore, protocol::SigningAlgorithm};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, IdToken, Key, Signature, assert_refused},
    stores::FrailStore,
    user_agent::{Page, UserAgent},
    world::APP,
};
use serde_json::{Value, json};

const BACKCHANNEL_LOGOUT: &str = "http://localhost:5000/auth/backchannel-logout";

/// The hostile provider signs with ES256, as it would be registered there.
fn world() -> HostileWorld {
    HostileWorld::with(
        |client| client.logout_token_signing_algorithms([SigningAlgorithm::Es256]),
        |relying_party| relying_party,
    )
}

/// A request of the provider: no browser, no cookies.
async fn post(world: &HostileWorld, body: String) -> Page {
    let request = Request::builder()
        .method(Method::POST)
        .uri(BACKCHANNEL_LOGOUT)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body.into())
        .expect("a request");
    let mut agent = UserAgent::new([(APP.to_owned(), world.app.clone())], world.clock.clone());
    let page = agent.request(request).await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.set_cookies(), [""; 0]);
    page
}

async fn send(world: &HostileWorld, token: &str) -> Page {
    post(world, format!("logout_token={token}")).await
}

async fn logout(world: &HostileWorld, bend: impl FnOnce(&mut IdToken)) -> Page {
    send(world, &world.provider.logout_token(bend)).await
}

fn assert_done(page: &Page, name: &str) {
    assert_eq!(page.status, StatusCode::OK, "{name}: {}", page.text());
}

fn assert_not_done(page: &Page, expected: Kind, name: &str) {
    let found = page.error.as_ref().map(oidc_login::LoginError::kind);
    assert_eq!(found, Some(expected), "{name}: {}", page.text());
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{name}");
    assert_eq!(page.json()["error"], "invalid_request", "{name}");
}

async fn greeting(browser: &mut UserAgent) -> String {
    browser.open(&format!("{APP}/hello")).await.text()
}

#[tokio::test]
async fn it_ends_the_sessions_it_names_and_no_others() {
    for (name, changes, expected) in [
        ("sid", json!({ "sid": "a1" }), [true, false, false]),
        ("sub", json!({ "sub": "alice-id" }), [true, true, false]),
        (
            "both",
            json!({ "sid": "a1", "sub": "alice-id" }),
            [true, false, false],
        ),
        ("an unknown sid", json!({ "sid": "x" }), [false; 3]),
        ("an unknown sub", json!({ "sub": "x" }), [false; 3]),
        ("a sid as sub", json!({ "sub": "a1" }), [false; 3]),
        ("a sub as sid", json!({ "sid": "alice-id" }), [false; 3]),
    ] {
        let mut world = world();
        let mut browsers = [
            world.sign_in_with_sid("alice", "a1").await,
            world.sign_in_with_sid("alice", "a2").await,
            world.sign_in_with_sid("bob", "b1").await,
        ];
        let told = changes.clone();
        let page = logout(&world, |token| name_session(token, &told)).await;
        assert_done(&page, name);
        for (browser, ended) in browsers.iter_mut().zip(expected) {
            let is_over = greeting(browser).await == "hello stranger";
            assert_eq!(is_over, ended, "{name}");
        }
    }
}

fn name_session(token: &mut IdToken, claims: &Value) {
    token.without("sid");
    for (claim, value) in claims.as_object().expect("claims") {
        token.claims[claim] = value.clone();
    }
}

#[tokio::test]
async fn a_logout_by_user_leaves_later_logins_alone() {
    let mut world = world();
    let mut before = world.sign_in_with_sid("alice", "a1").await;
    let sub = json!({ "sub": "alice-id" });
    let token = world
        .provider
        .logout_token(|token| name_session(token, &sub));
    world.clock.advance(1);
    let mut after = world.sign_in_with_sid("alice", "a2").await;
    assert_done(&send(&world, &token).await, "late");
    assert_eq!(greeting(&mut before).await, "hello stranger");
    assert_eq!(greeting(&mut after).await, "hello alice");
}

#[tokio::test]
async fn a_logout_that_overtakes_its_login_wins() {
    for claims in [
        json!({ "sid": "sid-of-alice" }),
        json!({ "sub": "alice-id" }),
    ] {
        let mut world = world();
        let callback = world.to_callback("alice", "/secure").await;
        let mut gate = world.provider.hold(Endpoint::Token);
        let mut browser = world.browser.clone();
        let url = callback.to_string();
        let login = tokio::spawn(async move { (browser.get(&url).await, browser) });
        gate.reached(1).await;
        let told = claims.clone();
        let page = logout(&world, |token| name_session(token, &told)).await;
        assert_done(&page, "before the login");
        gate.open();
        let (page, mut browser) = login.await.expect("no panic");
        assert_refused(&page, Kind::LoginEnded, "the login");
        assert_eq!(greeting(&mut browser).await, "hello stranger");
    }
}

#[tokio::test]
async fn a_token_counts_once() {
    let mut world = world();
    let mut alice = world.sign_in_with_sid("alice", "a1").await;
    let sub = json!({ "sub": "alice-id" });
    let token = world
        .provider
        .logout_token(|token| name_session(token, &sub));
    assert_done(&send(&world, &token).await, "first");
    let again = send(&world, &token).await;
    assert_not_done(&again, Kind::LogoutTokenReplayed, "again");
    let other = logout(&world, |token| token.claims["jti"] = json!("another")).await;
    assert_done(&other, "another name");
    assert_eq!(greeting(&mut alice).await, "hello stranger");
}

#[tokio::test]
async fn what_is_not_right_ends_nothing() {
    type Defect = fn(&mut IdToken);
    let defects: [(&str, Defect); 21] = [
        ("signature", |token| {
            if let Signature::By(key) = &token.signature {
                token.signature = Signature::Broken(key.clone());
            }
        }),
        ("another key", |token| {
            token.signature = Signature::By(Key::new("first"));
        }),
        ("no signature", |token| token.signature = Signature::Empty),
        ("alg none", |token| {
            token.header["alg"] = json!("none");
            token.signature = Signature::Empty;
        }),
        ("alg RS256, which is not registered", |token| {
            token.header["alg"] = json!("RS256");
        }),
        ("typ of an access token", |token| {
            token.header["typ"] = json!("at+jwt");
        }),
        ("iss", |token| {
            token.claims["iss"] = json!("https://evil.test");
        }),
        ("no iss", |token| token.without("iss")),
        ("aud", |token| token.claims["aud"] = json!("other")),
        ("no aud", |token| token.without("aud")),
        ("iat to come", |token| move_time(token, "iat", 61)),
        ("iat long ago", |token| move_time(token, "iat", -4_000)),
        ("no iat", |token| token.without("iat")),
        ("exp over", |token| move_time(token, "exp", -300)),
        ("no exp", |token| token.without("exp")),
        ("no jti", |token| token.without("jti")),
        ("no events", |token| token.without("events")),
        ("another event", |token| {
            token.claims["events"] = json!({ "x": {} });
        }),
        ("nonce", |token| token.claims["nonce"] = json!("n")),
        ("neither sub nor sid", |token| token.without("sid")),
        ("critical extension", |token| {
            token.header["crit"] = json!(["x"]);
        }),
    ];
    let mut world = world();
    let mut alice = world.sign_in_with_sid("alice", "sid-of-alice").await;
    for (name, defect) in defects {
        let page = logout(&world, defect).await;
        assert_not_done(&page, Kind::LogoutTokenRefused, name);
        assert_eq!(greeting(&mut alice).await, "hello alice", "{name}");
    }
    let honest = world.provider.logout_token(|_| ());
    for (name, body) in [
        ("nothing", String::new()),
        ("empty", "logout_token=".to_owned()),
        (
            "twice",
            format!("logout_token={honest}&logout_token={honest}"),
        ),
        ("other name", format!("id_token={honest}")),
        ("JSON", json!({ "logout_token": honest }).to_string()),
    ] {
        let page = post(&world, body).await;
        assert_not_done(&page, Kind::LogoutTokenMissing, name);
        assert_eq!(greeting(&mut alice).await, "hello alice", "{name}");
    }
    let id_token = world.provider.issued().pop().expect("alice's ID token");
    assert_not_done(
        &send(&world, &id_token).await,
        Kind::LogoutTokenRefused,
        "an ID token",
    );
    let url = format!("{BACKCHANNEL_LOGOUT}?logout_token={honest}");
    let page = alice.get(&url).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(greeting(&mut alice).await, "hello alice");
    let page = post(&world, format!("x=1&logout_token={honest}&y=%00")).await;
    assert_done(&page, "with parameters nobody knows");
    assert_eq!(greeting(&mut alice).await, "hello stranger");
}

fn move_time(token: &mut IdToken, claim: &str, seconds: i64) {
    token.claims[claim] = json!(token.claims["iat"].as_i64().expect("a time") + seconds);
}

/// RS256 is what providers register when nobody asked for anything else.
#[tokio::test]
async fn without_a_setting_only_rs256_passes() {
    let mut world = HostileWorld::new();
    let mut alice = world.sign_in_with_sid("alice", "sid-of-alice").await;
    let page = logout(&world, |_| ()).await;
    assert_not_done(&page, Kind::LogoutTokenRefused, "ES256");
    assert_eq!(greeting(&mut alice).await, "hello alice");
}

#[tokio::test]
async fn a_logout_that_the_store_did_not_take_may_come_again() {
    let mut frail = None;
    let mut world = HostileWorld::with(
        |client| client.logout_token_signing_algorithms([SigningAlgorithm::Es256]),
        |relying_party| {
            let store = FrailStore::new(MemoryStore::new());
            frail = Some(store.clone());
            relying_party.login_store(store)
        },
    );
    let frail = frail.expect("a store");
    let mut alice = world.sign_in_with_sid("alice", "sid-of-alice").await;
    let token = world.provider.logout_token(|_| ());
    frail.break_down();
    assert_not_done(&send(&world, &token).await, Kind::StoreUnavailable, "down");
    frail.recover();
    assert_eq!(greeting(&mut alice).await, "hello alice");
    assert_done(&send(&world, &token).await, "again");
    assert_eq!(greeting(&mut alice).await, "hello stranger");
}

#[tokio::test]
async fn strangers_do_not_make_us_ask_the_provider() {
    let mut world = world();
    let mut alice = world.sign_in_with_sid("alice", "sid-of-alice").await;
    let asked = world.provider.count(Endpoint::Keys);
    let forge = || {
        world.provider.logout_token(|token| {
            token.header["kid"] = json!("unknown");
            token.signature = Signature::By(Key::new("unknown"));
        })
    };
    for _ in 0..50 {
        assert_not_done(
            &send(&world, &forge()).await,
            Kind::LogoutTokenRefused,
            "forged",
        );
    }
    assert_eq!(world.provider.count(Endpoint::Keys), asked + 1);

    // The budget is the strangers' own: a login with a new key asks at once.
    world.provider.rotate(Key::new("second"));
    let mut bob = world.sign_in_with_sid("bob", "sid-of-bob").await;
    assert_eq!(world.provider.count(Endpoint::Keys), asked + 2);
    assert_eq!(greeting(&mut bob).await, "hello bob");

    // And after a minute a real logout token finds the key that signs by then.
    world.provider.rotate(Key::new("third"));
    let page = logout(&world, |_| ()).await;
    assert_not_done(&page, Kind::LogoutTokenRefused, "within the minute");
    world.clock.advance(60);
    assert_done(&logout(&world, |_| ()).await, "after it");
    assert_eq!(world.provider.count(Endpoint::Keys), asked + 3);
    assert_eq!(greeting(&mut alice).await, "hello stranger");
}
