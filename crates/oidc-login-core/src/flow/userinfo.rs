//! Whether userinfo is asked for a login, and what comes of it.

use std::time::Duration;

use serde_json::{Map, Value};
use url::Url;

use crate::{
    config::UserInfo,
    error::{LoginError, LoginErrorKind},
    protocol::{
        AccessTokenText,
        key_set::KeySet,
        metadata::Metadata,
        scope_claims,
        userinfo::{Answer, Expected, UserInfoError, UserInfoRequest, VerifiedUserInfo},
    },
    provider::TokenSource,
    relying_party::Inner,
    seams::within,
};

/// What the ID token said, and what buys more.
pub(super) struct Known<'a> {
    /// The claims of the ID token.
    pub(super) claims: &'a Map<String, Value>,
    pub(super) subject: &'a str,
    pub(super) access_token: &'a AccessTokenText,
    /// Whether the claims of this login came from userinfo before.
    pub(super) had_userinfo: bool,
    /// How long the answer may take.
    pub(super) limit: Duration,
}

/// What came of it.
pub(super) enum Asked {
    /// Nobody had to ask.
    No,
    /// Claims of this user.
    Came(VerifiedUserInfo),
    /// Nothing that can be used.
    Failed(LoginError),
}

impl Inner {
    /// Asks userinfo where the client's setting says so.
    ///
    /// # Errors
    /// For an answer about somebody else: then the access token is somebody else's, too.
    pub(super) async fn ask_userinfo(
        &self,
        metadata: &Metadata,
        known: &Known<'_>,
    ) -> Result<Asked, LoginError> {
        let is_wanted = match self.client.userinfo {
            UserInfo::Off => false,
            UserInfo::Always => true,
            UserInfo::Auto => {
                known.had_userinfo || scope_claims::are_missing(&self.client.scopes, known.claims)
            }
        };
        let endpoint = match (&metadata.userinfo_endpoint, self.client.userinfo) {
            _ if !is_wanted => return Ok(Asked::No),
            (Some(endpoint), _) => endpoint,
            (None, UserInfo::Auto) if !known.had_userinfo => return Ok(Asked::No),
            (None, _) => return Ok(Asked::Failed(LoginErrorKind::UserInfoMissing.into())),
        };
        match self.verified_userinfo(metadata, endpoint, known).await {
            Ok(userinfo) => Ok(Asked::Came(userinfo)),
            Err(error) if error.kind() == LoginErrorKind::UserInfoSubject => Err(error),
            Err(error) => Ok(Asked::Failed(error)),
        }
    }

    async fn verified_userinfo(
        &self,
        metadata: &Metadata,
        endpoint: &Url,
        known: &Known<'_>,
    ) -> Result<VerifiedUserInfo, LoginError> {
        let request = UserInfoRequest {
            endpoint,
            access_token: known.access_token,
        };
        let answer = self.provider.userinfo(request);
        let answer = within(&*self.timer, known.limit, answer).await;
        let answer = answer.unwrap_or_else(|| {
            Err(LoginError::new(LoginErrorKind::UserInfoUnavailable)
                .with_evidence("what happened", "no answer in time"))
        })?;
        let expected = Expected {
            subject: known.subject,
            issuer: &metadata.issuer,
            client_id: &self.client.client_id,
            algorithms: self.client.algorithms,
            leeway: self.client.leeway,
        };
        self.verify_userinfo(metadata, &answer, &expected).await
    }

    async fn verify_userinfo(
        &self,
        metadata: &Metadata,
        answer: &Answer,
        expected: &Expected<'_>,
    ) -> Result<VerifiedUserInfo, LoginError> {
        let verify = |keys: &KeySet| answer.verify(keys, expected, self.clock.now());
        let verified = self.provider.verify(
            metadata,
            TokenSource::OwnRequest,
            verify,
            UserInfoError::fresh_keys_may_help,
        );
        Ok(verified.await??)
    }
}
