//! A login that begins on another name of this machine.

use http::HeaderValue;
use oidc_login_tests::{
    hostile::{HostileWorld, parameter, to_provider},
    user_agent::{Page, UserAgent, navigation},
    world::APP,
};

const CALLBACK: &str = "http://localhost:5000/auth/callback";

/// Something in between says another host than the browser asked for.
fn says_host(browser: &mut UserAgent, host: &'static str) {
    let host = HeaderValue::from_static(host);
    browser.headers.insert("host", host);
}

fn redirect_uri(page: &Page) -> String {
    let location = page.location().expect("the provider");
    parameter(&location, "redirect_uri")
}

#[tokio::test]
async fn another_name_of_this_machine_is_sent_once_to_the_root_url() {
    for origin in ["http://127.0.0.1:5000", "http://[::1]:5000"] {
        let mut world = HostileWorld::new();
        let sites = [APP, origin].map(|origin| (origin.to_owned(), world.app.clone()));
        world.browser = UserAgent::new(sites, world.clock.clone());
        let url = format!("{origin}/secure?q=a%20b");
        let authorization_url = to_provider(&mut world.browser, &url).await;
        let callback = world.provider.answer(&authorization_url, "alice");
        let page = world.browser.open(callback.as_str()).await;
        assert_eq!(page.text(), "secure alice", "{origin}");
        assert_eq!(page.url.as_str(), format!("{APP}/secure?q=a%20b"));
    }
}

#[tokio::test]
async fn the_way_to_the_root_url_is_no_loop_and_no_open_redirect() {
    let mut world = HostileWorld::new();
    says_host(&mut world.browser, "127.0.0.1:5000");
    let page = world
        .browser
        .get(&format!("{APP}/auth/login?return_to=/secure"))
        .await;
    let location = page.location().expect("the root URL");
    assert_eq!(
        location.as_str(),
        format!("{APP}/auth/login?return_to=/secure&at_root=1")
    );
    let page = world.browser.get(location.as_str()).await;
    assert_eq!(redirect_uri(&page), CALLBACK);
    for (marks, redirects) in [
        ("at_root=0", 0),
        ("at_root=1&at_root=1", 0),
        ("at_root=&at_root=1", 0),
        // Without a value it is as if it were not there.
        ("at_root=", 1),
        ("at_root", 1),
    ] {
        let mut page = world
            .browser
            .get(&format!("{APP}/auth/login?{marks}"))
            .await;
        for _ in 0..redirects {
            let location = page.location().expect("the root URL");
            assert_eq!(location.path(), "/auth/login", "{marks}");
            page = world.browser.get(location.as_str()).await;
        }
        assert_eq!(redirect_uri(&page), CALLBACK, "{marks}");
    }
    for host in [
        "evil.test",
        "127.0.0.1.evil.test",
        "localhost.evil.test:5000",
        "127.0.0.2:5000",
    ] {
        says_host(&mut world.browser, host);
        let page = world.browser.get(&format!("{APP}/auth/login")).await;
        assert_eq!(redirect_uri(&page), CALLBACK, "{host}");
    }
}

#[tokio::test]
async fn raw_bytes_in_the_query_survive_the_way_to_the_root_url() {
    let mut world = HostileWorld::new();
    says_host(&mut world.browser, "127.0.0.1:5000");
    for query in [
        "return_to=/\u{e4}",
        "\"<>`{}|\\^",
        "return_to=/%0d%0aSet-Cookie:a=b",
    ] {
        let mut request = navigation(
            http::Method::GET,
            &format!("{APP}/auth/login"),
            axum::body::Body::empty(),
        );
        let Ok(uri) = format!("{APP}/auth/login?{query}").parse() else {
            continue;
        };
        *request.uri_mut() = uri;
        let page = world.browser.request(request).await;
        assert!(page.status.is_redirection(), "{query}: {}", page.status);
        assert!(
            page.set_cookies()
                .iter()
                .all(|line| line.starts_with("oidc_login_")),
            "{query}"
        );
    }
}
