//! Whether visitors are signed in without a question.

/// Whether a visitor of an open page is signed in where the provider knows them already, without
/// a question (`prompt=none`, [OpenID Connect Core §3.1.2.1]).
///
/// [OpenID Connect Core §3.1.2.1]: https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SilentLogin {
    /// Nobody goes to the provider before they ask for it, or a page needs it.
    #[default]
    Off,
    /// A visitor who opens a page that wants to know who they are (`Option<Claims>`) is sent to the
    /// provider, and comes back to that page: as a user if the provider knew them, and otherwise,
    /// whatever it answered, as a visitor.
    ///
    /// Only where a person opens the page: a `GET` that the browser itself calls a navigation of a
    /// whole window (`Sec-Fetch-Mode`, `Sec-Fetch-Dest`), no prefetch, no script, no robot. Only in a
    /// browser that sends a cookie of ours back, which the first page sets: that page is served to a
    /// visitor. At most once in five minutes per browser; and after somebody signed out here not
    /// before somebody signs in by hand.
    ///
    /// It costs such a visitor two or more redirects every five minutes, and the page waits for the
    /// provider. The provider hears of every visitor. A cookie (`oidc_silent_…`) is kept for 30 days; it
    /// holds a time, and no name for anybody.
    OnVisits,
}
