//! An app whose users see and end their sessions.

use axum::{
    Form, Json, Router,
    routing::{get, post},
};
use oidc_login::{
    Oidc, OidcLayer, RelyingParty, RelyingPartyBuilder, SameOrigin,
    config::ClientConfigBuilder,
    session::{ListedSession, SessionHandle},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tower_sessions::Session;

use crate::{
    clock::HandClock,
    steps::{Gates, steps},
    user_agent::{Page, UserAgent},
    world::{APP, World, routes},
};

/// The routes: `/sessions` answers the list, `/sessions/end` and `/sessions/end-others` take forms,
/// and `/sessions/renewed` gives the session a new id and answers the list after that.
pub fn session_routes() -> Router {
    Router::new()
        .route("/sessions", get(list))
        .route("/sessions/renewed", get(renew_and_list))
        .route("/sessions/end", post(end).get(end))
        .route("/sessions/end-others", post(end_others).get(end_others))
}

#[derive(Deserialize)]
struct Ended {
    session: SessionHandle,
}

async fn list(oidc: Oidc) -> Json<Value> {
    let sessions = oidc.sessions().await.expect("a store");
    Json(sessions.iter().map(shown).collect())
}

async fn renew_and_list(oidc: Oidc, session: Session) -> Json<Value> {
    session.cycle_id().await.expect("a store");
    session.save().await.expect("a store");
    list(oidc).await
}

async fn end(_: SameOrigin, oidc: Oidc, Form(form): Form<Ended>) -> String {
    let ended = oidc.end_session(&form.session).await;
    ended.expect("a store").to_string()
}

async fn end_others(_: SameOrigin, oidc: Oidc) -> String {
    let ended = oidc.end_other_sessions().await;
    ended.expect("a store").to_string()
}

/// A session of a list as JSON.
pub fn shown(session: &ListedSession) -> Value {
    json!({
        "id": session.id,
        "this": session.is_this_one,
        "since": session.logged_in_at.unix_timestamp(),
        "until": session.idle_until.unix_timestamp(),
        "browser": session.browser(),
        "user_agent": session.user_agent,
        "address": session.address,
    })
}

impl World {
    /// The tutorial's app with these routes and those of [`steps`], and its relying party.
    pub fn with_session_list(
        client_settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        settings: impl FnOnce(RelyingPartyBuilder) -> RelyingPartyBuilder,
    ) -> (Self, RelyingParty, Gates) {
        Self::with_session_list_over(client_settings, |builder, _| settings(builder))
    }

    /// The same over stores that go by the clock of the world.
    pub fn with_session_list_over(
        client_settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        stores: impl FnOnce(RelyingPartyBuilder, &HandClock) -> RelyingPartyBuilder,
    ) -> (Self, RelyingParty, Gates) {
        let (gates, mut known) = (Gates::default(), None);
        let routes = routes().merge(steps(&gates)).merge(session_routes());
        let world = Self::assemble(
            |provider| provider,
            client_settings,
            |builder, clock| {
                let relying_party = stores(builder, clock).build().expect("a relying party");
                known = Some(relying_party.clone());
                routes.layer(OidcLayer::new(relying_party))
            },
        );
        (world, known.expect("the app was made"), gates)
    }
}

impl UserAgent {
    /// What `/sessions` lists.
    pub async fn sessions(&mut self) -> Vec<Value> {
        let page = self.get(&format!("{APP}/sessions")).await;
        page.json().as_array().expect("a list").clone()
    }

    /// The handle of this browser's own session.
    pub async fn handle(&mut self) -> String {
        let sessions = self.sessions().await;
        let this: Vec<_> = sessions.iter().filter(|one| one["this"] == true).collect();
        let [this] = this[..] else {
            panic!("one is this one: {sessions:?}");
        };
        this["id"].as_str().expect("a text").to_owned()
    }

    /// Presses the button that ends one session.
    pub async fn end_session(&mut self, handle: &str) -> Page {
        let url = format!("{APP}/sessions/end");
        self.post(&url, &[("session", handle)]).await
    }

    /// Presses the button that ends all others.
    pub async fn end_others(&mut self) -> Page {
        self.post(&format!("{APP}/sessions/end-others"), &[]).await
    }
}
