//! Sessions that are ended where their browser is not: at another node, by an administrator, while a
//! login is under way.

mod nodes;

use http::StatusCode;
use oidc_login::{
    LoginDecision, LoginErrorKind as Kind, OidcLayer, RelyingParty, TrustedProxies,
    config::ForwardedFamily,
};
use oidc_login_tests::{
    hostile::assert_refused,
    log::Log,
    session_list::session_routes,
    steps::{Gates, steps},
    stores::OpenStore,
    user_agent::UserAgent,
    world::{APP, World, routes, sign_in, to_callback},
};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

/// Alice in two browsers and bob in one.
async fn people() -> (World, RelyingParty, [UserAgent; 3], OpenStore) {
    let values = OpenStore::default();
    let (world, relying_party, _) =
        World::with_session_list(|client| client, |rp| rp.session_store(values.clone()));
    let mut browsers = [(); 3].map(|()| world.browser.other_browser());
    for (browser, user) in browsers.iter_mut().zip(["alice", "alice", "bob"]) {
        sign_in(browser, user, "/secure").await;
        browser.steps(&format!("set=of:{user}")).await;
    }
    (world, relying_party, browsers, values)
}

async fn sub(browser: &mut UserAgent) -> String {
    let page = browser.get(&format!("{APP}/auth/session")).await;
    page.json()["sub"].as_str().expect("signed in").to_owned()
}

async fn who(browsers: &mut [UserAgent]) -> String {
    let mut found = Vec::new();
    for browser in browsers {
        found.push(browser.steps("who").await);
    }
    found.join(" ")
}

#[tokio::test]
async fn values_that_cannot_be_deleted_do_not_hide_that_the_logins_ended() {
    let (_, relying_party, mut browsers, values) = people().await;
    let alice = sub(&mut browsers[0]).await;
    let (log, _guard) = Log::record();
    values.break_down();
    assert_eq!(
        relying_party.end_sessions_of(&alice).await.expect("ended"),
        2
    );
    values.recover();
    assert_eq!(
        log.count("a login has ended, but its values are still there"),
        2
    );
    assert!(!log.text().contains(&alice), "{}", log.text());
    assert_eq!(who(&mut browsers).await, "who=- who=- who=bob");
    let found = browsers[0].steps("who&read=of").await;
    assert_eq!(
        found, "who=- of=-",
        "values without their login are for nobody"
    );
}

#[tokio::test]
async fn a_login_under_way_is_refused_and_told_apart_from_a_broken_store() {
    let gates = Gates::default();
    let (waits, values) = (gates.clone(), OpenStore::default());
    let (mut world, relying_party, _) = World::with_session_list(
        |client| client,
        |rp| {
            rp.session_store(values.clone())
                .on_login(move |_, session| {
                    let gates = waits.clone();
                    async move {
                        session.insert("from", "on_login").await?;
                        gates.wait("on_login").await;
                        Ok(LoginDecision::Allow)
                    }
                })
        },
    );
    gates.open("on_login");
    world.sign_in("alice", "/secure").await;
    let alice = sub(&mut world.browser).await;
    gates.arrival("on_login").await;

    let mut phone = world.browser.other_browser();
    let callback = to_callback(&mut phone, "alice", "/secure").await;
    let mut answered = phone.clone();
    let page = tokio::spawn(async move { answered.get(&callback).await });
    gates.arrival("on_login").await;
    assert_eq!(
        relying_party
            .end_sessions_of(&alice)
            .await
            .expect("a store"),
        1
    );
    gates.open("on_login");
    let page = page.await.expect("an answer");
    assert_refused(&page, Kind::LoginEnded, "its end was first");
    assert_eq!(page.status, StatusCode::CONFLICT);
    let text = page.text();
    assert!(
        text.contains("This sign-in was ended before it was complete"),
        "{text}"
    );
    phone.receive(&page);
    assert_eq!(phone.session(), None);
    assert_eq!(values.records(), []);

    world.clock.advance(1);
    gates.open("on_login");
    let page = phone.open(&format!("{APP}/secure")).await;
    assert_eq!(page.text(), "secure alice", "again, and later");
}

#[tokio::test]
async fn the_address_is_the_peers_or_what_a_trusted_proxy_says() {
    let proxy = "10.0.0.1:1";
    for (name, peer, header, value, expected) in [
        (
            "a proxy",
            proxy,
            "x-forwarded-for",
            "1.2.3.4, 192.0.2.9",
            "192.0.2.9",
        ),
        (
            "anybody",
            "192.0.2.1:1",
            "x-forwarded-for",
            "1.2.3.4",
            "192.0.2.1",
        ),
        (
            "the other family",
            proxy,
            "forwarded",
            "for=1.2.3.4",
            "10.0.0.1",
        ),
        (
            "nobody asked for",
            proxy,
            "x-real-ip",
            "1.2.3.4",
            "10.0.0.1",
        ),
    ] {
        let proxies = TrustedProxies::new(["10.0.0.0/8"], ForwardedFamily::XForwarded);
        let proxies = proxies.expect("networks");
        let (world, _, _) =
            World::with_session_list(|client| client.trusted_proxies(proxies), |rp| rp);
        let mut browser = world.browser;
        browser.peer = Some(peer.parse().expect("an address"));
        browser
            .headers
            .insert(header, value.parse().expect("a header"));
        sign_in(&mut browser, "alice", "/secure").await;
        assert_eq!(browser.sessions().await[0]["address"], expected, "{name}");
    }
}

/// The app's session layer is its own; what it kept for the user goes with the next request.
#[tokio::test]
async fn an_app_with_sessions_of_its_own_is_emptied_at_the_next_request() {
    let gates = Gates::default();
    let routes = routes().merge(steps(&gates)).merge(session_routes());
    let sessions = SessionManagerLayer::new(tower_sessions::MemoryStore::default())
        .with_secure(false)
        .with_same_site(SameSite::Lax);
    let world = World::assemble(
        |provider| provider,
        |client| client,
        |builder, _| {
            let relying_party = builder.app_sessions().build().expect("a relying party");
            routes.layer(OidcLayer::new(relying_party)).layer(sessions)
        },
    );
    let (mut desk, mut phone) = (world.browser.clone(), world.browser);
    sign_in(&mut desk, "alice", "/secure").await;
    sign_in(&mut phone, "alice", "/secure").await;
    phone.steps("set=color:green").await;
    let handle = phone.handle().await;
    assert_eq!(desk.end_session(&handle).await.text(), "true");
    let found = phone.steps("who&claims&read=color").await;
    assert_eq!(found, "who=- claims=- color=-");
    desk.steps("set=color:red").await;
    let handle = desk.handle().await;
    assert_eq!(desk.end_session(&handle).await.text(), "true");
    let found = desk.steps("who&claims&read=color").await;
    assert_eq!(found, "who=- claims=- color=-");
}
