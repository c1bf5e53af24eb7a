//! How much a page tells, and to whom.

use std::net::{IpAddr, SocketAddr};

use axum::{body::Body, extract::ConnectInfo};
use http::{HeaderName, HeaderValue, Method};
use oidc_login::DetailSetting;
use oidc_login_tests::{
    hostile::HostileWorld,
    user_agent::{UserAgent, navigation},
    world::APP,
};

/// Whether a failure is told in full to a browser at this address.
async fn tells_all(
    world: &mut HostileWorld,
    origin: &str,
    headers: &[(&'static str, &str)],
) -> bool {
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).expect("a value");
        world
            .browser
            .headers
            .insert(HeaderName::from_static(name), value);
    }
    let page = world.browser.get(&format!("{origin}/auth/callback")).await;
    world.browser.headers.clear();
    assert_eq!(page.status, 400);
    assert!(page.text().contains("state_missing"));
    page.text().contains("For the person in charge")
}

#[tokio::test]
async fn everything_is_told_on_loopback_and_nowhere_else() {
    let mut world = HostileWorld::new();
    for (peer, expected) in [
        (Some("127.0.0.1:4000"), true),
        (Some("127.8.9.10:4000"), true),
        (Some("[::1]:4000"), true),
        (Some("[::ffff:127.0.0.1]:4000"), true),
        (Some("192.0.2.1:4000"), false),
        (Some("10.0.0.1:4000"), false),
        (Some("[::ffff:192.0.2.1]:4000"), false),
        (None, false),
    ] {
        world.browser.peer = peer.map(|peer| peer.parse().expect("an address"));
        assert_eq!(tells_all(&mut world, APP, &[]).await, expected, "{peer:?}");
    }
}

#[tokio::test]
async fn a_forwarded_request_is_told_little() {
    let mut world = HostileWorld::new();
    world.browser.peer = Some(SocketAddr::from((IpAddr::from([127, 0, 0, 1]), 4000)));
    for (name, value) in [
        ("forwarded", "for=192.0.2.1"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "localhost:5000"),
        ("x-forwarded-proto", "http"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 proxy"),
    ] {
        assert!(
            !tells_all(&mut world, APP, &[(name, value)]).await,
            "{name}"
        );
    }
    assert!(
        tells_all(&mut world, APP, &[("host", "evil.test")]).await,
        "the host says nothing"
    );
}

#[tokio::test]
async fn an_app_on_the_internet_tells_little_to_loopback_too() {
    let root = "https://app.example";
    let mut world = HostileWorld::with(|client| client.root_url(format!("{root}/")), |rp| rp);
    world.browser = UserAgent::new([(root.to_owned(), world.app.clone())], world.clock.clone());
    world.browser.peer = Some("127.0.0.1:4000".parse().expect("an address"));
    let localhost = [("host", "localhost:5000")];
    assert!(!tells_all(&mut world, root, &[]).await);
    assert!(
        !tells_all(&mut world, root, &localhost).await,
        "whatever the host"
    );
}

#[tokio::test]
async fn the_setting_overrides_the_guess() {
    for (setting, peer, expected) in [
        (DetailSetting::Full, "192.0.2.1:4000", true),
        (DetailSetting::Short, "127.0.0.1:4000", false),
    ] {
        let mut world = HostileWorld::with(|client| client, |rp| rp.detail(setting));
        world.browser.peer = Some(peer.parse().expect("an address"));
        assert_eq!(
            tells_all(&mut world, APP, &[]).await,
            expected,
            "{setting:?}"
        );
    }
}

#[tokio::test]
async fn the_peer_of_connect_info_counts() {
    let mut world = HostileWorld::new();
    for (peer, expected) in [("127.0.0.1:4000", true), ("192.0.2.1:4000", false)] {
        let peer: SocketAddr = peer.parse().expect("an address");
        let url = format!("{APP}/auth/callback");
        let mut request = navigation(Method::GET, &url, Body::empty());
        request.extensions_mut().insert(ConnectInfo(peer));
        let page = world.browser.request(request).await;
        let tells_all = page.text().contains("For the person in charge");
        assert_eq!(tells_all, expected, "{peer}");
    }
}
