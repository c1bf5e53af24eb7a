//! Whether the layers sit where they see what they need.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use http::Uri;

/// Redirects to the sign-in, without any request for an endpoint of ours, that look like a layer in
/// the wrong place.
const SUSPICIOUS: u32 = 3;

/// Notices that our layer may never see its callback, or the app's own one its cookie, and says so
/// once.
#[derive(Debug, Default)]
pub(crate) struct LayoutCheck {
    redirects: AtomicU32,
    has_seen_endpoint: AtomicBool,
    has_told_nested: AtomicBool,
    has_told_lost: AtomicBool,
}

impl LayoutCheck {
    pub(super) fn saw_an_endpoint(&self) {
        self.has_seen_endpoint.store(true, Ordering::Relaxed);
    }

    pub(super) fn saw_redirect_to_login(&self) {
        if self.has_seen_endpoint.load(Ordering::Relaxed) {
            return;
        }
        if self.redirects.fetch_add(1, Ordering::Relaxed) + 1 == SUSPICIOUS {
            tracing::error!(
                "browsers were sent to the sign-in, but no request for it ever came: \
                 add OidcLayer with Router::layer on the outermost router, not with route_layer; \
                 around a part of an app, that part needs a fallback of its own"
            );
        }
    }

    /// A nested router gets the requests below its prefix: it is in order where our endpoints, at
    /// this base path, are among them.
    pub(super) fn saw_nesting(&self, original: &Uri, inner: &Uri, base_path: &str) {
        let prefix = original.path().strip_suffix(inner.path());
        let prefix = prefix.unwrap_or(original.path());
        let below = base_path.strip_prefix(prefix);
        if below.is_some_and(|below| below.starts_with('/')) {
            return;
        }
        if !self.has_told_nested.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                original = original.path(),
                inner = inner.path(),
                base_path,
                "OidcLayer sits inside a nested router and may never see its callback: \
                 add it to the outermost router, or let the root URL have the path that is nested at"
            );
        }
    }

    /// Browsers hold `SameSite=Strict` cookies back when another site sends them here.
    pub(super) fn lost_app_session(&self) {
        if !self.has_told_lost.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "the app's session cookie did not come back with the provider's answer: \
                 set SameSite=Lax on the app's SessionManagerLayer"
            );
        }
    }
}
