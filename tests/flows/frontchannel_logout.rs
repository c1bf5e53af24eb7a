//! The provider's sign-out page frames an address of ours.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use oidc_login::{
    FrontchannelLogout, LoginErrorKind as Kind, MemoryStore, config::ClientConfigBuilder,
};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, assert_refused},
    steps::Gates,
    stores::FrailStore,
    user_agent::{Page, UserAgent, navigation, set},
    watched_store::WatchedStore,
    world::{APP, ISSUER},
};
use serde_json::json;
use url::form_urlencoded;

const FRONTCHANNEL_LOGOUT: &str = "http://localhost:5000/auth/frontchannel-logout";

fn on(client: ClientConfigBuilder) -> ClientConfigBuilder {
    client.frontchannel_logout(FrontchannelLogout::On)
}

fn world() -> HostileWorld {
    HostileWorld::with(on, |relying_party| relying_party)
}

/// A request of a frame in the provider's page: browsers send no cookies along.
fn framed(query: &str) -> Request<Body> {
    let url = format!("{FRONTCHANNEL_LOGOUT}{query}");
    let mut request = navigation(Method::GET, &url, Body::empty());
    set(&mut request, "sec-fetch-site", "cross-site");
    set(&mut request, "sec-fetch-dest", "iframe");
    request
}

async fn frame(world: &HostileWorld, query: &str) -> Page {
    world.browser.other_browser().request(framed(query)).await
}

fn naming(sid: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("iss", ISSUER), ("sid", sid)])
        .finish();
    format!("?{query}")
}

async fn logout(world: &HostileWorld, sid: &str) -> Page {
    frame(world, &naming(sid)).await
}

async fn greeting(browser: &mut UserAgent) -> String {
    browser.open(&format!("{APP}/hello")).await.text()
}

#[tokio::test]
async fn it_ends_the_session_it_names_and_no_other() {
    let mut world = world();
    let mut browsers = [
        world.sign_in_with_sid("alice", "a1").await,
        world.sign_in_with_sid("alice", "a2").await,
        world.sign_in_with_sid("bob", "b1").await,
    ];
    for (name, sid, expected) in [
        ("an unknown one", "x", [false; 3]),
        ("a sub", "alice-id", [false; 3]),
        ("upper case", "A1", [false; 3]),
        ("a blank more", "a1 ", [false; 3]),
        ("this one", "a1", [true, false, false]),
        ("once more", "a1", [true, false, false]),
        ("bob's", "b1", [true, false, true]),
    ] {
        let page = logout(&world, sid).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        for (browser, ended) in browsers.iter_mut().zip(expected) {
            let is_over = greeting(browser).await == "hello stranger";
            assert_eq!(is_over, ended, "{name}");
        }
    }
}

/// Nobody learns from the answer whether there was such a session, and only the provider frames it.
#[tokio::test]
async fn the_answer_is_the_same_whether_a_session_was_found_or_not() {
    let mut world = world();
    world.sign_in_with_sid("alice", "a1").await;
    let asked = world.provider.seen().len();
    let (found, not_found) = (logout(&world, "a1").await, logout(&world, "x").await);
    assert_eq!(found.status, StatusCode::OK);
    assert_eq!(found.status, not_found.status);
    assert_eq!(found.body, not_found.body);
    assert_eq!(found.headers, not_found.headers);
    for (name, expected) in [
        ("cache-control", "no-store"),
        ("x-frame-options", ""),
        (
            "content-security-policy",
            "default-src 'none'; base-uri 'none'; frame-ancestors http://localhost:5001",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(found.header(name), expected, "{name}");
    }
    assert_eq!(found.set_cookies(), [""; 0]);
    assert_eq!(world.provider.seen().len(), asked, "nobody was asked");
}

/// A provider may have its pages at another host than its issuer's.
#[tokio::test]
async fn the_origins_of_the_providers_pages_may_frame_it() {
    let mut world = world();
    world.provider.bend_metadata(|metadata| {
        metadata["authorization_endpoint"] = json!("https://login.provider.test/authorize");
        metadata["end_session_endpoint"] = json!("https://a;script-src/logout");
    });
    let policy = async |world: &HostileWorld| {
        let page = logout(world, "x").await;
        let policy = page.header("content-security-policy");
        let (_, ancestors) = policy.split_once("frame-ancestors ").expect("ancestors");
        ancestors.to_owned()
    };
    assert_eq!(policy(&world).await, ISSUER, "before anybody signed in");
    let page = world.browser.get(&format!("{APP}/auth/login")).await;
    assert!(page.location().is_some(), "the metadata is known");
    let expected = format!("{ISSUER} https://login.provider.test");
    assert_eq!(policy(&world).await, expected);
}

#[tokio::test]
async fn what_names_no_session_of_ours_ends_nothing() {
    let mut world = world();
    let mut alice = world.sign_in_with_sid("alice", "a1").await;
    for (name, query) in [
        ("nothing", String::new()),
        ("no sid", format!("?iss={ISSUER}")),
        ("no iss", "?sid=a1".to_owned()),
        ("an empty sid", format!("?iss={ISSUER}&sid=")),
        ("another issuer", "?iss=https://evil.test&sid=a1".to_owned()),
        ("a slash more", format!("?iss={ISSUER}/&sid=a1")),
        ("iss twice", format!("?iss={ISSUER}&iss={ISSUER}&sid=a1")),
        ("sid twice", format!("?iss={ISSUER}&sid=a1&sid=a1")),
        ("sid of two kinds", format!("?iss={ISSUER}&sid=a1&sid=b1")),
    ] {
        // The browser's own cookie is no way round what is missing.
        for page in [
            frame(&world, &query).await,
            alice.clone().request(framed(&query)).await,
        ] {
            assert_refused(&page, Kind::FrontchannelLogoutRefused, name);
            assert_eq!(page.set_cookies(), [""; 0], "{name}");
        }
        assert_eq!(greeting(&mut alice).await, "hello alice", "{name}");
    }
}

#[tokio::test]
async fn a_cookie_that_comes_along_changes_nothing() {
    let mut world = world();
    let mut alice = world.sign_in_with_sid("alice", "a1").await;
    let mut bob = world.sign_in_with_sid("bob", "b1").await;
    let page = alice.request(framed(&naming("b1"))).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.set_cookies(), [""; 0]);
    assert_eq!(greeting(&mut alice).await, "hello alice");
    assert_eq!(greeting(&mut bob).await, "hello stranger");
}

#[tokio::test]
async fn only_a_get_asks_for_it() {
    let mut world = world();
    let mut alice = world.sign_in_with_sid("alice", "a1").await;
    for method in [Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS] {
        let mut request = framed(&naming("a1"));
        *request.method_mut() = method.clone();
        let page = world.browser.other_browser().request(request).await;
        assert_refused(&page, Kind::MethodNotAllowed, method.as_str());
        assert_eq!(page.header("allow"), "GET");
        assert_eq!(greeting(&mut alice).await, "hello alice", "{method}");
    }
}

#[tokio::test]
async fn until_it_is_switched_on_there_is_no_such_endpoint() {
    let mut world = HostileWorld::new();
    let mut alice = world.sign_in_with_sid("alice", "a1").await;
    for method in [Method::GET, Method::POST] {
        let mut request = framed(&naming("a1"));
        *request.method_mut() = method;
        let page = world.browser.other_browser().request(request).await;
        assert_refused(&page, Kind::UnknownEndpoint, "off");
    }
    assert_eq!(greeting(&mut alice).await, "hello alice");
}

#[tokio::test]
async fn a_sid_of_any_characters_is_found_exactly() {
    let sids = [
        r#"quote"s and 'more'"#,
        r"back\slash\",
        "100%",
        "%61",
        "a#b",
        "a?b=c&d",
        "{braces}[]|^`",
        "plus+plus",
        "schöne Grüße, 世界 🦀",
        "<script>alert(1)</script>",
        " ",
        "\u{0}\n",
    ];
    let mut world = world();
    let mut browsers = Vec::new();
    for sid in sids {
        browsers.push((sid, world.sign_in_with_sid("alice", sid).await));
    }
    while let Some((sid, mut browser)) = browsers.pop() {
        assert_eq!(logout(&world, sid).await.status, StatusCode::OK, "{sid:?}");
        assert_eq!(greeting(&mut browser).await, "hello stranger", "{sid:?}");
        for (other, browser) in &mut browsers {
            assert_eq!(greeting(browser).await, "hello alice", "{other:?}");
        }
    }
}

/// What browsers leave as it is in a query, where the provider wrote it so into the frame's address.
#[tokio::test]
async fn a_sid_that_was_not_encoded_is_found_where_that_says_the_same() {
    for sid in [r"{a}|\b^c`d", "a:b/c?d@e", "(a)*b,c;d=e!"] {
        let mut world = world();
        let mut alice = world.sign_in_with_sid("alice", sid).await;
        let page = frame(&world, &format!("?iss={ISSUER}&sid={sid}")).await;
        assert_eq!(page.status, StatusCode::OK, "{sid}");
        assert_eq!(greeting(&mut alice).await, "hello stranger", "{sid}");
    }
}

#[tokio::test]
async fn a_logout_that_overtakes_its_login_wins() {
    let mut world = world();
    let callback = world.to_callback("alice", "/secure").await;
    let mut gate = world.provider.hold(Endpoint::Token);
    let (mut browser, url) = (world.browser.clone(), callback.to_string());
    let login = tokio::spawn(async move { (browser.get(&url).await, browser) });
    gate.reached(1).await;
    assert_eq!(logout(&world, "sid-of-alice").await.status, StatusCode::OK);
    gate.open();
    let (page, mut browser) = login.await.expect("no panic");
    assert_refused(&page, Kind::LoginEnded, "the login");
    assert_eq!(greeting(&mut browser).await, "hello stranger");
}

/// Nobody signed it: whoever knows a `sid` must not keep its user out for an hour.
#[tokio::test]
async fn who_is_signed_out_may_sign_in_again_although_the_providers_session_goes_on() {
    let mut world = world();
    for name in ["alive", "signed in again"] {
        let mut alice = world.sign_in_with_sid("alice", "a1").await;
        assert_eq!(logout(&world, "a1").await.status, StatusCode::OK, "{name}");
        assert_eq!(greeting(&mut alice).await, "hello stranger", "{name}");
        world.clock.advance(1);
    }
    for number in 0..1_000 {
        logout(&world, &format!("made-up-{number}")).await;
    }
    let mut alice = world.sign_in_with_sid("alice", "a1").await;
    assert_eq!(
        logout(&world, "a1").await.status,
        StatusCode::OK,
        "no budget"
    );
    assert_eq!(greeting(&mut alice).await, "hello stranger");
    world.clock.advance(1);
    world.sign_in_with_sid("alice", "a1").await;
}

#[tokio::test]
async fn a_logout_that_the_store_did_not_take_may_come_again() {
    let mut frail = None;
    let mut world = HostileWorld::with(on, |relying_party| {
        let store = FrailStore::new(MemoryStore::new());
        frail = Some(store.clone());
        relying_party.login_store(store)
    });
    let frail = frail.expect("a store");
    let mut alice = world.sign_in_with_sid("alice", "a1").await;
    frail.break_down();
    assert_refused(&logout(&world, "a1").await, Kind::StoreUnavailable, "down");
    frail.recover();
    assert_eq!(greeting(&mut alice).await, "hello alice");
    assert_eq!(logout(&world, "a1").await.status, StatusCode::OK);
    assert_eq!(greeting(&mut alice).await, "hello stranger");
}

/// Nothing but the budget's marks stays of a flood, and who is meant signs out all the same.
#[tokio::test]
async fn a_flood_of_made_up_sids_leaves_few_marks() {
    let mut watched = None;
    let mut world = HostileWorld::with_routes(
        on,
        |relying_party, clock| {
            let store = WatchedStore::new(clock, &Gates::default());
            watched = Some(store.clone());
            relying_party.login_store(store)
        },
        oidc_login_tests::world::routes(),
    );
    let store = watched.expect("a store");
    let mut alice = world.sign_in_with_sid("alice", "a1").await;
    for number in 0..1_000 {
        let page = logout(&world, &format!("made-up-{number}")).await;
        assert_eq!(page.status, StatusCode::OK);
    }
    assert_eq!(store.marks(), 600);
    assert_eq!(greeting(&mut alice).await, "hello alice");
    assert_eq!(logout(&world, "a1").await.status, StatusCode::OK);
    assert_eq!(greeting(&mut alice).await, "hello stranger");
    assert_eq!(store.marks(), 601, "a session that was there leaves one");
    world.clock.advance(60);
    logout(&world, "made-up").await;
    assert_eq!(store.marks(), 602, "the next minute");
}
