//! For people with the role `admin`: the layer around the routes sees to it.

use axum::{
    Form,
    extract::Query,
    response::{Redirect, Response},
};
use http::StatusCode;
use oidc_login::{Claims, Oidc, SameOrigin};
use serde::Deserialize;
use url::form_urlencoded;

use super::failed::Failed;
use crate::pages::{AdminPage, Person, SessionRow, UsersSessions, page};

/// Whose sessions.
#[derive(Deserialize)]
pub(super) struct Whose {
    #[serde(default)]
    sub: String,
}

pub(super) async fn page_of(
    claims: Claims,
    oidc: Oidc,
    Query(whose): Query<Whose>,
) -> Result<Response, Failed> {
    let sub = whose.sub.trim();
    let found = if sub.is_empty() {
        None
    } else {
        let sessions = oidc.relying_party().sessions_of(sub).await?;
        Some(UsersSessions {
            sub: sub.to_owned(),
            sessions: SessionRow::all(&sessions),
        })
    };
    let admin = AdminPage {
        person: Person::new(&claims),
        sign_out: oidc.logout_url(),
        found,
    };
    Ok(page(StatusCode::OK, &admin))
}

pub(super) async fn end_sessions(
    _: SameOrigin,
    claims: Claims,
    oidc: Oidc,
    Form(whose): Form<Whose>,
) -> Result<Redirect, Failed> {
    oidc.relying_party().end_sessions_of(&whose.sub).await?;
    if claims.sub() == whose.sub {
        // Nobody is signed in here any more.
        return Ok(Redirect::to("/"));
    }
    let sub: String = form_urlencoded::byte_serialize(whose.sub.as_bytes()).collect();
    Ok(Redirect::to(&format!("/admin?sub={sub}")))
}
