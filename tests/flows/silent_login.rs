//! Visitors of open pages who are signed in without a question, where the provider knows them.

use axum::body::Body;
use http::{Method, StatusCode};
use oidc_login::{
    LoginDecision, PushedAuthorizationRequests as Pushed, RelyingPartyBuilder, ResponseMode,
    SilentLogin, config::ClientConfigBuilder, seams::HttpErrorKind,
};
use oidc_login_dev_provider::{DevProviderBuilder, PushedRequests};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, parameter, with_parameter},
    steps::{Gates, steps},
    user_agent::{navigation, script, set},
    world::{APP, ISSUER, World, routes, sign_in},
};
use serde_json::json;
use url::Url;

const HELLO: &str = "http://localhost:5000/hello?a=b%20c";
const MARK: &str = "oidc_silent";
const PAUSE: i64 = 300;

fn on(builder: RelyingPartyBuilder) -> RelyingPartyBuilder {
    builder.silent_login(SilentLogin::OnVisits)
}

fn world() -> World {
    let routes = routes().merge(steps(&Gates::default()));
    World::with(|client| client, on, routes)
}

fn hostile() -> HostileWorld {
    hostile_with(|client| client)
}

fn hostile_with(client: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder) -> HostileWorld {
    HostileWorld::with(client, on)
}

/// The second page of a visitor: where it sends them.
async fn to_silent_login(world: &mut HostileWorld) -> Url {
    assert_eq!(world.browser.get(HELLO).await.text(), "hello stranger");
    let link = world.browser.get(HELLO).await.location().expect("a link");
    let page = world.browser.get(link.as_str()).await;
    let location = page.location().expect("the provider");
    assert_eq!(parameter(&location, "prompt"), "none");
    location
}

fn lose_session(world: &mut World) {
    let jar = &mut world.browser.jar;
    jar.retain(|(_, name), _| !name.contains("oidc_session"));
}

#[tokio::test]
async fn a_visitor_whom_the_provider_knows_is_signed_in() {
    let mut world = world();
    world.sign_in("alice", "/secure").await;
    lose_session(&mut world);
    let page = world.browser.open(HELLO).await;
    assert_eq!(page.text(), "hello stranger", "just signed in: not yet");
    world.clock.advance(PAUSE);
    let page = world.browser.get(HELLO).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.header("cache-control"), "no-store");
    let page = world.browser.open(HELLO).await;
    assert_eq!(page.text(), "hello stranger", "once, whatever became of it");
    world.clock.advance(PAUSE);
    let page = world.browser.open(HELLO).await;
    assert_eq!(
        (page.url.as_str(), page.text()),
        (HELLO, "hello alice".into())
    );
}

#[tokio::test]
async fn a_visitor_whom_nobody_knows_stays_one_and_is_asked_nothing() {
    let mut world = world();
    let first = world.browser.get(HELLO).await;
    assert_eq!(first.text(), "hello stranger", "no cookie came back yet");
    assert_eq!(first.header("cache-control"), "private, no-store");
    let second = world.browser.get(HELLO).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER);
    let page = world
        .browser
        .open(second.location().expect("a link").as_str())
        .await;
    assert_eq!(
        (page.url.as_str(), page.text()),
        (HELLO, "hello stranger".into())
    );
    for (seconds, status) in [(0, 200), (PAUSE - 1, 200), (1, 303), (0, 200)] {
        world.clock.advance(seconds);
        let page = world.browser.get(HELLO).await;
        assert_eq!(page.status, status, "{seconds}");
        if let Some(link) = page.location() {
            assert_eq!(
                world.browser.open(link.as_str()).await.text(),
                "hello stranger"
            );
        }
    }
    let page = world.sign_in("bob", "/secure").await;
    assert_eq!(page.text(), "secure bob", "who wants to, signs in");
}

#[tokio::test]
async fn it_works_with_pushed_requests() {
    let provider =
        |provider: DevProviderBuilder| provider.pushed_requests(PushedRequests::Required);
    let client =
        |client: ClientConfigBuilder| client.pushed_authorization_requests(Pushed::Required);
    let mut world = World::assemble(provider, client, |builder, _| {
        let relying_party = on(builder).build().expect("a relying party");
        routes().layer(oidc_login::OidcLayer::new(relying_party))
    });
    world.browser.get(HELLO).await;
    assert_eq!(world.browser.open(HELLO).await.text(), "hello stranger");
    world.sign_in("alice", "/secure").await;
    lose_session(&mut world);
    world.clock.advance(PAUSE);
    assert_eq!(world.browser.open(HELLO).await.text(), "hello alice");
}

#[tokio::test]
async fn it_works_with_answers_as_forms() {
    for (name, expected) in [("known", "hello alice"), ("unknown", "hello stranger")] {
        let mut world = hostile_with(|client| client.response_mode(ResponseMode::FormPost));
        let location = to_silent_login(&mut world).await;
        let answer = match name {
            "known" => world.provider.answer(&location, "alice"),
            _ => world.provider.refuse(&location, "login_required", ""),
        };
        let form = answer.query().unwrap_or_default().to_owned();
        let callback = format!("{APP}/auth/callback");
        let page = world.browser.post_from_elsewhere(&callback, form).await;
        let next = page.location().expect("the callback");
        let page = world.browser.open(next.as_str()).await;
        assert_eq!(
            (page.url.as_str(), page.text()),
            (HELLO, expected.into()),
            "{name}"
        );
    }
}

#[tokio::test]
async fn it_is_off_unless_an_app_wants_it() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    lose_session(&mut world);
    for _ in 0..3 {
        let page = world.browser.get(HELLO).await;
        assert_eq!(page.text(), "hello stranger");
        assert!(page.set_cookies().is_empty());
        world.clock.advance(PAUSE);
    }
    world.browser.open(&format!("{APP}/secure")).await;
    world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    assert_eq!(world.browser.cookies_named("localhost", MARK), [""; 0]);
}

#[tokio::test]
async fn only_a_page_that_a_person_opens_leads_to_the_provider() {
    let mut world = world();
    let with = |name: &'static str, value: &str| {
        let mut request = navigation(Method::GET, HELLO, Body::empty());
        set(&mut request, name, value);
        request
    };
    let without = |name: &str| {
        let mut request = navigation(Method::GET, HELLO, Body::empty());
        request.headers_mut().remove(name);
        request
    };
    let long = format!("{APP}/hello?{}", "a".repeat(1024));
    let cases = [
        ("HEAD", navigation(Method::HEAD, HELLO, Body::empty())),
        ("a script", script(Method::GET, HELLO)),
        ("a frame", with("sec-fetch-dest", "iframe")),
        ("a prefetch", with("sec-purpose", "prefetch")),
        ("a prerender", with("sec-purpose", "prefetch;prerender")),
        ("an old prefetch", with("purpose", "prefetch")),
        (
            "a script of old",
            with("x-requested-with", "XMLHttpRequest"),
        ),
        ("a robot: no mode", without("sec-fetch-mode")),
        ("a robot: no destination", without("sec-fetch-dest")),
        ("no way back", navigation(Method::GET, &long, Body::empty())),
    ];
    for (name, request) in cases {
        let mut browser = world.browser.clone();
        browser.jar.clear();
        // Neither without the mark, which is then not set, nor with it.
        let request = || {
            let mut same = http::Request::new(Body::empty());
            *same.method_mut() = request.method().clone();
            *same.uri_mut() = request.uri().clone();
            *same.headers_mut() = request.headers().clone();
            same
        };
        let page = browser.request(request()).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        assert!(page.set_cookies().is_empty(), "{name}");
        browser.get(HELLO).await;
        let page = browser.request(request()).await;
        assert_eq!(page.status, StatusCode::OK, "{name}, later");
        let page = browser.get(HELLO).await;
        assert_eq!(
            page.status,
            StatusCode::SEE_OTHER,
            "{name}: but a page does"
        );
    }
    let page = world.browser.get(&format!("{APP}/")).await;
    assert!(page.set_cookies().is_empty(), "nobody asks who it is");
    let link = world.browser.get(&format!("{APP}/secure")).await.location();
    let page = world.browser.get(link.expect("a link").as_str()).await;
    let location = page.location().expect("the provider");
    let has_prompt = location.query_pairs().any(|(name, _)| name == "prompt");
    assert!(!has_prompt, "a page that needs a login asks");
}

/// Otherwise it would be sent round and round.
#[tokio::test]
async fn a_browser_without_our_cookie_is_never_sent_anywhere() {
    let mut world = world();
    let name = {
        world.browser.get(HELLO).await;
        world.browser.cookies_named("localhost", MARK).remove(0)
    };
    let key = ("localhost".to_owned(), name);
    let now = world.clock.seconds();
    let cases = [
        ("none", None),
        ("nothing", Some(String::new())),
        ("no time", Some("soon".to_owned())),
        ("a time to come", Some((now + 1).to_string())),
        ("signed out", Some("out".to_owned())),
    ];
    for (name, value) in cases {
        for _ in 0..3 {
            world.browser.jar.remove(&key);
            if let Some(value) = &value {
                world.browser.jar.insert(key.clone(), (value.clone(), None));
            }
            let page = world.browser.get(HELLO).await;
            assert_eq!(page.status, StatusCode::OK, "{name}");
        }
    }
}

/// Whoever signs out stays so, on a shared computer too, until somebody signs in by hand.
#[tokio::test]
async fn after_a_sign_out_nobody_is_signed_in_again_unasked() {
    for out in ["button", "button at no session", "by the app"] {
        let mut world = world();
        world.sign_in("alice", "/secure").await;
        world.browser.get(&format!("{APP}/do?set=color:red")).await;
        if out == "button at no session" {
            lose_session(&mut world);
        }
        if out == "by the app" {
            world.browser.get(&format!("{APP}/do?flush")).await;
        } else {
            // The browser stays on the provider's page, where nobody presses anything.
            world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
        }
        for waits in [0, PAUSE, 86_400] {
            world.clock.advance(waits);
            let page = world.browser.get(HELLO).await;
            assert_eq!(page.text(), "hello stranger", "{out}, after {waits}");
        }
        world.sign_in("alice", "/secure").await;
        lose_session(&mut world);
        world.clock.advance(PAUSE);
        assert_eq!(
            world.browser.open(HELLO).await.text(),
            "hello alice",
            "{out}"
        );
    }
}

#[tokio::test]
async fn a_login_that_takes_the_place_of_another_is_no_sign_out() {
    let mut world = world();
    world.sign_in("alice", "/secure").await;
    world
        .browser
        .jar
        .retain(|(_, name), _| !name.contains("dev_provider"));
    sign_in(&mut world.browser, "bob", "/auth/login?return_to=/secure").await;
    lose_session(&mut world);
    world.clock.advance(PAUSE);
    assert_eq!(world.browser.open(HELLO).await.text(), "hello bob");
}

#[tokio::test]
async fn whatever_the_provider_answers_leads_to_the_page() {
    for error in [
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
        "access_denied",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "invalid_scope",
        "invalid_request",
        "unmet_authentication_requirements",
        "made_up",
    ] {
        let mut world = hostile();
        let location = to_silent_login(&mut world).await;
        let answer = world.provider.refuse(&location, error, "no");
        let page = world.browser.get(answer.as_str()).await;
        assert_eq!(
            page.location().map(String::from),
            Some(HELLO.into()),
            "{error}"
        );
        assert_eq!(
            world.browser.get(HELLO).await.text(),
            "hello stranger",
            "{error}"
        );
        let left = world.browser.cookies_named("localhost", "oidc_login_");
        assert_eq!(left, [""; 0], "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_is_wrong_leads_there_too() {
    type Bend = fn(&HostileWorld, &Url) -> Url;
    let cases: [(&str, Bend); 7] = [
        ("another issuer", |_, url| {
            with_parameter(url, "iss", Some("https://evil.test"))
        }),
        ("no issuer", |_, url| with_parameter(url, "iss", None)),
        ("no code", |_, url| with_parameter(url, "code", None)),
        ("another code", |_, url| {
            with_parameter(url, "code", Some("x"))
        }),
        ("another signature", |world, url| {
            world
                .provider
                .bend_id_token(|token| token.claims["nonce"] = json!("x"));
            url.clone()
        }),
        ("no token", |world, url| {
            world.provider.fail(Endpoint::Token, HttpErrorKind::Timeout);
            url.clone()
        }),
        ("bad tokens", |world, url| {
            world.provider.reply(Endpoint::Token, 500, "<html>");
            url.clone()
        }),
    ];
    for (name, bend) in cases {
        let mut world = hostile();
        let location = to_silent_login(&mut world).await;
        let answer = world.provider.answer(&location, "alice");
        let answer = bend(&world, &answer);
        let page = world.browser.get(answer.as_str()).await;
        assert_eq!(
            page.location().map(String::from),
            Some(HELLO.into()),
            "{name}"
        );
        let page = world.browser.get(HELLO).await;
        assert!(!page.text().contains("alice"), "{name}");
    }
}

/// What the browser lost is not asked for again with a page that nobody wanted.
#[tokio::test]
async fn an_answer_without_its_cookie_leads_home_and_asks_nothing() {
    let mut world = hostile();
    let location = to_silent_login(&mut world).await;
    let answer = world.provider.answer(&location, "alice");
    world
        .browser
        .jar
        .retain(|(_, name), _| !name.contains("oidc_login_"));
    let page = world.browser.get(answer.as_str()).await;
    assert_eq!(page.location().map(String::from), Some(format!("{APP}/")));
    assert_eq!(world.provider.count(Endpoint::Token), 0);

    let mut world = hostile();
    let location = to_silent_login(&mut world).await;
    let answer = world.provider.answer(&location, "alice");
    world.clock.advance(601);
    let page = world.browser.get(answer.as_str()).await;
    assert_eq!(page.location().map(String::from), Some(format!("{APP}/")));

    let mut world = hostile();
    let location = to_silent_login(&mut world).await;
    let answer = world.provider.answer(&location, "alice");
    for name in ["first", "again"] {
        let page = world.browser.open(answer.as_str()).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
    }
}

#[tokio::test]
async fn a_provider_that_is_down_costs_a_visitor_nothing() {
    let mut world = hostile();
    world
        .provider
        .fail(Endpoint::Discovery, HttpErrorKind::Connect);
    world.browser.get(HELLO).await;
    let page = world.browser.open(HELLO).await;
    assert_eq!(
        (page.url.as_str(), page.text()),
        (HELLO, "hello stranger".into())
    );
}

#[tokio::test]
async fn whom_the_app_refuses_stays_a_visitor() {
    let refuse = |builder: RelyingPartyBuilder| {
        on(builder).on_login(|_, _| async { Ok(LoginDecision::Deny("not you".into())) })
    };
    let mut world = HostileWorld::with(|client| client, refuse);
    let location = to_silent_login(&mut world).await;
    let answer = world.provider.answer(&location, "alice");
    let page = world.browser.open(answer.as_str()).await;
    assert_eq!(
        (page.url.as_str(), page.text()),
        (HELLO, "hello stranger".into())
    );
}

/// Nobody but us makes a login silent: what a link says to anybody is ignored.
#[tokio::test]
async fn a_link_of_somebody_elses_is_not_silent() {
    let mut world = hostile();
    let login = format!("{APP}/auth/login?return_to=/hello&prompt=none&is_silent=1");
    let page = world.browser.get(&login).await;
    let location = page.location().expect("the provider");
    assert!(location.as_str().starts_with(ISSUER));
    assert!(!location.query_pairs().any(|(name, _)| name == "prompt"));
    let answer = world.provider.refuse(&location, "server_error", "no");
    let page = world.browser.get(answer.as_str()).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
}
