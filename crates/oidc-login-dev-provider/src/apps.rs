//! The apps of a session, and how they are told that it is over.

use std::collections::BTreeSet;

use axum::body::Bytes;
use http::{HeaderValue, Method, Request, header};
use oidc_login_core::seams::HttpClient;
use serde_json::json;
use time::Duration;
use tokio::task::JoinSet;
use url::{Url, form_urlencoded};

use crate::{bend, client::RegisteredClient, provider::Provider, sessions::Session};

const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The apps that a person signed in to in one session, and how they learn that it is over.
impl Provider {
    /// The session is now known to this app.
    pub(crate) fn join(&self, sid: &str, client_id: &str) {
        let now = self.now();
        let mut apps = self.apps();
        let mut clients = apps.remove(sid).unwrap_or_default();
        clients.insert(client_id.to_owned());
        apps.insert(
            sid.to_owned(),
            clients,
            now + self.settings.session_lifetime,
            now,
        );
    }

    /// Tells all apps of a session that is over: at once those with a `backchannel_logout_uri`, whose answers it waits for.
    /// Returns what the sign-out page frames for the others.
    pub(crate) async fn tell_apps(&self, session: &Session) -> Vec<Url> {
        let clients = self.apps().remove(&session.sid).unwrap_or_default();
        let registered = &self.settings.clients;
        let clients = clients.iter().filter_map(|id| registered.get(id));
        let clients: Vec<_> = clients.collect();
        let mut posts = JoinSet::new();
        for client in &clients {
            let Some((uri, http)) = client
                .logout_uris
                .backchannel
                .as_ref()
                .zip(self.http.clone())
            else {
                continue;
            };
            let (id, request) = (
                client.settings.id.clone(),
                post(uri, &self.logout_token(client, session)),
            );
            posts.spawn(async move { send(&*http, &id, request).await });
        }
        while posts.join_next().await.is_some() {}
        let frames = clients
            .iter()
            .filter_map(|client| self.frame(client, session));
        frames.collect()
    }

    /// [Back-Channel Logout §2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken).
    fn logout_token(&self, client: &RegisteredClient, session: &Session) -> String {
        let (now, keys) = (self.now(), self.keys());
        let claims = json!({
            "iss": self.settings.issuer.as_str(),
            "aud": client.settings.id,
            "iat": now.unix_timestamp(),
            "exp": (now + Duration::minutes(2)).unix_timestamp(),
            "jti": self.random_token(),
            "events": { LOGOUT_EVENT: {} },
            "sub": session.user.sub,
            "sid": session.sid,
        });
        let algorithm = client.settings.id_token_signed_response_alg;
        bend::logout_token::sign(self.bend(), keys.for_algorithm(algorithm), claims)
    }

    /// [Front-Channel Logout §3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout).
    fn frame(&self, client: &RegisteredClient, session: &Session) -> Option<Url> {
        let mut url = client.logout_uris.frontchannel.clone()?;
        if client.logout_uris.frontchannel_names_session {
            url.query_pairs_mut()
                .append_pair("iss", self.settings.issuer.as_str())
                .append_pair("sid", &session.sid);
        }
        Some(url)
    }
}

fn post(uri: &Url, logout_token: &str) -> Request<Bytes> {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", logout_token)
        .finish();
    let mut request = Request::new(Bytes::from(form));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.as_str().parse().expect("an http URL is a URI");
    request.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    request
}

async fn send(http: &dyn HttpClient, client_id: &str, request: Request<Bytes>) {
    match http.send(request).await {
        Ok(response) if response.status().is_success() => {}
        Ok(response) => {
            let status = response.status().as_u16();
            tracing::warn!(client_id, status, "an app refused the logout token");
        }
        Err(error) => {
            tracing::warn!(client_id, %error, "an app cannot be told of a sign-out");
        }
    }
}

/// The clients of each session, by its `sid`.
pub(crate) type Apps = crate::bounded::Bounded<BTreeSet<String>>;
