#![allow(clippy::unwrap_used)]

use std::{error::Error, fmt};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_STANDARD};

use super::*;
use crate::error::{LoginError, LoginErrorKind, SaidByProvider};

const HOSTILE: &str = r#"/"'><script>alert(1)</script><img src=x onerror=alert(1)>&"#;

#[derive(Debug)]
struct Outer(std::io::Error);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the outer cause {HOSTILE}")
    }
}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

fn hostile_error(kind: LoginErrorKind) -> LoginError {
    LoginError::new(kind)
        .with_id(HOSTILE.to_owned())
        .with_evidence("issuer expected", HOSTILE)
        .with_said_by_provider(SaidByProvider::new(HOSTILE, Some(HOSTILE)))
        .with_source(Outer(std::io::Error::other(format!(
            "the inner cause {HOSTILE}"
        ))))
}

fn error_page(error: &LoginError, detail: Detail) -> String {
    DefaultPages.error(&ErrorPage {
        error,
        detail,
        home: HOSTILE,
        sign_in: Some(HOSTILE),
    })
}

fn forbidden_page(error: &LoginError, detail: Detail) -> String {
    DefaultPages.forbidden(&ForbiddenPage {
        error,
        detail,
        role: HOSTILE,
        signed_in_as: HOSTILE,
        home: HOSTILE,
        logout: HOSTILE,
    })
}

/// Every page there is, with hostile text wherever a text can be.
fn every_page() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for &kind in LoginErrorKind::ALL {
        let error = hostile_error(kind);
        for detail in [Detail::Short, Detail::Full] {
            pages.push((
                format!("error {kind:?} {detail:?}"),
                error_page(&error, detail),
            ));
            pages.push((
                format!("forbidden {kind:?} {detail:?}"),
                forbidden_page(&error, detail),
            ));
        }
        pages.push((
            format!("unauthorized {kind:?}"),
            DefaultPages.unauthorized(&UnauthorizedPage {
                error: &error,
                sign_in: HOSTILE,
                home: HOSTILE,
            }),
        ));
    }
    pages.push((
        "confirm logout".to_owned(),
        DefaultPages.confirm_logout(&ConfirmLogoutPage {
            action: HOSTILE,
            fields: &[(HOSTILE, HOSTILE)],
            signed_in_as: Some(HOSTILE),
            home: HOSTILE,
        }),
    ));
    pages
}

#[test]
fn hostile_text_is_escaped_in_every_field_of_every_page() {
    for (name, html) in every_page() {
        let markup = html.replace(STYLESHEET, "");
        assert!(
            html.contains("&#60;script&#62;"),
            "{name}: the text is shown"
        );
        for never in ["<script", "<img", "\"'>", HOSTILE] {
            assert!(!markup.contains(never), "{name} contains {never}");
        }
    }
}

#[test]
fn a_page_is_whole_has_one_heading_and_stays_out_of_indexes() {
    for (name, html) in every_page() {
        assert!(
            html.starts_with("<!doctype html>\n<html lang=\"en\">"),
            "{name}"
        );
        assert!(html.trim_end().ends_with("</html>"), "{name}");
        assert!(
            html.contains(r#"<meta name="robots" content="noindex">"#),
            "{name}"
        );
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        for never in [" style=", " onclick=", "<link"] {
            assert!(!html.contains(never), "{name} contains {never}");
        }
    }
}

#[test]
fn the_policy_fits_what_stands_in_the_page() {
    for (name, html) in every_page() {
        let (_, rest) = html.split_once("<style>").unwrap();
        let (style, _) = rest.split_once("</style>").unwrap();
        let hash = BASE64_STANDARD.encode(digest(&SHA256, style.as_bytes()));
        assert!(
            content_security_policy().ends_with(&format!("style-src 'sha256-{hash}'")),
            "{name}"
        );
    }
}

#[test]
fn short_tells_what_happened_what_to_do_the_code_and_the_id() {
    let error = LoginError::new(LoginErrorKind::IssuerMismatch)
        .with_id("7f3k-2m9q".to_owned())
        .with_evidence("issuer expected", "https://a.example")
        .with_source(std::io::Error::other("the cause"));
    let html = error_page(&error, Detail::Short);
    for shown in [
        "The answer comes from another issuer than the one asked",
        "Do not continue if you did not expect this.",
        "<code>issuer_mismatch</code>",
        "<code>7f3k-2m9q</code>",
    ] {
        assert!(html.contains(shown), "{shown}");
    }
    for hidden in [
        "issuer expected",
        "https://a.example",
        "the cause",
        "whose move",
    ] {
        assert!(!html.contains(hidden), "{hidden}");
    }
}

#[test]
fn full_adds_the_evidence_every_cause_and_whose_move_it_is() {
    let error = LoginError::new(LoginErrorKind::IssuerMismatch)
        .with_evidence("issuer expected", "https://a.example")
        .with_evidence("issuer received", "")
        .with_source(Outer(std::io::Error::other("the inner cause")));
    for html in [
        error_page(&error, Detail::Full),
        forbidden_page(&error, Detail::Full),
    ] {
        for shown in [
            "<dt>issuer expected</dt>",
            "<dd>nothing</dd>",
            "<code>https://a.example</code>",
            "the outer cause",
            "the inner cause",
            "The provider’s, or",
        ] {
            assert!(html.contains(shown), "{shown}");
        }
    }
}

#[test]
fn an_error_without_an_id_shows_none() {
    let html = error_page(&LoginErrorKind::Internal.into(), Detail::Short);
    assert!(html.contains("<code>internal</code>"));
    assert!(!html.contains(", id"));
}

#[test]
fn the_providers_words_are_labelled_as_its_own() {
    let said = SaidByProvider::new("access_denied", Some("Call +1 555 to sign in"));
    let error = LoginError::new(LoginErrorKind::AccessDenied).with_said_by_provider(said);
    for detail in [Detail::Short, Detail::Full] {
        let html = error_page(&error, detail);
        let label = html.find("The provider’s own words").unwrap();
        let words = html.find("Call +1 555 to sign in").unwrap();
        assert!(label < words);
    }
    let silent = error_page(&LoginErrorKind::AccessDenied.into(), Detail::Full);
    assert!(!silent.contains("The provider’s own words"));
}

#[test]
fn no_roles_at_all_is_told_apart_from_a_missing_role() {
    let missing = forbidden_page(&LoginErrorKind::RoleMissing.into(), Detail::Short);
    assert!(missing.contains("You do not have the role"));
    assert!(!missing.contains("Add to ID token"));
    let none_at_all = forbidden_page(&LoginErrorKind::RoleClaimMissing.into(), Detail::Short);
    assert!(none_at_all.contains("The provider sent no roles at all"));
    assert!(none_at_all.contains("Add to ID token"));
}

#[test]
fn the_confirmation_posts_its_fields_and_offers_a_way_out() {
    let html = DefaultPages.confirm_logout(&ConfirmLogoutPage {
        action: "/auth/logout",
        fields: &[("token", "t1"), ("target", "t2")],
        signed_in_as: Some("alice"),
        home: "/",
    });
    for shown in [
        r#"<form method="post" action="/auth/logout">"#,
        r#"<input type="hidden" name="token" value="t1">"#,
        r#"<input type="hidden" name="target" value="t2">"#,
        "<strong>alice</strong>",
        r#"href="/">Stay signed in"#,
    ] {
        assert!(html.contains(shown), "{shown}");
    }
}

#[test]
fn no_link_of_a_page_runs_a_script() {
    let script = "javascript:alert(1)";
    let error = LoginError::new(LoginErrorKind::NotSignedIn);
    for html in [
        DefaultPages.error(&ErrorPage {
            error: &error,
            detail: Detail::Full,
            home: script,
            sign_in: Some(script),
        }),
        DefaultPages.unauthorized(&UnauthorizedPage {
            error: &error,
            sign_in: script,
            home: script,
        }),
        DefaultPages.forbidden(&ForbiddenPage {
            error: &error,
            detail: Detail::Full,
            role: "admin",
            signed_in_as: "alice",
            home: script,
            logout: script,
        }),
        DefaultPages.confirm_logout(&ConfirmLogoutPage {
            action: script,
            fields: &[],
            signed_in_as: None,
            home: script,
        }),
    ] {
        assert!(!html.contains("javascript:"), "{html}");
    }
}

#[test]
fn an_app_replaces_one_page_and_keeps_the_others() {
    struct Ours;
    impl Pages for Ours {
        fn error(&self, page: &ErrorPage<'_>) -> String {
            format!("ours: {}", page.error.code())
        }
    }
    let error = LoginError::new(LoginErrorKind::NotSignedIn);
    let page = ErrorPage {
        error: &error,
        detail: Detail::Short,
        home: "/",
        sign_in: None,
    };
    assert_eq!(Ours.error(&page), "ours: not_signed_in");
    let unauthorized = UnauthorizedPage {
        error: &error,
        sign_in: "/auth/login",
        home: "/",
    };
    assert_eq!(
        Ours.unauthorized(&unauthorized),
        DefaultPages.unauthorized(&unauthorized)
    );
}
