//! How logins end: what the provider may do, and what it is told.

/// Whether the provider's sign-out page may end sessions here ([Front-Channel Logout 1.0]).
///
/// The provider frames `/auth/frontchannel-logout` in the page on which it signs its user out.
/// Register that address there as `frontchannel_logout_uri`, with
/// `frontchannel_logout_session_required` on: a request without `iss` and `sid` ends nothing. No
/// cookie is looked at, since browsers send none into a frame of another site; the session is found
/// by `sid`, so the provider must put that claim into its ID tokens.
///
/// [Front-Channel Logout 1.0]: https://openid.net/specs/openid-connect-frontchannel-1_0.html
///
/// # Security
///
/// Such a request is not signed: whoever knows the `sid` of a session can end it, and nothing else.
/// The specification (§4) leaves it to the provider to make `sid` so random that nobody guesses it.
/// Who knows it without guessing is the user, the provider, everybody who sees an ID token or an
/// `id_token_hint` of that session, and at many providers every other app that the user is signed
/// in to there. So another app's operator can sign its users out here, who then sign in again.
/// Where that is too much, or the provider can reach the app itself, back-channel logout is the
/// better way: its tokens are signed. Both may be on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrontchannelLogout {
    /// There is no such endpoint.
    #[default]
    Off,
    /// It ends the sessions of the `sid` it names.
    On,
}

/// Whether the tokens of a user who signs out are revoked at the provider ([RFC 7009]).
///
/// [RFC 7009]: https://www.rfc-editor.org/rfc/rfc7009
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenRevocation {
    /// The refresh token and then the access token, where the provider has a
    /// `revocation_endpoint`.
    ///
    /// It happens after the answer and takes none of its time. What fails is a line in the log: the
    /// session is over either way. Sessions that are ended from elsewhere, by the provider, an
    /// administrator or the list of the user's sessions, keep their tokens at the provider: what the
    /// store had of them is deleted, and cannot be read without the browser's cookie anyway.
    #[default]
    AtLogout,
    /// The provider is not told; tokens end by themselves.
    Off,
}
