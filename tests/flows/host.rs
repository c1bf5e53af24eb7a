//! The host of a request: believed only where it has to be, and never more than the patterns allow.

mod forwarded;

use std::net::SocketAddr;

use http::{HeaderName, HeaderValue};
use oidc_login::{LoginErrorKind as Kind, RedirectUri, TrustedProxies, config::ForwardedFamily};
use oidc_login_tests::{
    hostile::{HostileWorld, assert_refused, parameter, to_provider},
    user_agent::{Page, UserAgent},
    world::APP,
};

const CALLBACK: &str = "http://localhost:5000/auth/callback";

const PROXY: &str = "10.0.0.1:40000";

/// An app with several hosts behind a proxy.
fn several_hosts(family: ForwardedFamily) -> HostileWorld {
    let proxies = TrustedProxies::new(["10.0.0.0/8"], family).expect("networks");
    HostileWorld::with(
        |client| {
            client
                .redirect_uri(RedirectUri::FromHost)
                .valid_redirect_uris([
                    "http://localhost:5000/auth/*",
                    "http://127.0.0.1:5000/auth/callback",
                    "https://public.example/auth/*",
                ])
                .trusted_proxies(proxies)
        },
        |rp| rp,
    )
}

fn says(browser: &mut UserAgent, headers: &[(&'static str, &str)]) {
    browser.headers.clear();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).expect("a value");
        browser.headers.insert(HeaderName::from_static(name), value);
    }
}

fn from(browser: &mut UserAgent, peer: &str) {
    browser.peer = Some(peer.parse::<SocketAddr>().expect("an address"));
}

fn redirect_uri(page: &Page) -> Option<String> {
    let location = page.location()?;
    Some(parameter(&location, "redirect_uri"))
}

fn evidence(page: &Page, what: &str) -> String {
    let error = page.error.as_ref().expect("an error");
    let fact = error.evidence().iter().find(|fact| fact.what() == what);
    let fact = fact.unwrap_or_else(|| panic!("no {what} in {error:?}"));
    fact.value().to_owned()
}

#[tokio::test]
async fn a_fixed_redirect_uri_does_not_listen_to_anybody() {
    let proxies = TrustedProxies::new(["10.0.0.0/8"], ForwardedFamily::XForwarded);
    let proxies = proxies.expect("networks");
    let mut world = HostileWorld::with(|client| client.trusted_proxies(proxies), |rp| rp);
    for headers in [
        vec![("host", "evil.test")],
        vec![("host", "evil.test:5000")],
        vec![("host", "a b/<script>")],
        vec![
            ("x-forwarded-host", "evil.test"),
            ("x-forwarded-proto", "https"),
        ],
        vec![("x-forwarded-host", "a, b")],
        vec![("forwarded", "for=1.2.3.4;host=evil.test;proto=https")],
        vec![("forwarded", "nonsense")],
        vec![("x-forwarded-prefix", "/evil"), ("x-forwarded-port", "1")],
        vec![
            ("x-original-url", "//evil.test"),
            ("x-rewrite-url", "/admin"),
        ],
        vec![("x-original-host", "evil.test"), ("x-host", "evil.test")],
        vec![
            ("origin", "https://evil.test"),
            ("referer", "https://evil.test/"),
        ],
    ] {
        for peer in [None, Some("192.0.2.1:1"), Some(PROXY)] {
            world.browser.peer = peer.map(|peer| peer.parse().expect("an address"));
            says(&mut world.browser, &headers);
            let page = world.browser.get(&format!("{APP}/auth/login")).await;
            assert_eq!(
                redirect_uri(&page).as_deref(),
                Some(CALLBACK),
                "{headers:?} {peer:?}"
            );
            let callback = world.to_callback_again("alice", "/secure").await;
            let page = world.browser.get(callback.as_str()).await;
            assert_eq!(page.header("location"), "/secure", "{headers:?} {peer:?}");
            world.browser.jar.clear();
        }
    }
}

#[tokio::test]
async fn a_host_among_the_patterns_gets_its_own_redirect_uri() {
    let mut world = several_hosts(ForwardedFamily::XForwarded);
    for (host, expected) in [
        ("localhost:5000", CALLBACK),
        ("LOCALHOST:5000", CALLBACK),
        ("127.0.0.1:5000", "http://127.0.0.1:5000/auth/callback"),
    ] {
        says(&mut world.browser, &[("host", host)]);
        let authorization_url = to_provider(&mut world.browser, &format!("{APP}/secure")).await;
        assert_eq!(parameter(&authorization_url, "redirect_uri"), expected);
        let callback = world.provider.answer(&authorization_url, "alice");
        let target = format!(
            "{APP}{}?{}",
            callback.path(),
            callback.query().unwrap_or_default()
        );
        let page = world.browser.open(&target).await;
        assert_eq!(page.text(), "secure alice", "{host}");
        world.browser.jar.clear();
    }
}

#[tokio::test]
async fn a_host_that_no_pattern_allows_is_refused_with_the_reason() {
    let mut world = several_hosts(ForwardedFamily::XForwarded);
    for (host, uri, nearest, [differs, expected, found]) in [
        (
            "evil.test:5000",
            "http://evil.test:5000/auth/callback",
            "http://127.0.0.1:5000/auth/callback",
            ["host", "127.0.0.1", "evil.test"],
        ),
        (
            "localhost:5001",
            "http://localhost:5001/auth/callback",
            "http://localhost:5000/auth/*",
            ["port", "5000", "5001"],
        ),
        (
            "public.example",
            "http://public.example/auth/callback",
            "https://public.example/auth/*",
            ["scheme", "https", "http"],
        ),
        (
            "evil-localhost:5000",
            "http://evil-localhost:5000/auth/callback",
            "http://127.0.0.1:5000/auth/callback",
            ["host", "127.0.0.1", "evil-localhost"],
        ),
    ] {
        says(&mut world.browser, &[("host", host)]);
        let page = world.browser.get(&format!("{APP}/auth/login")).await;
        assert_refused(&page, Kind::RedirectUriRefused, host);
        assert!(page.set_cookies().is_empty(), "{host}");
        assert_eq!(evidence(&page, "redirect URI"), uri);
        assert!(
            evidence(&page, "it comes from").contains("Host header"),
            "{host}"
        );
        assert_eq!(evidence(&page, "nearest pattern"), nearest, "{host}");
        assert_eq!(evidence(&page, "it differs in"), differs, "{host}");
        assert_eq!(evidence(&page, "expected"), expected, "{host}");
        assert_eq!(evidence(&page, "found"), found, "{host}");
    }
}

#[tokio::test]
async fn what_is_no_host_is_refused() {
    let mut world = several_hosts(ForwardedFamily::XForwarded);
    for host in [
        "localhost:5000/evil",
        "evil.test@localhost:5000",
        "localhost:5000@evil.test",
        "localhost 5000",
        "localhost:5000, evil.test",
        "localhost\\evil",
        "<script>",
        "localhost:port",
        "[::1",
        "a%2fb",
        "",
    ] {
        says(&mut world.browser, &[("host", host)]);
        let page = world.browser.get(&format!("{APP}/auth/login")).await;
        let kind = page.error.as_ref().map(oidc_login::LoginError::kind);
        assert!(
            matches!(kind, Some(Kind::HostRefused | Kind::RedirectUriRefused)),
            "{host:?}: {kind:?} {}",
            page.status
        );
        assert_eq!(page.status, 400, "{host:?}");
        assert!(!page.text().contains("<script>"), "{host:?}");
    }
}

#[tokio::test]
async fn the_answer_comes_to_the_redirect_uri_the_login_began_with() {
    let mut world = several_hosts(ForwardedFamily::XForwarded);
    let callback = world.to_callback("alice", "/secure").await;
    says(&mut world.browser, &[("host", "127.0.0.1:5000")]);
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::RedirectUriRefused, "another valid host");
    let began = evidence(&page, "the sign-in began with");
    assert_eq!(began, CALLBACK);
    says(&mut world.browser, &[("host", "evil.test")]);
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::RedirectUriRefused, "a host of nobody");
    assert_eq!(world.greeting().await, "hello stranger");
    says(&mut world.browser, &[]);
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
}
