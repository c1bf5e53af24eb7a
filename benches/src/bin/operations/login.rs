//! The two requests of a login that the app answers itself.

use std::rc::Rc;

use axum::{Router, body::Body};
use benches::{APP, AtCallback, World, as_served, new_session, section_of_others};
use http::{Method, StatusCode};
use oidc_login_tests::user_agent::navigation;
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
                    let browser = AtCallback::of(world.browser(app.clone()));
                    prepared = Some(runtime.block_on(browser).request());
                });
                let request = prepared.expect("a request");
                let Ok(response) = runtime.block_on(app.clone().oneshot(request));
                new_session(&response);
            }
        }),
    }
}
