//! Whether authorization requests are pushed.

/// Whether authorization requests are pushed to the provider, so that the browser carries only a
/// reference to them ([RFC 9126]): nobody there can read or change what is asked for.
///
/// Where a request is pushed and the provider does not take it, the login fails with a page that
/// says why. It never goes on with the browser carrying the request after all: whoever can disturb
/// the connection between app and provider would decide that.
///
/// [RFC 9126]: https://www.rfc-editor.org/rfc/rfc9126.html
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushedAuthorizationRequests {
    /// Where the provider's metadata names a `pushed_authorization_request_endpoint`. Each login then
    /// costs one more request to the provider, before the browser leaves.
    #[default]
    Auto,
    /// Always: without such an endpoint no login begins.
    Required,
    /// Not at all. Where the provider demands it (`require_pushed_authorization_requests`) no login
    /// begins.
    Never,
}
