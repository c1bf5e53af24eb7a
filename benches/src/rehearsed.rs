//! Logins whose provider has done its work before they are measured.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, Uri};
use oidc_login::{
    ClientConfig, RelyingParty, SessionSecrets,
    seams::{HttpClient, HttpError},
};
use oidc_login_dev_provider::SigningKeys;
use oidc_login_tests::wire::Wire;

use crate::world::{OneClient, World, provider_of};

/// A relying party that signs in first, and one that then does the same and gets the same answers.
///
/// Each opens the other's cookies, and they share nothing else of their own.
pub struct Rehearsed {
    /// Asks the provider.
    pub rehearsal: World,
    /// Is answered at once with what the provider answered then, each time once.
    pub performance: World,
}

impl Rehearsed {
    /// Of one provider and one client.
    ///
    /// # Panics
    /// When the settings here are wrong.
    pub fn new(client: OneClient, keys: SigningKeys) -> Self {
        let answers = Answers::default();
        let secrets = SessionSecrets::random();
        let relying_party = |client: ClientConfig| {
            let relying_party = RelyingParty::builder(client).session_secrets(secrets.clone());
            relying_party.build().expect("a relying party")
        };
        let (provider, told) = provider_of(client, keys, |provider| provider);
        let world = || {
            let way = Remembering {
                wire: Wire(provider.router()),
                answers: answers.clone(),
            };
            let (provider, told) = (provider.clone(), told.clone());
            World::of(provider, told, client, way, |client| client, relying_party)
        };
        Self {
            rehearsal: world(),
            performance: world(),
        }
    }
}

/// What the provider answered to a request, which is posted again word for word.
type Answers = Arc<Mutex<HashMap<(Uri, Bytes), Response<Bytes>>>>;

struct Remembering {
    wire: Wire,
    answers: Answers,
}

impl Remembering {
    fn answers<R>(&self, look: impl FnOnce(&mut HashMap<(Uri, Bytes), Response<Bytes>>) -> R) -> R {
        look(&mut self.answers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl HttpClient for Remembering {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        if request.method() != Method::POST {
            return self.wire.send(request).await;
        }
        let posted = (request.uri().clone(), request.body().clone());
        if let Some(answer) = self.answers(|answers| answers.remove(&posted)) {
            return Ok(answer);
        }
        let answer = self.wire.send(request).await?;
        self.answers(|answers| answers.insert(posted, answer.clone()));
        Ok(answer)
    }
}
