//! The userinfo endpoint of a provider that can be bent.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use http::{Response, header};
use serde_json::{Value, json};

use super::{Bend, HostileProvider, IdToken, Seen, Signature, State, ok};
use crate::world::ISSUER;

/// What the endpoint knows and how it answers.
#[derive(Default)]
pub(super) struct UserInfo {
    is_offered: bool,
    claims: Option<Bend<Value>>,
    token: Option<Bend<IdToken>>,
    /// Whose access token it is.
    users: BTreeMap<String, String>,
}

impl HostileProvider {
    /// Offers a userinfo endpoint, whose claims are the `sub` and what this makes of them.
    pub fn offer_userinfo(&self, bend: impl Fn(&mut Value) + Send + Sync + 'static) {
        let mut state = self.state();
        state.userinfo.is_offered = true;
        state.userinfo.claims = Some(Arc::new(bend));
        state.userinfo.token = None;
    }

    /// Signs what userinfo answers, changed before it is signed.
    pub fn sign_userinfo(&self, bend: impl Fn(&mut IdToken) + Send + Sync + 'static) {
        self.state().userinfo.token = Some(Arc::new(bend));
    }
}

impl UserInfo {
    pub(super) fn remember(&mut self, access_token: &str, user: &str) {
        self.users.insert(access_token.to_owned(), user.to_owned());
    }

    pub(super) fn be_honest(&mut self) {
        (self.claims, self.token) = (None, None);
    }

    pub(super) fn describe(&self, metadata: &mut Value) {
        if self.is_offered {
            metadata["userinfo_endpoint"] = json!(format!("{ISSUER}/userinfo"));
        }
    }
}

impl State {
    /// Answers whoever has an access token of its own in the header, as an honest provider does.
    pub(super) fn userinfo(&self, seen: &Seen) -> Response<Bytes> {
        let line = seen.headers.get(header::AUTHORIZATION);
        let token = line.and_then(|line| line.to_str().ok()?.strip_prefix("Bearer "));
        let user = token.and_then(|token| self.userinfo.users.get(token));
        let Some(user) = user else {
            let challenge = "Bearer error=\"invalid_token\"";
            return Response::builder()
                .status(401)
                .header(header::WWW_AUTHENTICATE, challenge)
                .body(Bytes::new())
                .expect("a response");
        };
        let mut claims = json!({ "sub": format!("{user}-id") });
        if let Some(bend) = &self.userinfo.claims {
            bend(&mut claims);
        }
        let Some(bend) = &self.userinfo.token else {
            return ok(&claims);
        };
        claims["iss"] = json!(ISSUER);
        claims["aud"] = json!("flask-app");
        let mut token = IdToken {
            header: self.signing_key.header("JWT"),
            claims,
            signature: Signature::By(self.signing_key.clone()),
        };
        bend(&mut token);
        Response::builder()
            .header(header::CONTENT_TYPE, "application/jwt")
            .body(Bytes::from(token.to_jws()))
            .expect("a response")
    }
}
