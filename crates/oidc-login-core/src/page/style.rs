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
    #![allow(clippy::unwrap_used)]

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

    /// What a colour is called, in one of the two schemes.
    fn colour(scheme: &str, name: &str) -> [f64; 3] {
        let (_, rest) = scheme.split_once(&format!("--{name}: #")).unwrap();
        let part = |at: usize| f64::from(u8::from_str_radix(&rest[at..at + 2], 16).unwrap());
        [part(0), part(2), part(4)].map(|part| part / 255.0)
    }

    /// [WCAG 2.2](https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let luminance = |colour: [f64; 3]| {
            let [red, green, blue] = colour.map(|part| match part {
                part if part <= 0.040_45 => part / 12.92,
                part => ((part + 0.055) / 1.055).powf(2.4),
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn everything_can_be_read_and_every_button_be_seen() {
        let (light, rest) = STYLESHEET.split_once("@media").unwrap();
        let (dark, _) = rest.split_once("\n}\n").unwrap();
        for (scheme, name) in [(light, "light"), (dark, "dark")] {
            for (front, back, least) in [
                ("text", "ground", 4.5),
                ("text", "card", 4.5),
                ("text", "sunken", 4.5),
                ("quiet", "ground", 4.5),
                ("quiet", "card", 4.5),
                ("quiet", "sunken", 4.5),
                ("accent", "card", 4.5),
                ("accent", "sunken", 4.5),
                ("accent-strong", "card", 4.5),
                ("on-accent", "accent", 4.5),
                ("on-accent", "accent-strong", 4.5),
                ("edge", "card", 3.0),
            ] {
                let found = contrast(colour(scheme, front), colour(scheme, back));
                assert!(found >= least, "{name}: {front} on {back}: {found:.2}");
            }
        }
    }
}
