//! Our own endpoints: names, methods, bodies, and what may start a login.

use axum::body::Body;
use http::{Method, StatusCode};
use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, assert_refused},
    user_agent::{navigation, set},
    world::APP,
};

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let mut world = HostileWorld::new();
    for path in [
        "/auth",
        "/auth/",
        "/auth/login/",
        "/auth/Login",
        "/auth/nothing",
        "/auth/callback/other",
        "/auth//login",
        "/auth/%6cogin",
        "/auth/<script>",
        "/auth/../secure",
    ] {
        let Ok(_) = format!("{APP}{path}").parse::<http::Uri>() else {
            continue;
        };
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let mut request = navigation(method, &format!("{APP}/"), Body::empty());
            *request.uri_mut() = format!("{APP}{path}").parse().expect("a URI");
            let page = world.browser.request(request).await;
            assert_refused(&page, Kind::UnknownEndpoint, path);
            assert!(!page.text().contains("<script"), "{path}");
        }
    }
}

#[tokio::test]
async fn other_methods_are_refused_with_the_right_ones_named() {
    let mut world = HostileWorld::new();
    world.sign_in("alice", "/").await;
    let callback = world.to_callback_again("bob", "/secure").await;
    for (path, allowed) in [
        ("/auth/login", "GET"),
        ("/auth/callback", "GET"),
        ("/auth/logout", "GET, POST"),
        ("/auth/logout/callback", "GET"),
        ("/auth/session", "GET"),
    ] {
        for method in [
            "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW",
        ] {
            if allowed.contains(method) {
                continue;
            }
            let query = callback.query().unwrap_or_default();
            let method = method.parse().expect("a method");
            let request = navigation(method, &format!("{APP}{path}?{query}"), Body::empty());
            let page = world.browser.request(request).await;
            assert_refused(&page, Kind::MethodNotAllowed, path);
            assert_eq!(page.header("allow"), allowed, "{path}");
        }
    }
    assert_eq!(world.greeting().await, "hello alice");
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(
        page.text(),
        "secure bob",
        "the login under way is untouched"
    );
}

#[tokio::test]
async fn an_answer_by_post_is_refused() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let fields: Vec<_> = callback.query_pairs().into_owned().collect();
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let url = format!("{APP}/auth/callback");
    let page = world.browser.post(&url, &fields).await;
    assert_refused(&page, Kind::MethodNotAllowed, "POST");
    let told = format!("{:?}", page.error);
    assert!(told.contains("response mode to form_post"), "{told}");
    assert_eq!(world.provider.count(Endpoint::Token), 0);
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn sixty_four_kilobytes_are_read_and_no_more() {
    let mut world = HostileWorld::new();
    world.sign_in("alice", "/").await;
    for path in [
        "/auth/login",
        "/auth/callback",
        "/auth/logout",
        "/auth/session",
        "/auth/x",
    ] {
        for method in [Method::GET, Method::POST] {
            let body = Body::from(vec![b'a'; 64 * 1024 + 1]);
            let mut request = navigation(method, &format!("{APP}{path}"), body);
            set(&mut request, "sec-fetch-site", "same-origin");
            let page = world.browser.request(request).await;
            assert_refused(&page, Kind::BodyTooLarge, path);
            assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        }
    }
    assert_eq!(world.greeting().await, "hello alice");
    let body = Body::from(vec![b'a'; 64 * 1024]);
    let mut request = navigation(Method::POST, &format!("{APP}/auth/logout"), body);
    set(&mut request, "sec-fetch-site", "same-origin");
    let page = world.browser.request(request).await;
    assert!(page.status.is_redirection(), "{}", page.status);
    assert_eq!(world.greeting().await, "hello stranger");
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let mut world = HostileWorld::new();
    let chunk = || Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[b'a'; 1024]));
    let endless = futures_util::stream::repeat_with(chunk);
    let body = Body::from_stream(endless);
    let request = navigation(Method::POST, &format!("{APP}/auth/logout"), body);
    let page = world.browser.request(request).await;
    assert_refused(&page, Kind::BodyTooLarge, "endless");
}

#[tokio::test]
async fn a_login_starts_only_where_a_page_is_opened() {
    let mut world = HostileWorld::new();
    for (name, value) in [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-dest", "image"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-dest", "script"),
    ] {
        let mut request = navigation(Method::GET, &format!("{APP}/auth/login"), Body::empty());
        set(&mut request, name, value);
        let page = world.browser.request(request).await;
        assert_refused(&page, Kind::NotANavigation, value);
        assert!(page.set_cookies().is_empty(), "{name}: {value}");
    }
    assert_eq!(world.provider.count(Endpoint::Discovery), 0);
}

#[tokio::test]
async fn hostile_queries_are_no_error_of_ours() {
    let mut world = HostileWorld::new();
    let long = "a".repeat(20_000);
    for path in [
        "login",
        "callback",
        "logout",
        "logout/callback",
        "session",
        "x",
    ] {
        for query in [
            "",
            "&&&===",
            "%",
            "%zz=%",
            "%00=%00&%ff=%ff",
            "state=%ff%fe&code=%00",
            "state[]=a&code[]=b",
            "a=b;state=c",
            &format!("return_to={long}"),
            &format!("state={long}&code={long}"),
            &"a=b&".repeat(3000),
        ] {
            let url = format!("{APP}/auth/{path}?{query}");
            let page = world.browser.get(&url).await;
            let name = format!("{path}?{query:.40}");
            assert!(!page.status.is_server_error(), "{name}: {}", page.status);
            let location = page.header("location").len();
            assert!(location < 4096, "{name}: {location} bytes of location");
        }
    }
}
