//! From a code to a login: tokens, their checks, the app's word, the session.

use std::{collections::HashMap, sync::Arc};

use serde_json::Value;
use time::OffsetDateTime;
use tower_sessions_core::{session::Record, session_store};

use super::{
    context::{RequestContext, unavailable},
    flights::SignedIn,
    handover::Handover,
    session_keys::{OWNER_KEY, may_see, owner_value},
    user_claims::UserClaims,
};
use crate::{
    error::{LoginError, LoginErrorKind},
    hooks::{LOGIN_LIMIT, LoginDecision, OnLogin, hook_failed, in_time},
    protocol::{
        Code, Demands, RawIdToken,
        id_token::{self, VerifiedIdToken},
        metadata::Metadata,
        pending_login::PendingLogin,
        step_up::Authentication,
        token_request::TokenRequest,
        token_response::TokenResponse,
    },
    relying_party::Sessions,
    session::{
        AboutSession, EndedOf, Expected, LoadedLogin, Login, LoginIndex, LoginRecord, Put,
        SessionId,
    },
};

impl RequestContext {
    /// Exchanges the code and signs the user in.
    pub(super) async fn exchange(
        &self,
        pending: PendingLogin,
        code: Code,
        about: AboutSession,
    ) -> Result<SignedIn, LoginError> {
        let inner = self.inner();
        let metadata = inner.provider.metadata().await?;
        let asked = pending.parameters.over(&inner.client.parameters);
        let request = TokenRequest {
            endpoint: &metadata.value.token_endpoint,
            client: inner.client_proof(&metadata.value)?,
            code,
            redirect_uri: &pending.redirect_uri,
            code_verifier: &pending.code_verifier,
            extra: asked.token(),
        };
        let mut exchanged = inner.provider.exchange(request, inner.clock.now()).await?;
        let id_token = exchanged.tokens.id_token.take();
        let id_token = id_token.ok_or(LoginErrorKind::IdTokenMissing)?;
        let demands = asked.demands();
        let verified = self
            .verify(
                &metadata.value,
                &pending,
                &demands,
                &id_token,
                &exchanged.tokens,
            )
            .await
            .map_err(|error| match exchanged.provider_date {
                Some(date) => error.with_evidence("the provider's clock", date),
                None => error,
            })?;
        let access_token = &exchanged.tokens.access_token;
        let claims = inner
            .claims_of_login(&metadata.value, &verified, access_token)
            .await?;
        let decoded = claims.decoded.clone();
        let record = self.record(&verified, &demands, id_token, exchanged.tokens, claims);
        let login = Arc::new(Login::with_claims(record, &decoded));
        self.sign_in(login, &pending.return_to, &about).await
    }

    async fn verify(
        &self,
        metadata: &Metadata,
        pending: &PendingLogin,
        demands: &Demands,
        raw: &RawIdToken,
        tokens: &TokenResponse,
    ) -> Result<VerifiedIdToken, LoginError> {
        let client_id = &self.inner().client.client_id;
        let mut expected = id_token::Expected::new(&metadata.issuer, client_id);
        expected.nonce = Some(pending.nonce.secret());
        expected.access_token = Some(tokens.access_token.secret());
        let acr_values: Vec<_> = demands.acr.iter().map(String::as_str).collect();
        expected.acr_values = &acr_values;
        expected.authenticated_since = demands.authenticated_since(pending.started_at);
        self.inner().verify_id_token(metadata, raw, expected).await
    }

    fn record(
        &self,
        verified: &VerifiedIdToken,
        demands: &Demands,
        id_token: RawIdToken,
        tokens: TokenResponse,
        claims: UserClaims,
    ) -> LoginRecord {
        let inner = self.inner();
        let now = inner.clock.now();
        LoginRecord {
            issuer: verified.issuer().to_owned(),
            client_id: inner.client.client_id.clone(),
            subject: verified.subject().to_owned(),
            sid: verified.sid().map(str::to_owned),
            claims: claims.json,
            roles: claims.roles,
            id_token,
            issued_at: verified.issued_at().unix_timestamp(),
            id_token_expires_at: verified.expires_at().unix_timestamp(),
            access_token: tokens.access_token,
            access_token_expires_at: tokens
                .access_token_expires_at
                .map(OffsetDateTime::unix_timestamp),
            refresh_token: tokens.refresh_token,
            logged_in_at: now.unix_timestamp(),
            ends_at: inner.lifetimes.ends_at(now).unix_timestamp(),
            refreshed_at: None,
            granted_scope: tokens.scope,
            userinfo: claims.userinfo,
            authentication: Authentication::of(verified, demands, now, inner.client.leeway),
        }
    }

    /// Asks the app, then makes the session. Until then a failed login has changed nothing.
    async fn sign_in(
        &self,
        login: Arc<Login>,
        return_to: &str,
        about: &AboutSession,
    ) -> Result<SignedIn, LoginError> {
        let inner = self.inner();
        let before = self.loaded().await.map_err(unavailable)?;
        let keeps_values = before.is_none_or(|before| is_same_user(&before.login, &login));
        let values = if keeps_values {
            let values = self.values_before(before, &login).await;
            values.map_err(values_failed)?
        } else {
            HashMap::new()
        };
        let (values, elsewhere) = match &inner.hooks.on_login {
            Some(hook) => self.ask_app(hook, &login, values).await?,
            None => (values, None),
        };
        let id = SessionId::fresh(&*inner.random);
        let index = LoginIndex {
            about: about.seal(&inner.keys, &inner.user(login.subject()), &*inner.random),
            ..inner.keys.index_of(&login)
        };
        self.make_session(&id, &login, &index, values, keeps_values)
            .await?;
        tracing::info!(issuer = login.issuer(), "a user signed in");
        Ok(SignedIn {
            return_to: elsewhere.unwrap_or_else(|| return_to.to_owned()),
            id,
            presented: self.presented.keys().collect(),
            at: inner.clock.now().unix_timestamp(),
        })
    }

    /// What the app kept of this user, or of a visitor, before.
    async fn values_before(
        &self,
        before: Option<&LoadedLogin>,
        login: &Login,
    ) -> session_store::Result<HashMap<String, Value>> {
        let inner = self.inner();
        let id = match (before, inner.sessions) {
            (_, Sessions::App | Sessions::LoginsOnly) => None,
            (Some(before), _) => self.presented.id(before.key),
            (None, _) => self.presented.only(),
        };
        let Some(id) = id else {
            return Ok(HashMap::new());
        };
        let record = inner.values.load(id).await?;
        let record = record.filter(|record| may_see(record.data.get(OWNER_KEY), Some(login)));
        let mut values = record.map(|record| record.data).unwrap_or_default();
        values.remove(OWNER_KEY);
        Ok(values)
    }

    /// The app's word on a login: what it leaves in the session, and another place to go if it says
    /// so.
    async fn ask_app(
        &self,
        hook: &OnLogin,
        login: &Arc<Login>,
        values: HashMap<String, Value>,
    ) -> Result<(HashMap<String, Value>, Option<String>), LoginError> {
        let handover = Arc::new(Handover::default());
        let session = handover.session(values, login).await;
        let session = session.map_err(values_failed)?;
        let word = hook(login.clone(), session.clone());
        let elsewhere = match in_time(&*self.inner().timer, LOGIN_LIMIT, word).await {
            Ok(LoginDecision::Allow) => None,
            Ok(LoginDecision::Redirect(return_to)) => Some(return_to.as_str().to_owned()),
            Ok(LoginDecision::Deny(reason)) => {
                return Err(
                    LoginError::new(LoginErrorKind::LoginDenied).with_evidence("reason", reason)
                );
            }
            Err(error) => return Err(hook_failed("on_login", &error)),
        };
        let values = handover.take(&session).await.map_err(values_failed)?;
        Ok((values, elsewhere))
    }

    async fn make_session(
        &self,
        id: &SessionId,
        login: &Arc<Login>,
        index: &LoginIndex,
        values: HashMap<String, Value>,
        keeps_values: bool,
    ) -> Result<(), LoginError> {
        let inner = self.inner();
        let (key, now) = (id.key(), inner.clock.now());
        let deadline = inner.lifetimes.idle_until(now, login.ends_at());
        let record = inner.login_records.write(id, login);
        let put = inner
            .logins
            .put_if(&key, record, deadline, Expected::New(index))
            .await
            .map_err(unavailable)?;
        let version = match put {
            Put::Stored(version) => version,
            // No two sessions have one id, so a store that says so is broken.
            Put::Stale => return Err(LoginErrorKind::StoreUnavailable.into()),
            Put::Gone => return Err(ended_before(login, now)),
        };
        let made = match self.hand_over(id, login, values, keeps_values).await {
            Ok(()) => self.end_session().await.map_err(unavailable),
            Err(error) => Err(values_failed(error)),
        };
        if let Err(error) = made {
            // Nobody has the new id, so a store that fails here as well leaves nothing to use.
            let _ = inner.logins.end(&key).await;
            return Err(error);
        }
        inner.decoded.put(key, version, login.clone(), now);
        // What is under way with an older cookie, dead or alive, must not replace the new one.
        for key in self.presented.keys() {
            inner.ended.mark(key, EndedOf::Login, inner.clock.now());
        }
        Ok(())
    }

    /// Puts the app's values where the new login will find them.
    async fn hand_over(
        &self,
        id: &SessionId,
        login: &Login,
        mut values: HashMap<String, Value>,
        keeps_values: bool,
    ) -> session_store::Result<()> {
        if let Some(session) = self.app_session() {
            return session.renew(login, values, keeps_values).await;
        }
        if self.inner().sessions == Sessions::LoginsOnly {
            if !values.is_empty() {
                tracing::warn!(
                    "what on_login put into the session is dropped: this app keeps none, logins_only() is set"
                );
            }
            return Ok(());
        }
        values.insert(OWNER_KEY.to_owned(), owner_value(login));
        let record = Record {
            id: id.key().app_session_id(),
            data: values,
            expiry_date: login.ends_at(),
        };
        self.inner().values.create(id, record).await.map(|_| ())
    }
}

fn is_same_user(one: &Login, other: &Login) -> bool {
    (one.issuer(), one.subject()) == (other.issuer(), other.subject())
}

/// The logout of this login was here first.
fn ended_before(login: &Login, now: OffsetDateTime) -> LoginError {
    let issued_at = login.record().issued_at;
    LoginError::new(LoginErrorKind::LoginEnded)
        .with_evidence("ID token issued at, by the provider's clock", issued_at)
        .with_evidence("the app's clock", now.unix_timestamp())
}

fn values_failed(error: session_store::Error) -> LoginError {
    LoginError::new(LoginErrorKind::StoreUnavailable).with_source(error)
}

#[cfg(all(test, feature = "tokio"))]
mod tests;
