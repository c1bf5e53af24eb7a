//! Where else the user is signed in.

use axum::{
    Form,
    response::{Redirect, Response},
};
use http::StatusCode;
use oidc_login::{Claims, Oidc, SameOrigin, session::SessionHandle};
use serde::Deserialize;

use super::failed::Failed;
use crate::pages::{Person, SessionRow, SessionsPage, page};

#[derive(Deserialize)]
pub(super) struct End {
    session: SessionHandle,
}

pub(super) async fn list(claims: Claims, oidc: Oidc) -> Result<Response, Failed> {
    let sessions = oidc.sessions().await?;
    let sessions = SessionsPage {
        person: Person::new(&claims),
        sessions: SessionRow::all(&sessions),
    };
    Ok(page(StatusCode::OK, &sessions))
}

/// `SameOrigin` refuses a form of somebody else's page.
pub(super) async fn end(
    _: SameOrigin,
    _: Claims,
    oidc: Oidc,
    Form(form): Form<End>,
) -> Result<Redirect, Failed> {
    oidc.end_session(&form.session).await?;
    let is_signed_in = oidc.login().await?.is_some();
    Ok(Redirect::to(if is_signed_in { "/sessions" } else { "/" }))
}

pub(super) async fn end_others(_: SameOrigin, _: Claims, oidc: Oidc) -> Result<Redirect, Failed> {
    oidc.end_other_sessions().await?;
    Ok(Redirect::to("/sessions"))
}
