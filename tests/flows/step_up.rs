//! Pages that ask for more than a login: how it was made (`acr`), or how long ago (`max_age`).

mod guards;
mod not_enough;
mod somewhere_else;

use std::time::Duration;

use axum::{Router, routing::get};
use http::{HeaderMap, StatusCode};
use oidc_login::{
    Claims, LoginErrorKind as Kind, Oidc, Policy, Rejection, RelyingPartyBuilder, RequireLoginLayer,
};
use oidc_login_tests::{
    hostile::{HostileWorld, assert_refused, to_provider},
    steps::Gates,
    tokens::token_routes,
    user_agent::Page,
    world::{APP, World, fill_in, routes, send_form},
};
use serde_json::{Value, json};
use url::Url;

const FIVE_MINUTES: Duration = Duration::from_secs(300);

fn world() -> HostileWorld {
    world_with(|builder| builder)
}

fn world_with(settings: impl FnOnce(RelyingPartyBuilder) -> RelyingPartyBuilder) -> HostileWorld {
    let guarded = |path: &str, guard: RequireLoginLayer| {
        let handler = get(|claims: Claims| async move { format!("for {}", claims.sub()) });
        let handler = handler.post(|| async { "done" });
        Router::new().route(path, handler).route_layer(guard)
    };
    let any = RequireLoginLayer::new;
    let routes = token_routes(&Gates::default())
        .merge(guarded("/gold", any().acr_values(["gold", "platinum"])))
        .merge(guarded("/silver", any().acr_values(["silver"])))
        .merge(guarded("/recent", any().max_age(FIVE_MINUTES)))
        .merge(guarded("/now", any().max_age(Duration::ZERO)))
        .merge(guarded(
            "/strict",
            any().acr_values(["gold"]).max_age(FIVE_MINUTES),
        ))
        .merge(guarded(
            "/boss",
            RequireLoginLayer::role("boss").max_age(FIVE_MINUTES),
        ))
        .merge(guarded("/nobody", any().acr_values([""; 0])))
        .merge(Router::new().route("/handler", get(handler).post(handler)));
    HostileWorld::with_routes(|client| client, |builder, _| settings(builder), routes)
}

async fn handler(oidc: Oidc, headers: HeaderMap) -> Result<String, Rejection> {
    let policy = Policy::signed_in().acr_values(["gold"]);
    let login = oidc.require(&policy, &headers).await?;
    Ok(format!("for {}", login.subject()))
}

/// What the ID tokens to come say.
fn say(world: &HostileWorld, acr: Value, auth_time: Value) {
    world.provider.bend_id_token(move |token| {
        token.claims["acr"] = acr.clone();
        token.claims["auth_time"] = auth_time.clone();
    });
}

fn seconds_ago(world: &HostileWorld, seconds: i64) -> Value {
    json!(world.clock.seconds() - seconds)
}

fn asked(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs().filter(|(key, _)| key == name);
    pairs.next().map(|(_, value)| value.into_owned())
}

async fn get_page(world: &mut HostileWorld, path: &str) -> Page {
    world.browser.get(&format!("{APP}{path}")).await
}

fn session_cookie(world: &HostileWorld) -> String {
    let mut jar = world.browser.jar.iter();
    let session = jar.find(|((_, name), _)| name.contains("oidc_session"));
    session.expect("a session").1.0.clone()
}

#[tokio::test]
async fn who_is_signed_in_with_less_signs_in_again_and_comes_back() {
    for (path, acr_values, max_age) in [
        ("/gold", Some("gold platinum"), None),
        ("/gold?a=b%20c", Some("gold platinum"), None),
        ("/recent", None, Some("300")),
        ("/now", None, Some("0")),
        ("/strict", Some("gold"), Some("300")),
        ("/handler", Some("gold"), None),
    ] {
        let mut world = world();
        say(&world, json!("bronze"), seconds_ago(&world, 361));
        world.sign_in("alice", "/secure").await;
        world.browser.get(&format!("{APP}/do?set=color:red")).await;
        let before = session_cookie(&world);

        let page = get_page(&mut world, path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        let location = to_provider(&mut world.browser, &format!("{APP}{path}")).await;
        assert_eq!(
            asked(&location, "acr_values").as_deref(),
            acr_values,
            "{path}"
        );
        assert_eq!(asked(&location, "max_age").as_deref(), max_age, "{path}");

        say(&world, json!("gold"), seconds_ago(&world, 0));
        let callback = world.provider.answer(&location, "alice");
        let page = world.browser.open(callback.as_str()).await;
        assert_eq!(page.url.as_str(), format!("{APP}{path}"));
        assert_eq!(page.text(), "for alice-id", "{path}");
        assert_ne!(session_cookie(&world), before, "{path}: another id");
        let page = get_page(&mut world, "/do?read=color").await;
        assert_eq!(page.text(), "color=red", "{path}: the same values");
        let page = get_page(&mut world, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: once is enough");
    }
}

#[tokio::test]
async fn a_visitor_is_asked_for_all_of_it_at_once() {
    let mut world = world();
    let location = world.begin("/strict").await;
    assert_eq!(asked(&location, "acr_values").as_deref(), Some("gold"));
    assert_eq!(asked(&location, "max_age").as_deref(), Some("300"));
    let location = world.begin("/secure").await;
    assert_eq!(asked(&location, "acr_values"), None);
}

/// One page that says so, and never the next redirect.
#[tokio::test]
async fn a_provider_that_comes_back_with_less_is_told_on_a_page() {
    let cases: [(&str, &str, Value, i64, Kind); 8] = [
        ("another acr", "/gold", json!("bronze"), 0, Kind::IdTokenAcr),
        ("no acr", "/gold", Value::Null, 0, Kind::IdTokenAcr),
        (
            "both in one",
            "/gold",
            json!("gold platinum"),
            0,
            Kind::IdTokenAcr,
        ),
        (
            "not asked again",
            "/recent",
            json!("gold"),
            361,
            Kind::IdTokenAuthTimeTooOld,
        ),
        (
            "not asked again at all",
            "/now",
            json!("gold"),
            61,
            Kind::IdTokenAuthTimeTooOld,
        ),
        (
            "no time",
            "/recent",
            json!("gold"),
            i64::MAX,
            Kind::IdTokenAuthTimeMissing,
        ),
        (
            "from the future",
            "/recent",
            json!("gold"),
            -61,
            Kind::IdTokenAuthTime,
        ),
        (
            "half of it",
            "/strict",
            json!("gold"),
            361,
            Kind::IdTokenAuthTimeTooOld,
        ),
    ];
    for (name, path, acr, ago, kind) in cases {
        let mut world = world();
        say(&world, json!("bronze"), seconds_ago(&world, 1000));
        world.sign_in("alice", "/secure").await;
        let before = session_cookie(&world);
        let location = world.begin(path).await;
        let auth_time = match ago {
            i64::MAX => Value::Null,
            ago => seconds_ago(&world, ago),
        };
        say(&world, acr, auth_time);
        let callback = world.provider.answer(&location, "alice");
        let page = world.browser.get(callback.as_str()).await;
        assert_refused(&page, kind, name);
        if matches!(kind, Kind::IdTokenAcr | Kind::IdTokenAuthTimeTooOld) {
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}");
        }
        let told = format!("{:?}", page.error);
        let said = if kind == Kind::IdTokenAcr {
            "gold platinum"
        } else {
            "auth_time"
        };
        let told_of_it = said.split(' ').all(|word| told.contains(word));
        assert!(told_of_it, "{name}: {told}");
        assert_eq!(session_cookie(&world), before, "{name}");
        assert_eq!(world.greeting().await, "hello alice", "{name}");
        let page = get_page(&mut world, path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}: does not pass");
    }
}

/// Who reads a page on consent for minutes after they typed their password is not sent round.
#[tokio::test]
async fn a_slow_answer_is_enough_for_the_page_that_asked() {
    for (name, auth_time_behind) in [("a slow user", 0), ("and a clock behind", 59)] {
        let mut world = world();
        let location = world.begin("/now").await;
        say(&world, json!("1"), seconds_ago(&world, auth_time_behind));
        world.clock.advance(590);
        let callback = world.provider.answer(&location, "alice");
        let page = world.browser.open(callback.as_str()).await;
        assert_eq!(page.text(), "for alice-id", "{name}");
        world.clock.advance(61);
        let page = get_page(&mut world, "/now").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}, later");
    }
}

#[tokio::test]
async fn another_user_at_the_step_up_starts_empty() {
    let mut world = world();
    world.sign_in("bob", "/secure").await;
    world.browser.get(&format!("{APP}/do?set=color:blue")).await;
    let bobs = world.browser.clone();
    say(&world, json!("gold"), seconds_ago(&world, 0));
    let location = world.begin("/gold").await;
    let callback = world.provider.answer(&location, "alice");
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "for alice-id");
    let page = get_page(&mut world, "/do?read=color").await;
    assert_eq!(page.text(), "color=-");
    world.browser = bobs;
    assert_eq!(world.greeting().await, "hello stranger", "bob's is over");
}

/// What a person does who has a second factor, and who leaves it out.
#[tokio::test]
async fn a_person_types_what_the_page_asks_for() {
    let guard = RequireLoginLayer::new().acr_values(["2"]);
    let strong = Router::new().route("/strong", get(|| async { "strong" }).route_layer(guard));
    let guard = RequireLoginLayer::new().max_age(FIVE_MINUTES);
    let recent = Router::new().route("/recent", get(|| async { "recent" }).route_layer(guard));
    let routes = routes().merge(strong).merge(recent);
    let mut world = World::with(|client| client, |builder| builder, routes);
    world.sign_in("alice", "/secure").await;

    let form = world.browser.open(&format!("{APP}/strong")).await;
    let back = fill_in(&mut world.browser, &form, "alice").await;
    let page = world.browser.open(&back).await;
    assert_refused(&page, Kind::IdTokenAcr, "without the code");
    let typed = [
        ("username", "alice"),
        ("password", "alice"),
        ("code", "123456"),
    ];
    let form = world.browser.open(&format!("{APP}/strong")).await;
    let answer = send_form(&mut world.browser, &form, &typed).await;
    let back = answer.location().expect("the way back");
    let page = world.browser.open(back.as_str()).await;
    assert_eq!(page.text(), "strong");

    let page = world.browser.open(&format!("{APP}/recent")).await;
    assert_eq!(page.text(), "recent");
    world.clock.advance(361);
    let form = world.browser.open(&format!("{APP}/recent")).await;
    let back = fill_in(&mut world.browser, &form, "alice").await;
    let page = world.browser.open(&back).await;
    assert_eq!(page.text(), "recent", "the password again");
}
