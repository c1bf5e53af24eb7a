//! What trusted proxies say of the host.

use oidc_login::{LoginErrorKind as Kind, config::ForwardedFamily};
use oidc_login_tests::{hostile::assert_refused, world::APP};

use super::{CALLBACK, PROXY, evidence, from, redirect_uri, says, several_hosts};

#[tokio::test]
async fn forwarded_headers_count_from_a_trusted_proxy_only() {
    let family = ForwardedFamily::XForwarded;
    let public = "https://public.example/auth/callback";
    let headers = [
        ("x-forwarded-host", "public.example"),
        ("x-forwarded-proto", "https"),
    ];
    for (peer, expected) in [
        (Some(PROXY), public),
        (Some("[::ffff:10.0.0.1]:40000"), public),
        (Some("192.0.2.1:40000"), CALLBACK),
        (Some("[::1]:40000"), CALLBACK),
        (None, CALLBACK),
    ] {
        let mut world = several_hosts(family);
        says(&mut world.browser, &headers);
        world.browser.peer = peer.map(|peer| peer.parse().expect("an address"));
        let page = world.browser.get(&format!("{APP}/auth/login")).await;
        assert_eq!(redirect_uri(&page).as_deref(), Some(expected), "{peer:?}");
    }
    let mut world = several_hosts(ForwardedFamily::Forwarded);
    from(&mut world.browser, PROXY);
    says(&mut world.browser, &headers);
    let page = world.browser.get(&format!("{APP}/auth/login")).await;
    assert_eq!(
        redirect_uri(&page).as_deref(),
        Some(CALLBACK),
        "the other family"
    );
    says(
        &mut world.browser,
        &[("forwarded", "host=public.example;proto=https")],
    );
    let page = world.browser.get(&format!("{APP}/auth/login")).await;
    assert_eq!(
        redirect_uri(&page).as_deref(),
        Some(public),
        "its own family"
    );
}

#[tokio::test]
async fn a_trusted_proxy_is_not_trusted_with_other_hosts() {
    let mut world = several_hosts(ForwardedFamily::XForwarded);
    from(&mut world.browser, PROXY);
    says(
        &mut world.browser,
        &[
            ("x-forwarded-host", "evil.test"),
            ("x-forwarded-proto", "https"),
        ],
    );
    let page = world.browser.get(&format!("{APP}/auth/login")).await;
    assert_refused(&page, Kind::RedirectUriRefused, "forwarded evil.test");
    assert_eq!(
        evidence(&page, "redirect URI"),
        "https://evil.test/auth/callback"
    );
    let source = evidence(&page, "it comes from");
    assert!(
        source.contains("X-Forwarded") && source.contains("proxy"),
        "{source}"
    );
}

#[tokio::test]
async fn contradicting_forwarded_values_are_refused() {
    for (name, family, headers) in [
        (
            "two hosts",
            ForwardedFamily::XForwarded,
            vec![("x-forwarded-host", "public.example, evil.test")],
        ),
        (
            "two protocols",
            ForwardedFamily::XForwarded,
            vec![("x-forwarded-proto", "https,http")],
        ),
        (
            "no protocol",
            ForwardedFamily::XForwarded,
            vec![("x-forwarded-proto", "javascript")],
        ),
        (
            "an empty host",
            ForwardedFamily::XForwarded,
            vec![("x-forwarded-host", "")],
        ),
        (
            "one thing twice",
            ForwardedFamily::Forwarded,
            vec![("forwarded", "host=public.example;host=evil.test")],
        ),
        (
            "nonsense",
            ForwardedFamily::Forwarded,
            vec![("forwarded", "public.example")],
        ),
    ] {
        let mut world = several_hosts(family);
        from(&mut world.browser, PROXY);
        says(&mut world.browser, &headers);
        let page = world.browser.get(&format!("{APP}/auth/login")).await;
        assert_refused(&page, Kind::HostRefused, name);
        says(&mut world.browser, &[]);
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{name}");
    }
}
