//! A login that somebody else asks for (OpenID Connect Core §4).

use axum::body::Body;
use http::Method;
use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{
    hostile::{HostileWorld, assert_refused, parameter},
    user_agent::{Page, navigation, set},
    world::{APP, ISSUER},
};
use url::{Url, form_urlencoded};

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

async fn by_link(world: &mut HostileWorld, fields: &[(&str, &str)]) -> Page {
    let url = format!("{APP}/auth/initiate?{}", encoded(fields));
    world.browser.arrive(&url).await
}

/// A form of the portal, and the request of our own site that it becomes.
async fn by_form(world: &mut HostileWorld, fields: &[(&str, &str)]) -> Page {
    let url = format!("{APP}/auth/initiate");
    let page = world
        .browser
        .post_from_elsewhere(&url, encoded(fields))
        .await;
    assert!(page.set_cookies().is_empty(), "nothing happens yet");
    match page.location() {
        Some(location) => world.browser.arrive(location.as_str()).await,
        None => page,
    }
}

async fn both(fields: &[(&str, &str)]) -> [(HostileWorld, Page); 2] {
    let (mut link, mut form) = (HostileWorld::new(), HostileWorld::new());
    let by_link = by_link(&mut link, fields).await;
    let by_form = by_form(&mut form, fields).await;
    [(link, by_link), (form, by_form)]
}

#[tokio::test]
async fn a_portal_begins_a_login_and_the_user_ends_where_it_points() {
    for (target, ends_at, text) in [
        (
            Some("http://localhost:5000/secure?a=b"),
            "/secure",
            "secure alice",
        ),
        (Some("/hello"), "/hello", "hello alice"),
        (None, "/", "open"),
        (Some("https://evil.test/"), "/", "open"),
        (Some("//evil.test/"), "/", "open"),
        (Some("/\\evil.test"), "/", "open"),
        (Some("javascript:alert(1)"), "/", "open"),
        (Some("http://localhost:5000.evil.test/"), "/", "open"),
        (Some("/auth/initiate?iss=x"), "/", "open"),
        (Some("/auth/logout"), "/", "open"),
    ] {
        let target = target.map(|target| ("target_link_uri", target));
        let mut fields = vec![("iss", ISSUER), ("login_hint", "alice@example.com")];
        fields.extend(target);
        for (mut world, page) in both(&fields).await {
            let location = page.location().expect("the provider");
            assert!(
                location.as_str().starts_with(ISSUER),
                "{target:?}: {location}"
            );
            assert_eq!(parameter(&location, "login_hint"), "alice@example.com");
            let callback = world.provider.answer(&location, "alice");
            let page = world.browser.open(callback.as_str()).await;
            assert_eq!(
                (page.url.path(), page.text().as_str()),
                (ends_at, text),
                "{target:?}"
            );
        }
    }
}

#[tokio::test]
async fn only_the_configured_issuer_can_be_asked() {
    for (name, fields) in [
        ("none", vec![]),
        ("empty", vec![("iss", "")]),
        ("another one", vec![("iss", "https://evil.test")]),
        ("a slash more", vec![("iss", "http://localhost:5001/")]),
        ("other case", vec![("iss", "http://LOCALHOST:5001")]),
        ("a blank before", vec![("iss", " http://localhost:5001")]),
        ("longer", vec![("iss", "http://localhost:5001.evil.test")]),
        ("twice", vec![("iss", ISSUER), ("iss", ISSUER)]),
        ("two", vec![("iss", ISSUER), ("iss", "https://evil.test")]),
    ] {
        for (mut world, page) in both(&fields).await {
            assert_refused(&page, Kind::InitiatorUnknown, name);
            assert!(page.set_cookies().is_empty(), "{name}");
            assert_eq!(world.provider.seen().len(), 0, "{name}: nobody is asked");
            assert_eq!(world.greeting().await, "hello stranger", "{name}");
        }
    }
}

#[tokio::test]
async fn what_it_takes_is_bounded_and_nothing_else() {
    let long = "x".repeat(2000);
    let fields = [
        ("iss", ISSUER),
        ("login_hint", long.as_str()),
        ("target_link_uri", long.as_str()),
        ("prompt", "none"),
        ("state", "mine"),
        ("client_id", "evil"),
        ("redirect_uri", "https://evil.test/"),
    ];
    for (_, page) in both(&fields).await {
        let location = page.location().expect("the provider");
        let has = |name: &str| location.query_pairs().any(|(key, _)| key == name);
        assert!(!has("login_hint") && !has("prompt"));
        assert_eq!(parameter(&location, "client_id"), "flask-app");
        assert_ne!(parameter(&location, "state"), "mine");
        let redirect_uri = parameter(&location, "redirect_uri");
        assert_eq!(redirect_uri, format!("{APP}/auth/callback"));
    }
}

#[tokio::test]
async fn a_login_begins_only_in_a_page_that_is_opened() {
    let url = format!("{APP}/auth/initiate?{}", encoded(&[("iss", ISSUER)]));
    for method in [Method::GET, Method::POST] {
        for (name, header, value) in [
            ("frame", "sec-fetch-dest", "iframe"),
            ("image", "sec-fetch-dest", "image"),
            ("script", "sec-fetch-dest", "empty"),
            ("prefetch", "sec-purpose", "prefetch"),
        ] {
            let mut world = HostileWorld::new();
            let body = Body::from(encoded(&[("iss", ISSUER)]));
            let mut request = navigation(method.clone(), &url, body);
            set(&mut request, header, value);
            let page = world.browser.request(request).await;
            assert_refused(&page, Kind::NotANavigation, name);
            assert!(page.set_cookies().is_empty(), "{name}");
        }
    }
    let mut world = HostileWorld::new();
    let request = navigation(Method::PUT, &url, Body::empty());
    let page = world.browser.request(request).await;
    assert_eq!(
        (page.status.as_u16(), page.header("allow")),
        (405, "GET, POST")
    );
}

/// A page of somebody else's that sends forms again and again fills neither cookies nor memory.
#[tokio::test]
async fn a_flood_of_forms_leaves_seven_logins() {
    let mut world = HostileWorld::new();
    for _ in 0..30 {
        by_form(&mut world, &[("iss", ISSUER)]).await;
        world.clock.advance(1);
    }
    let cookies = world.browser.cookies_named("localhost", "oidc_login");
    assert_eq!(cookies.len(), 7, "{cookies:?}");
}

#[tokio::test]
async fn who_is_signed_in_stays_so_until_the_answer_and_after_a_refusal() {
    let mut world = HostileWorld::new();
    world.sign_in("bob", "/").await;
    let page = by_form(&mut world, &[("iss", ISSUER)]).await;
    let location: Url = page.location().expect("the provider");
    assert_eq!(world.greeting().await, "hello bob");
    let refused = world.provider.refuse(&location, "access_denied", "no");
    let page = world.browser.get(refused.as_str()).await;
    assert_refused(&page, Kind::AccessDenied, "refused");
    assert_eq!(world.greeting().await, "hello bob");
}

#[tokio::test]
async fn another_name_of_this_machine_is_left_first() {
    let mut world = HostileWorld::new();
    let app = world.app.clone();
    let other = "http://127.0.0.1:5000".to_owned();
    let sites = [(APP.to_owned(), app.clone()), (other.clone(), app)];
    world.browser = oidc_login_tests::user_agent::UserAgent::new(sites, world.clock.clone());
    let query = encoded(&[("iss", ISSUER), ("target_link_uri", "/secure")]);
    let page = world
        .browser
        .get(&format!("{other}/auth/initiate?{query}"))
        .await;
    let location = page.location().expect("the root URL");
    assert!(location.as_str().starts_with(APP), "{location}");
    let page = world.browser.get(location.as_str()).await;
    let location = page.location().expect("the provider");
    let callback = world.provider.answer(&location, "alice");
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
}
