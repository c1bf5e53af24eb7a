//! The two requests of a login that the app answers itself.

use std::rc::Rc;

use axum::{Router, body::Body};
use benches::{APP, Browser, World, section_of_others};
use http::{Method, Request, StatusCode, Uri};
use oidc_login_tests::{
    user_agent::{navigation, set},
    world,
};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::{
    parts::signature_check,
    scenario::{Scenario, Stage},
};

const TIMES: u32 = 30;

pub(crate) fn scenarios(stage: &Stage) -> impl Iterator<Item = Scenario> + use<> {
    let runtime = &stage.runtime;
    [
        start(runtime.clone(), &stage.logins),
        callback("RS256", "", runtime.clone(), stage.logins.clone()),
        callback(
            "RS256",
            " and userinfo",
            runtime.clone(),
            stage.userinfo.clone(),
        ),
        callback("ES256", "", runtime.clone(), stage.es256.clone()),
    ]
    .into_iter()
}

pub(crate) fn app(world: &World) -> Router {
    Router::new().layer(world.layer())
}

/// `GET /auth/login`: makes state, nonce and verifier, and seals them into a cookie.
fn start(runtime: Rc<Runtime>, world: &World) -> Scenario {
    let app = app(world);
    Scenario {
        name: "login: start".to_owned(),
        floor: None,
        is_ours: true,
        times: TIMES,
        work: Box::new(move |times| {
            for _ in 0..times {
                let request = as_served(navigation(
                    Method::GET,
                    &format!("{APP}/auth/login"),
                    Body::empty(),
                ));
                let Ok(response) = runtime.block_on(app.clone().oneshot(request));
                assert_eq!(response.status(), StatusCode::SEE_OTHER);
            }
        }),
    }
}

/// `GET /auth/callback`: opens the cookie, exchanges the code, checks the ID token, makes the session.
/// What browser and provider do is not counted.
fn callback(algorithm: &str, more: &str, runtime: Rc<Runtime>, world: Rc<World>) -> Scenario {
    let app = app(&world);
    Scenario {
        name: format!("login: callback, {algorithm}{more}"),
        floor: Some(signature_check(algorithm)),
        is_ours: true,
        times: TIMES,
        work: Box::new(move |times| {
            for _ in 0..times {
                let mut prepared = None;
                section_of_others(&mut || {
                    let browser = world.browser(app.clone());
                    prepared = Some(runtime.block_on(to_callback(browser)));
                });
                let request = prepared.expect("a request");
                let Ok(response) = runtime.block_on(app.clone().oneshot(request));
                let cookies = response.headers().get_all(http::header::SET_COOKIE);
                let sets_session =
                    |line: &http::HeaderValue| line.as_bytes().starts_with(b"oidc_session_");
                assert!(cookies.iter().any(sets_session), "{response:?}");
            }
        }),
    }
}

/// Everything of a login before the callback's request.
async fn to_callback(mut browser: Browser) -> Request<Body> {
    let url = world::to_callback(&mut browser, "alice", "/auth/login").await;
    let mut request = navigation(Method::GET, &url, Body::empty());
    set(&mut request, "cookie", &browser.cookie_line("localhost"));
    as_served(request)
}

/// The request as a server hands it on: with a path and a host instead of a URL.
pub(crate) fn as_served(mut request: Request<Body>) -> Request<Body> {
    set(&mut request, "host", "localhost:5000");
    let target = request.uri().path_and_query().expect("a path").clone();
    *request.uri_mut() = Uri::from(target);
    request
}
