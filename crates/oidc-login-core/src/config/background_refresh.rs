//! Whether tokens are refreshed before anybody asks for one.

/// Whether a request of a signed-in user refreshes tokens that end soon, without waiting for it.
///
/// A handler that asks for an access token gets one that works in either case. This is for apps
/// where nobody wants to wait for it, and for those that use no access token and want claims and
/// roles to follow the provider: they are as new as the last refresh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BackgroundRefresh {
    /// Only who asks for a token has it refreshed.
    #[default]
    Off,
    /// A request on which somebody asks who makes it begins a refresh where the access token ends
    /// within [`refresh_margin`], or has ended; the request itself goes on with what there is.
    ///
    /// The provider then hears from every user who is active, and a login that it refuses to go on
    /// with (`invalid_grant`) ends. Where it does not say when a token ends, and where it gave no
    /// refresh token, nothing happens. Requests of our own endpoints (`GET /auth/session`, say) begin
    /// none.
    ///
    /// [`refresh_margin`]: crate::RelyingPartyBuilder::refresh_margin
    OnRequests,
}
