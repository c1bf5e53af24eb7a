//! `logins_only()`: an app that keeps no values of its own, and requests without a `Session`.

use axum::{Extension, Router, routing::get};
use http::StatusCode;
use oidc_login::{LoginDecision, MemoryStore, OidcLayer, RelyingParty, RelyingPartyBuilder};
use oidc_login_tests::{
    clock::HandClock,
    log::Log,
    steps::{Gates, steps},
    stores::OpenStore,
    user_agent::UserAgent,
    wire::Wire,
    world::{APP, ISSUER, World, client, provider, routes, sign_in},
};
use tower_sessions::Session;

fn world(settings: impl FnOnce(RelyingPartyBuilder) -> RelyingPartyBuilder) -> World {
    let routes = routes()
        .route("/looks", get(looks))
        .route("/asks", get(asks));
    World::with(|client| client, |rp| settings(rp.logins_only()), routes)
}

async fn looks(session: Option<Extension<Session>>) -> &'static str {
    session.map_or("no session", |_| "a session")
}

async fn asks(_: Session) {}

async fn text(browser: &mut UserAgent, path: &str) -> String {
    browser.get(&format!("{APP}{path}")).await.text()
}

#[tokio::test]
async fn users_sign_in_and_out_and_no_request_carries_a_session() {
    let World { mut browser, .. } = world(|rp| rp);
    assert_eq!(text(&mut browser, "/looks").await, "no session");
    assert!(browser.jar.is_empty(), "{:?}", browser.jar);

    let page = sign_in(&mut browser, "alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
    assert_eq!(text(&mut browser, "/looks").await, "no session");
    assert_eq!(text(&mut browser, "/admin").await, "for admins");
    let who = browser.get(&format!("{APP}/auth/session")).await;
    assert_eq!(who.json()["authenticated"], true);
    let mut late = browser.other_browser();
    late.jar.clone_from(&browser.jar);

    browser.post(&format!("{APP}/auth/logout"), &[]).await;
    assert_eq!(browser.session(), None);
    assert_eq!(text(&mut browser, "/hello").await, "hello stranger");
    assert!(late.session().is_some());
    assert_eq!(text(&mut late, "/hello").await, "hello stranger", "ended");
}

#[tokio::test]
async fn a_handler_that_asks_for_a_session_is_refused() {
    let World { mut browser, .. } = world(|rp| rp);
    sign_in(&mut browser, "alice", "/secure").await;
    let page = browser.get(&format!("{APP}/asks")).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(text(&mut browser, "/secure").await, "secure alice");
}

#[tokio::test]
async fn what_on_login_puts_into_a_session_is_dropped_and_the_log_says_so() {
    const DROPPED: &str = "what on_login put into the session is dropped";
    for (puts, lines) in [(false, 0), (true, 1)] {
        let World { mut browser, .. } = world(|rp| {
            rp.on_login(move |login, session| async move {
                assert!(!login.subject().is_empty());
                if puts {
                    session.insert("color", "red").await?;
                }
                Ok(LoginDecision::Allow)
            })
        });
        let (log, _guard) = Log::record();
        let page = sign_in(&mut browser, "alice", "/secure").await;
        assert_eq!(page.text(), "secure alice");
        assert_eq!(log.count(DROPPED), lines, "{}", log.text());
    }
}

/// Node by node, an app begins or ceases to keep values, over one store of logins.
#[tokio::test]
async fn an_app_may_change_its_mind_while_users_are_signed_in() {
    let (clock, logins, values) = (HandClock::new(), MemoryStore::new(), OpenStore::default());
    let provider = provider(&clock).build().expect("a provider").router();
    let app = |settings: &dyn Fn(RelyingPartyBuilder) -> RelyingPartyBuilder| {
        let client = client(Wire(provider.clone())).build().expect("a client");
        let relying_party = RelyingParty::builder(client)
            .clock(clock.clone())
            .login_store(logins.clone());
        let relying_party = settings(relying_party).build().expect("a relying party");
        let routes: Router = routes().merge(steps(&Gates::default()));
        routes.layer(OidcLayer::new(relying_party))
    };
    let without = app(&|rp| rp.logins_only());
    let with = app(&|rp| rp.session_store(values.clone()));
    let browser_of = |app: &Router| {
        let sites = [
            (APP.to_owned(), app.clone()),
            (ISSUER.to_owned(), provider.clone()),
        ];
        UserAgent::new(sites, clock.clone())
    };

    let mut there = browser_of(&without);
    sign_in(&mut there, "alice", "/secure").await;
    let mut here = browser_of(&with);
    here.jar.clone_from(&there.jar);
    assert_eq!(
        here.steps("who&claims&read=color&set=color:red").await,
        "who=alice claims=alice color=-"
    );
    assert_eq!(here.steps("read=color").await, "color=red");
    assert_eq!(text(&mut there, "/secure").await, "secure alice");

    there.post(&format!("{APP}/auth/logout"), &[]).await;
    assert_eq!(
        here.steps("who&claims&read=color").await,
        "who=- claims=- color=-"
    );
}
