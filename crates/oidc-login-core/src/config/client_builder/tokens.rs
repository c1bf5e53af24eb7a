//! What is believed of tokens, and what is read of them.

use std::time::Duration;

use super::ClientConfigBuilder;
use crate::{
    config::{AccessTokenRoles, UserInfo},
    protocol::SigningAlgorithm,
};

impl ClientConfigBuilder {
    /// The algorithms an ID token may be signed with, and a userinfo answer where it is signed.
    /// Default: all we know, which are all asymmetric.
    pub fn id_token_signing_algorithms(
        mut self,
        algorithms: impl IntoIterator<Item = SigningAlgorithm>,
    ) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// How far the provider's clock may be off. Default: 60 seconds.
    pub fn clock_leeway(mut self, leeway: Duration) -> Self {
        self.leeway = Some(leeway);
        self
    }

    /// Who else may be among the audience of an ID token, besides our client id. Default: nobody
    /// (OpenID Connect Core §3.1.3.7).
    pub fn trusted_audiences(
        mut self,
        audiences: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.trusted_audiences = audiences.into_iter().map(Into::into).collect();
        self
    }

    /// Where in the claims the roles stand. Default: `realm_access.roles` and `roles`.
    pub fn role_claims(mut self, paths: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.role_claims = Some(paths.into_iter().map(Into::into).collect());
        self
    }

    /// Whether roles are also read from the access token. Default: no.
    pub fn access_token_roles(mut self, roles: AccessTokenRoles) -> Self {
        self.access_token_roles = roles;
        self
    }

    /// Whether the provider's userinfo endpoint is asked for claims. Default: [`UserInfo::Auto`],
    /// when claims of a requested scope are missing in the ID token.
    pub fn userinfo(mut self, userinfo: UserInfo) -> Self {
        self.userinfo = userinfo;
        self
    }
}
