//! What the public types promise to whoever holds one: a change here breaks apps.

use std::{error::Error, fmt::Debug};

use oidc_login_core::{
    ClaimError, ConfigError, LoginDecision, LoginError, LoginErrorKind, Policy, Readiness,
    RelyingParty, RelyingPartyBuilder, RequestContext, VerifiedClaims,
    config::{
        ClientAuthentication, ClientConfig, ClientConfigBuilder, ClientKeys, ClientSecret,
        Lifetimes, ProviderConfig, ProviderConfigBuilder, ReturnTo, TrustedProxies,
    },
    protocol::{
        AccessTokenText, LoginParameters, ParameterError, RawIdToken, StandardClaims,
        access_token::VerifiedAccessToken, id_token::VerifiedIdToken, key_set::KeySet,
        logout_token::VerifiedLogoutToken,
    },
    seams::{HttpError, SystemClock, SystemRandom},
    session::{
        ListedSession, Login, LoginIndex, LoginStore, MemoryStore, SessionHandle, SessionKey,
        SessionSecrets, StoreError, UserSession,
    },
};

/// In any task, on any thread, and to be looked at.
fn held<T: Debug + Send + Sync + Unpin + 'static>() {}

fn copied<T: Clone + Debug + Send + Sync + Unpin + 'static>() {}

fn an_error<T: Error + Send + Sync + Unpin + 'static>() {}

#[test]
fn every_thread_may_hold_them() {
    held::<RelyingPartyBuilder>();
    held::<RequestContext>();
    held::<Login>();
    held::<VerifiedClaims>();
    copied::<RelyingParty>();
    copied::<Policy>();
    copied::<Readiness>();
    copied::<LoginDecision>();
    copied::<LoginErrorKind>();
    copied::<ClientConfig>();
    copied::<ClientConfigBuilder>();
    copied::<ClientAuthentication>();
    copied::<ClientKeys>();
    copied::<ClientSecret>();
    copied::<Lifetimes>();
    copied::<ProviderConfig>();
    copied::<ProviderConfigBuilder>();
    copied::<ReturnTo>();
    copied::<TrustedProxies>();
    copied::<AccessTokenText>();
    copied::<RawIdToken>();
    copied::<LoginParameters>();
    copied::<StandardClaims>();
    copied::<KeySet>();
    copied::<VerifiedAccessToken>();
    copied::<VerifiedIdToken>();
    copied::<VerifiedLogoutToken>();
    copied::<SystemClock>();
    copied::<SystemRandom>();
    copied::<ListedSession>();
    copied::<LoginIndex>();
    copied::<MemoryStore>();
    copied::<SessionHandle>();
    copied::<SessionKey>();
    copied::<SessionSecrets>();
    copied::<UserSession>();
    copied::<LoginError>();
    an_error::<LoginError>();
    an_error::<ConfigError>();
    an_error::<ClaimError>();
    an_error::<ParameterError>();
    an_error::<HttpError>();
    an_error::<StoreError>();
}

/// One chosen when the app starts, say.
#[test]
fn a_store_may_stand_behind_a_pointer() {
    fn is_a_store(_: impl LoginStore) {}
    let store: std::sync::Arc<dyn LoginStore> = std::sync::Arc::new(MemoryStore::new());
    is_a_store(store);
}
