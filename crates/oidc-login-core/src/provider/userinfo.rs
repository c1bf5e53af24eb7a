//! The userinfo endpoint.

use super::{Provider, ProviderEndpoint};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::userinfo::{Answer, UserInfoRequest},
};

impl Provider {
    /// Asks for the claims of the user whose access token it is; the answer is not verified yet.
    pub(crate) async fn userinfo(
        &self,
        request: UserInfoRequest<'_>,
    ) -> Result<Answer, LoginError> {
        let sent = self
            .send(ProviderEndpoint::UserInfo, request.to_http()?)
            .await;
        let response =
            sent.map_err(|error| error.with_kind(LoginErrorKind::UserInfoUnavailable))?;
        Ok(Answer::of(&response)?)
    }
}
