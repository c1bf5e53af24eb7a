//! `/recent` and `/strong`.

use askama::Template;
use oidc_login::Login;
use time::OffsetDateTime;

use super::when;

/// What the provider said of how somebody signed in.
#[derive(Template)]
#[template(path = "step_up.html")]
pub(crate) struct StepUpPage {
    /// The endpoint's name.
    name: &'static str,
    acr: Option<String>,
    /// When they proved who they are.
    proved: Option<String>,
}

impl StepUpPage {
    pub(crate) fn new(name: &'static str, login: &Login) -> Self {
        let proved = login.auth_time();
        Self {
            name,
            acr: login.acr().map(str::to_owned),
            proved: proved.map(|at| when::ago(at, OffsetDateTime::now_utc())),
        }
    }
}
