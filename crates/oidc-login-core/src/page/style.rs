//! One stylesheet, and the policy that allows it and nothing else.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_STANDARD};

/// The stylesheet of our pages, exactly as it stands between `<style>` and `</style>`.
pub const STYLESHEET: &str = include_str!("../../templates/style.css");

/// The stylesheet as a source of `style-src`: `'sha256-…'`.
///
/// See [CSP Level 3, hash-source](https://www.w3.org/TR/CSP3/#grammardef-hash-source).
pub fn style_source() -> &'static str {
    static SOURCE: LazyLock<String> = LazyLock::new(|| {
        let hash = digest(&SHA256, STYLESHEET.as_bytes());
        format!("'sha256-{}'", BASE64_STANDARD.encode(hash))
    });
    &SOURCE
}

/// The value of `Content-Security-Policy` for our pages: this stylesheet, and nothing else.
///
/// `form-action` is left out on purpose. Browsers check it against every redirect that follows a
/// form, so `'self'` would stop a sign-out on its way to the provider.
pub fn content_security_policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        format!(
            "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src {}",
            style_source()
        )
    });
    &POLICY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_cannot_end_its_element_and_fetches_nothing() {
        for never in ["</", "@import", "url("] {
            assert!(!STYLESHEET.contains(never), "{never}");
        }
    }

    #[test]
    fn the_policy_allows_the_stylesheet_alone() {
        assert_eq!(
            content_security_policy(),
            format!(
                "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src {}",
                style_source()
            )
        );
        assert!(!content_security_policy().contains("form-action"));
    }
}
