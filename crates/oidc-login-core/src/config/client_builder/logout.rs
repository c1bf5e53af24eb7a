//! How logouts go.

use super::ClientConfigBuilder;
use crate::{
    config::{FrontchannelLogout, TokenRevocation},
    protocol::SigningAlgorithm,
};

impl ClientConfigBuilder {
    /// Where a logout may lead: patterns, `+` for the valid redirect URIs, `-` for nowhere.
    /// Default: `+`.
    pub fn valid_post_logout_redirect_uris(
        mut self,
        patterns: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.valid_post_logout_redirect_uris = patterns.into_iter().map(Into::into).collect();
        self
    }

    /// Where the provider sends the browser after logout; relative ones start at the root URL.
    /// With the path of our own endpoint, `/auth/logout/callback`, the `state` that comes back is
    /// compared and the target asked for is reached.
    ///
    /// Default: the root URL, as written. Where valid post-logout redirect URIs are set and it is not
    /// among them, our own endpoint if that is; else (`-`, say) none: the browser stays at the provider,
    /// which would refuse it.
    pub fn post_logout_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.post_logout_redirect_uri = Some(uri.into());
        self
    }

    /// The claim of the login that goes to the provider as `logout_hint` when its user signs out, as
    /// `login_hint` does for Microsoft Entra ID, which then asks for no account. Default: none
    /// (RP-Initiated Logout §2). A login without such a text sends none.
    pub fn logout_hint_claim(mut self, claim: impl Into<String>) -> Self {
        self.logout_hint_claim = Some(claim.into());
        self
    }

    /// One more parameter of every logout at the provider, such as `ui_locales`, or what a provider
    /// wants of its own (RP-Initiated Logout §2).
    pub fn end_session_parameter(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.end_session_parameters
            .push((name.into(), value.into()));
        self
    }

    /// The algorithms a logout token may be signed with: what the provider has registered for this
    /// client's ID tokens. Default: those set for ID tokens, or RS256, which providers register when
    /// nothing was asked for (OpenID Connect Registration §2, `id_token_signed_response_alg`).
    ///
    /// # Security
    /// Anybody can send a logout token, and a provider's keys may be used for other clients with
    /// other algorithms. The fewer, the better.
    pub fn logout_token_signing_algorithms(
        mut self,
        algorithms: impl IntoIterator<Item = SigningAlgorithm>,
    ) -> Self {
        self.logout_token_algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// Whether the provider's sign-out page may end sessions here. Default:
    /// [`FrontchannelLogout::Off`].
    pub fn frontchannel_logout(mut self, frontchannel_logout: FrontchannelLogout) -> Self {
        self.frontchannel_logout = frontchannel_logout;
        self
    }

    /// Whether the tokens of a user who signs out are revoked. Default:
    /// [`TokenRevocation::AtLogout`].
    pub fn token_revocation(mut self, token_revocation: TokenRevocation) -> Self {
        self.token_revocation = token_revocation;
        self
    }
}
