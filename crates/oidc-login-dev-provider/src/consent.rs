//! Who allowed which client what.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{Client, authorization_request::AuthorizationRequest, scope::Scope, sessions::Session};

/// How an app comes by the consent of its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    ByRegistration,
    Required,
}

impl Client {
    /// Asks people before it learns something about them: *Consent required* in Keycloak's console. Off by default.
    ///
    /// Who allowed it once is not asked again until it wants more, or says `prompt=consent`, which asks for any client.
    /// `prompt=none` without consent is answered `consent_required`.
    ///
    /// A client without it has everybody's consent by its registration, as one's own apps have, and so gets `offline_access` for
    /// the asking; with it people are told of that scope, and it is granted by their word alone
    /// ([OIDC Core §11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess)).
    pub fn consent_required(mut self) -> Self {
        self.consent = Consent::Required;
        self
    }
}

/// What people allowed clients, by `sub` and client id, as long as the provider runs.
#[derive(Default)]
pub(crate) struct Consents(Mutex<BTreeMap<(String, String), Scope>>);

impl Consents {
    /// Whether this person has to be asked before the request is answered.
    pub(crate) fn is_missing(&self, request: &AuthorizationRequest<'_>, session: &Session) -> bool {
        let all = self.lock();
        let allowed = || all.get(&key(request, session));
        let covered = || allowed().is_some_and(|allowed| request.scope.within(allowed));
        request.prompts_consent
            || request.client.settings.consent == Consent::Required && !covered()
    }

    /// Adds what this person has just allowed.
    pub(crate) fn add(&self, request: &AuthorizationRequest<'_>, session: &Session) {
        let mut all = self.lock();
        let allowed = all.entry(key(request, session)).or_default();
        allowed.extend(&request.scope);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, String), Scope>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(request: &AuthorizationRequest<'_>, session: &Session) -> (String, String) {
    (session.user.sub.clone(), request.client.settings.id.clone())
}
