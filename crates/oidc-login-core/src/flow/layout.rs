//! Whether the layer sits where it sees its own endpoints.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use http::Uri;

/// Redirects to the sign-in, without any request for an endpoint of ours, that look like a layer in
/// the wrong place.
const SUSPICIOUS: u32 = 3;

/// Notices that the layer may never see its callback, and says so once.
#[derive(Debug, Default)]
pub(crate) struct LayoutCheck {
    redirects: AtomicU32,
    has_seen_endpoint: AtomicBool,
    has_told_nested: AtomicBool,
}

impl LayoutCheck {
    pub(super) fn saw_an_endpoint(&self) {
        self.has_seen_endpoint.store(true, Ordering::Relaxed);
    }

    /// Counts a redirect to the sign-in; says whether it is the one to worry about.
    pub(super) fn redirects_to_login(&self) -> bool {
        if self.has_seen_endpoint.load(Ordering::Relaxed) {
            return false;
        }
        let is_suspicious = self.redirects.fetch_add(1, Ordering::Relaxed) + 1 == SUSPICIOUS;
        if is_suspicious {
            tracing::error!(
                "browsers were sent to the sign-in, but no request for it ever came: \
                 add OidcLayer with Router::layer on the outermost router, not with route_layer"
            );
        }
        is_suspicious
    }

    pub(super) fn is_nested(&self, original: &Uri, inner: &Uri) {
        if !self.has_told_nested.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                original = original.path(),
                inner = inner.path(),
                "OidcLayer sits inside a nested router and may never see its callback: \
                 add it to the outermost router"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_without_an_endpoint_are_suspicious_once() {
        let check = LayoutCheck::default();
        let told: Vec<_> = (0..5).map(|_| check.redirects_to_login()).collect();
        assert_eq!(told, [false, false, true, false, false]);
        let check = LayoutCheck::default();
        check.saw_an_endpoint();
        assert!((0..5).all(|_| !check.redirects_to_login()));
    }
}
