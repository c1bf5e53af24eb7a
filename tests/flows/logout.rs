//! `GET|POST /auth/logout`: what signs out at once, what asks first, and where the browser goes.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use oidc_login_tests::{
    user_agent::{Page, UserAgent, navigation, set},
    world::{APP, ISSUER, World},
};

type Lines = &'static [(&'static str, &'static str)];

const LOGOUT: &str = "http://localhost:5000/auth/logout";

/// The headers that a browser of before `Sec-Fetch-*` sends with a form of a page without referrer.
const OLD_BROWSER: Lines = &[("origin", "null")];

fn request(method: Method, url: &str, lines: &[(&'static str, &str)], form: &str) -> Request<Body> {
    let mut request = navigation(method, url, Body::from(form.to_owned()));
    request.headers_mut().clear();
    set(
        &mut request,
        "content-type",
        "application/x-www-form-urlencoded",
    );
    for (name, value) in lines {
        set(&mut request, name, value);
    }
    request
}

async fn is_signed_in(browser: &mut UserAgent) -> bool {
    browser.get(&format!("{APP}/hello")).await.text() != "hello stranger"
}

/// The parameters of the provider's end-session endpoint that the browser is sent to.
fn at_the_provider(page: &Page) -> Vec<(String, String)> {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    let location = page.location().expect("the provider");
    assert!(location.as_str().starts_with(ISSUER), "{location}");
    location.query_pairs().into_owned().collect()
}

/// What it is called, the headers a browser sends, and whether the sign-out acts.
type Case = (&'static str, Vec<(&'static str, &'static str)>, bool);

#[tokio::test]
async fn what_the_app_itself_asked_for_acts_and_the_rest_asks_first() {
    let post: [(&str, Lines, bool); 7] = [
        (
            "own page",
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            true,
        ),
        ("old browser, own page", &[("origin", APP)], true),
        ("no browser", &[], true),
        (
            "another site",
            &[("sec-fetch-site", "cross-site"), ("origin", APP)],
            false,
        ),
        ("a sibling host", &[("sec-fetch-site", "same-site")], false),
        ("typed", &[("sec-fetch-site", "none")], false),
        (
            "old browser, other page",
            &[("origin", "https://evil.test")],
            false,
        ),
    ];
    let link = |site, mode, dest| {
        [
            ("sec-fetch-site", site),
            ("sec-fetch-mode", mode),
            ("sec-fetch-dest", dest),
        ]
    };
    let get: [Case; 7] = [
        (
            "own link",
            link("same-origin", "navigate", "document").to_vec(),
            true,
        ),
        ("nothing said", vec![], false),
        (
            "another site",
            link("cross-site", "navigate", "document").to_vec(),
            false,
        ),
        (
            "typed",
            link("none", "navigate", "document").to_vec(),
            false,
        ),
        (
            "image",
            link("same-origin", "no-cors", "image").to_vec(),
            false,
        ),
        (
            "frame",
            link("same-origin", "navigate", "iframe").to_vec(),
            false,
        ),
        (
            "prefetch",
            [
                &link("same-origin", "navigate", "document")[..],
                &[("sec-purpose", "prefetch")],
            ]
            .concat(),
            false,
        ),
    ];
    let post = post.map(|(name, lines, acts)| (Method::POST, name, lines.to_vec(), acts));
    let get = get.map(|(name, lines, acts)| (Method::GET, name, lines, acts));
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    for (method, name, lines, acts) in post.into_iter().chain(get) {
        let page = world
            .browser
            .request(request(method.clone(), LOGOUT, &lines, ""))
            .await;
        if acts {
            at_the_provider(&page);
        } else {
            assert_eq!(page.status, StatusCode::OK, "{method} {name}");
            assert!(
                page.text().contains("Sign out?"),
                "{method} {name}: {}",
                page.text()
            );
            assert!(page.set_cookies().is_empty(), "{method} {name}");
        }
        assert_ne!(
            is_signed_in(&mut world.browser).await,
            acts,
            "{method} {name}"
        );
        if acts {
            world.browser.open(&format!("{APP}/auth/login")).await;
        }
    }
}

#[tokio::test]
async fn the_form_of_the_question_signs_out_and_leads_to_the_target() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    let question = world
        .browser
        .request(request(
            Method::GET,
            &format!("{LOGOUT}?return_to=/bye"),
            &[],
            "",
        ))
        .await;
    assert!(question.text().contains("alice"), "{}", question.text());
    assert!(is_signed_in(&mut world.browser).await);
    let form = format!("confirm={}", question.field("confirm").expect("a token"));
    let page = world
        .browser
        .request(request(Method::POST, LOGOUT, OLD_BROWSER, &form))
        .await;
    let parameters = at_the_provider(&page);
    let target = ("post_logout_redirect_uri".to_owned(), format!("{APP}/bye"));
    assert!(parameters.contains(&target), "{parameters:?}");
    assert!(!is_signed_in(&mut world.browser).await);
}

/// Each of these tokens fails for one reason only; the question is asked again.
#[tokio::test]
async fn only_this_sessions_own_fresh_token_confirms() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    let mut bobs = world.browser.other_browser();
    oidc_login_tests::world::sign_in(&mut bobs, "bob", "/secure").await;
    let token_of = async |browser: &mut UserAgent| {
        let question = browser.request(request(Method::GET, LOGOUT, &[], "")).await;
        question.field("confirm").expect("a token")
    };
    let own = token_of(&mut world.browser).await;
    let mut damaged = own.clone();
    let first = if damaged.remove(0) == 'A' { 'B' } else { 'A' };
    damaged.insert(0, first);
    for (name, token) in [
        ("bob's", token_of(&mut bobs).await),
        ("damaged", damaged),
        ("empty", String::new()),
    ] {
        let form = format!("confirm={token}");
        let page = world
            .browser
            .request(request(Method::POST, LOGOUT, OLD_BROWSER, &form))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        assert!(page.field("confirm").is_some(), "{name}: asked again");
        assert!(is_signed_in(&mut world.browser).await, "{name}");
    }
    let form = format!("confirm={own}");
    for (name, seconds, acts) in [("expired", 600, false), ("in time", -1, true)] {
        world.clock.advance(seconds);
        let page = world
            .browser
            .request(request(Method::POST, LOGOUT, OLD_BROWSER, &form))
            .await;
        assert_eq!(page.status == StatusCode::SEE_OTHER, acts, "{name}");
    }
    assert!(!is_signed_in(&mut world.browser).await);
}

#[tokio::test]
async fn a_token_of_an_earlier_login_does_not_end_the_next_one() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    let question = world
        .browser
        .request(request(Method::GET, LOGOUT, &[], ""))
        .await;
    let form = format!("confirm={}", question.field("confirm").expect("a token"));
    world.browser.open(&format!("{APP}/auth/login")).await;
    world
        .browser
        .request(request(Method::POST, LOGOUT, OLD_BROWSER, &form))
        .await;
    assert!(is_signed_in(&mut world.browser).await);
}

#[tokio::test]
async fn the_provider_is_told_who_leaves_and_where_to_go() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    let page = world.browser.post(LOGOUT, &[]).await;
    let parameters = at_the_provider(&page);
    let names: Vec<_> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["id_token_hint", "client_id", "post_logout_redirect_uri"]
    );
    assert_eq!(parameters[0].1.split('.').count(), 3, "an ID token");
    assert_eq!(parameters[1].1, "flask-app");
    assert_eq!(parameters[2].1, format!("{APP}/"));

    assert!(
        !is_signed_in(&mut world.browser).await,
        "before the browser gets there"
    );
    let back = world
        .browser
        .open(page.location().expect("the provider").as_str())
        .await;
    assert_eq!(back.url.as_str(), format!("{APP}/"));
    let form = world.browser.open(&format!("{APP}/secure")).await;
    assert!(
        form.text().contains("name=\"password\""),
        "signed out there too"
    );
}

#[tokio::test]
async fn a_visitor_who_signs_out_goes_where_that_leads() {
    let mut world = World::new();
    for (path, expected) in [
        ("", "/"),
        ("?return_to=/bye", "/bye"),
        ("?return_to=//evil.test", "/"),
    ] {
        for method in [Method::GET, Method::POST] {
            let lines = [("sec-fetch-site", "cross-site")];
            let url = format!("{LOGOUT}{path}");
            let page = world
                .browser
                .request(request(method, &url, &lines, ""))
                .await;
            let location = page.location().expect("a place to go");
            assert_eq!(location.as_str(), format!("{APP}{expected}"), "{path}");
            assert!(page.set_cookies().is_empty());
        }
    }
}
