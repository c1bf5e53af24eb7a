//! What one login asks the provider for.

use std::collections::BTreeSet;

use axum::{Router, routing::get};
use oidc_login::{LoginErrorKind as Kind, LoginParameters, Oidc, config::ClientConfigBuilder};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, assert_refused, to_provider},
    world::{APP, routes},
};
use url::Url;

/// The app with `/ask`, which sends the browser to sign in with these parameters.
pub(crate) fn world(
    client: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
    asked: &LoginParameters,
) -> HostileWorld {
    let asked = asked.clone();
    let ask = move |oidc: Oidc| async move { oidc.login_redirect_with("/secure", &asked) };
    let routes = routes().merge(Router::new().route("/ask", get(ask)));
    HostileWorld::with_routes(client, |settings, _| settings, routes)
}

fn asked(url: &Url, name: &str) -> Vec<String> {
    let pairs = url.query_pairs().filter(|(key, _)| key == name);
    pairs.map(|(_, value)| value.into_owned()).collect()
}

#[tokio::test]
async fn a_login_asks_for_what_the_handler_wants_and_its_client_for_the_rest() {
    let parameters = LoginParameters::builder()
        .prompt("login")
        .resource("https://a.test/")
        .resource("https://b.test/")
        .token_parameter("resource", "https://a.test/");
    let client = |client: ClientConfigBuilder| {
        client
            .authorization_parameter("prompt", "consent")
            .authorization_parameter("ui_locales", "de")
            .authorization_parameter("resource", "https://c.test/")
            .token_parameter("resource", "https://c.test/")
            .token_parameter("audience", "api")
    };
    let mut world = world(client, &parameters.build().expect("parameters"));
    let location = to_provider(&mut world.browser, &format!("{APP}/ask")).await;
    assert_eq!(asked(&location, "prompt"), ["login"]);
    assert_eq!(asked(&location, "ui_locales"), ["de"]);
    assert_eq!(
        asked(&location, "resource"),
        ["https://a.test/", "https://b.test/"]
    );
    let callback = world.provider.answer(&location, "alice");
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
    let seen = world.provider.seen();
    let token = seen.iter().find(|seen| seen.endpoint == Endpoint::Token);
    let form = &token.expect("a token request").form;
    assert_eq!(form["resource"], "https://a.test/");
    assert_eq!(form["audience"], "api");

    let mut plain = world.browser.other_browser();
    let location = to_provider(&mut plain, &format!("{APP}/secure")).await;
    assert_eq!(asked(&location, "prompt"), ["consent"]);
    assert_eq!(asked(&location, "resource"), ["https://c.test/"]);
}

#[tokio::test]
async fn a_link_keeps_its_parameters_from_whoever_holds_it() {
    let hint = "alice@example.com";
    let parameters = LoginParameters::builder().login_hint(hint).prompt("login");
    let mut world = world(|client| client, &parameters.build().expect("parameters"));
    let page = world.browser.get(&format!("{APP}/ask")).await;
    let link = page.location().expect("a link");
    assert!(!link.as_str().contains("alice") && !link.as_str().contains("login_hint"));
    let sealed = asked(&link, "with").remove(0);
    let location = to_provider(&mut world.browser, link.as_str()).await;
    assert_eq!(asked(&location, "login_hint"), [hint]);

    let login = format!("{APP}/auth/login?return_to=%2Fsecure");
    let mut changed = sealed.clone().into_bytes();
    let middle = changed.len() / 2;
    changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("text");
    let state = asked(&location, "state").remove(0);
    let cookie = world
        .browser
        .jar
        .values()
        .next()
        .expect("a cookie")
        .0
        .clone();
    for (name, link) in [
        ("changed", format!("{login}&with={changed}")),
        ("cut", format!("{login}&with={}", &sealed[..40])),
        ("made up", format!("{login}&with=AAAA")),
        ("twice", format!("{login}&with={sealed}&with={sealed}")),
        ("a state", format!("{login}&with={state}")),
        ("the cookie of a login", format!("{login}&with={cookie}")),
    ] {
        let page = world.browser.get(&link).await;
        assert_refused(&page, Kind::LoginLinkUnusable, name);
        assert!(page.set_cookies().is_empty(), "{name}");
    }
    world.clock.advance(3600);
    let page = world.browser.get(link.as_str()).await;
    assert_refused(&page, Kind::LoginLinkUnusable, "an hour later");
}

#[tokio::test]
async fn the_query_of_a_link_says_only_what_the_client_lets_anybody_say() {
    const QUERY: &str = "login_hint=alice&ui_locales=de&prompt=none&max_age=0&scope=root&state=x\
        &redirect_uri=https%3A%2F%2Fevil.test&nonce=n&client_id=evil&code_challenge=c\
        &response_mode=fragment&request_uri=u&acr_values=gold";
    type Settings = fn(ClientConfigBuilder) -> ClientConfigBuilder;
    type Expected = &'static [(&'static str, &'static str)];
    let cases: [(&str, Settings, Expected); 2] = [
        ("by default nothing", |client| client, &[]),
        (
            "two of them",
            |client| client.login_parameters(["login_hint", "ui_locales"]),
            &[("login_hint", "alice"), ("ui_locales", "de")],
        ),
    ];
    for (name, settings, expected) in cases {
        let mut world = HostileWorld::with(settings, |settings| settings);
        let plain = to_provider(&mut world.browser, &format!("{APP}/auth/login")).await;
        let url = format!("{APP}/auth/login?{QUERY}");
        let location = to_provider(&mut world.browser, &url).await;
        let names = |url: &Url| -> BTreeSet<String> {
            url.query_pairs()
                .map(|(name, _)| name.into_owned())
                .collect()
        };
        let wanted = expected.iter().map(|(name, _)| (*name).to_owned());
        let wanted: BTreeSet<_> = names(&plain).into_iter().chain(wanted).collect();
        assert_eq!(names(&location), wanted, "{name}");
        for (parameter, value) in expected {
            assert_eq!(asked(&location, parameter), [*value], "{name}");
        }
        for own in ["client_id", "redirect_uri", "scope", "response_type"] {
            assert_eq!(asked(&location, own), asked(&plain, own), "{name}: {own}");
        }
        let callback = world.provider.answer(&location, "alice");
        let page = world.browser.open(callback.as_str()).await;
        assert_eq!(page.text(), "open", "{name}");
    }
}

#[tokio::test]
async fn what_a_link_says_is_bounded_and_gives_way_to_the_app() {
    let parameters = LoginParameters::builder()
        .login_hint("bob")
        .resource("https://a.test/")
        .build();
    let allow = |client: ClientConfigBuilder| {
        client.login_parameters([
            "login_hint",
            "max_age",
            "prompt",
            "resource",
            "a",
            "b",
            "c",
            "d",
        ])
    };
    let mut world = world(allow, &parameters.expect("parameters"));
    let login = format!("{APP}/auth/login");
    let long = |bytes| "x".repeat(bytes);
    for (name, query, parameter, expected) in [
        (
            "longest",
            format!("login_hint={}", long(256)),
            "login_hint",
            1,
        ),
        (
            "too long",
            format!("login_hint={}", long(257)),
            "login_hint",
            0,
        ),
        ("twice", "login_hint=a&login_hint=b".into(), "login_hint", 0),
        ("empty", "login_hint=".into(), "login_hint", 0),
        ("no number", "max_age=soon".into(), "max_age", 0),
        ("no prompt", "prompt=none+login".into(), "prompt", 0),
        (
            "control character",
            "login_hint=a%0D%0Ab".into(),
            "login_hint",
            0,
        ),
        ("not allowed", "login_Hint=a".into(), "login_Hint", 0),
    ] {
        let location = to_provider(&mut world.browser, &format!("{login}?{query}")).await;
        assert_eq!(asked(&location, parameter).len(), expected, "{name}");
    }
    let many: String = ["a", "b", "c", "d"]
        .map(|name| format!("&{name}={}", long(256)))
        .concat();
    let location = to_provider(&mut world.browser, &format!("{login}?{many}")).await;
    let sent = ["a", "b", "c", "d"].map(|name| asked(&location, name).len());
    assert_eq!(sent, [1, 1, 1, 0], "together no more than a kilobyte");

    let link = world.browser.get(&format!("{APP}/ask")).await.location();
    let link = link.expect("a link");
    let link = format!("{link}&login_hint=mallory&resource=https://evil.test/&max_age=5");
    let location = to_provider(&mut world.browser, &link).await;
    assert_eq!(asked(&location, "login_hint"), ["bob"]);
    assert_eq!(asked(&location, "resource"), ["https://a.test/"]);
    assert_eq!(asked(&location, "max_age"), ["5"]);
}

/// The longest login that a handler can ask for still fits a cookie.
#[tokio::test]
async fn the_longest_login_comes_back() {
    let hint = "h".repeat(LoginParameters::MAX_BYTES - "login_hint".len());
    let parameters = LoginParameters::builder().login_hint(&hint).build();
    let parameters = parameters.expect("parameters");
    let target = format!("/hello?{}", "a".repeat(1017));
    let ask = move |oidc: Oidc| async move { oidc.login_redirect_with(&target, &parameters) };
    let routes = routes().merge(Router::new().route("/ask", get(ask)));
    let mut world = HostileWorld::with_routes(|client| client, |settings, _| settings, routes);
    let link = world.browser.get(&format!("{APP}/ask")).await.location();
    let page = world.browser.get(link.expect("a link").as_str()).await;
    for line in page.set_cookies() {
        assert!(line.len() <= 4096, "{}", line.len());
    }
    let location = page.location().expect("the provider");
    assert_eq!(asked(&location, "login_hint"), [hint]);
    let callback = world.provider.answer(&location, "alice");
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "hello alice");
}
