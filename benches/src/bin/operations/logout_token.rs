//! The provider's request that ends a session.

use axum::body::Body;
use benches::{APP, as_served, section_of_others};
use http::{HeaderValue, Request, StatusCode, header};
use tower::ServiceExt as _;

use crate::{
    login::app,
    parts::signature_check,
    scenario::{Scenario, Stage},
};

const TIMES: u32 = 30;

/// `POST /auth/backchannel-logout`: checks the logout token, ends the session it names, and remembers
/// the token. The login before and the provider's own sign-out are not counted.
pub(crate) fn scenario(stage: &Stage) -> Scenario {
    let (runtime, world) = (stage.runtime.clone(), stage.logins.clone());
    let app = app(&world);
    Scenario {
        name: "logout token, RS256".to_owned(),
        floor: Some(signature_check("RS256")),
        is_ours: true,
        times: TIMES,
        work: Box::new(move |times| {
            for _ in 0..times {
                let mut form = None;
                section_of_others(&mut || form = Some(runtime.block_on(world.logout_form())));
                let request = to_app(Body::from(form.expect("a form")));
                let Ok(response) = runtime.block_on(app.clone().oneshot(request));
                assert_eq!(response.status(), StatusCode::OK);
            }
        }),
    }
}

fn to_app(form: Body) -> Request<Body> {
    let url = format!("{APP}/auth/backchannel-logout");
    let mut request = Request::post(url).body(form).expect("a request");
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    as_served(request)
}
