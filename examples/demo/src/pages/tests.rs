#![allow(clippy::unwrap_used)]

use askama::Template;
use serde_json::json;
use time::macros::datetime;

use super::*;

const HOSTILE: &str = r#"/"'><script>alert(1)</script><img src=x onerror=alert(1)>&"#;

fn person() -> Person {
    Person {
        name: HOSTILE.to_owned(),
        email: Some(HOSTILE.to_owned()),
        email_is_verified: false,
    }
}

fn home(person: Option<Person>) -> HomePage {
    HomePage {
        person,
        sign_in: HOSTILE.to_owned(),
        sign_out: HOSTILE.to_owned(),
        users_are_known: true,
    }
}

fn secure() -> SecurePage {
    let now = datetime!(2026-11-21 10:45 UTC);
    SecurePage {
        person: person(),
        claims: vec![
            Claim::new(HOSTILE, &json!(HOSTILE)),
            Claim::new("nested", &json!({ HOSTILE: [HOSTILE] })),
            Claim::new("exp", &json!(1_763_722_200)),
        ],
        lifetimes: vec![
            Lifetime {
                what: "ID token",
                meaning: "what the provider said at sign-in",
                at: Some(now + time::Duration::minutes(5)),
            },
            Lifetime {
                what: "Access token",
                meaning: "what this app shows to other services",
                at: None,
            },
        ],
        now,
        sign_out: HOSTILE.to_owned(),
    }
}

fn session(is_this_one: bool) -> SessionRow {
    SessionRow {
        id: HOSTILE.to_owned(),
        is_this_one,
        browser: HOSTILE.to_owned(),
        has_name: !is_this_one,
        address: Some("192.0.2.1".to_owned()),
        since: "5 minutes ago".to_owned(),
        since_utc: Some("2026-11-21 10:45:00 UTC".to_owned()),
        left: "in 55 minutes".to_owned(),
    }
}

fn sessions(others: usize) -> String {
    let mut sessions = vec![session(true)];
    sessions.extend((0..others).map(|_| session(false)));
    let person = person();
    SessionsPage { person, sessions }.render().unwrap()
}

fn admin(found: Option<Vec<SessionRow>>) -> String {
    let found = found.map(|sessions| UsersSessions {
        sub: HOSTILE.to_owned(),
        sessions,
    });
    AdminPage {
        person: person(),
        sign_out: HOSTILE.to_owned(),
        found,
    }
    .render()
    .unwrap()
}

fn every_page() -> Vec<(&'static str, String)> {
    let not_found = NotFoundPage {
        path: HOSTILE.to_owned(),
    };
    let refreshed = RefreshedPage {
        lifetime: secure().lifetimes.remove(0),
        userinfo: vec![Claim::new(HOSTILE, &json!(HOSTILE))],
        now: secure().now,
    };
    let not_refreshed = NotRefreshedPage {
        code: HOSTILE.to_owned(),
        text: HOSTILE.to_owned(),
    };
    vec![
        ("refreshed", refreshed.render().unwrap()),
        ("not refreshed", not_refreshed.render().unwrap()),
        ("home", home(None).render().unwrap()),
        ("home, signed in", home(Some(person())).render().unwrap()),
        ("secure", secure().render().unwrap()),
        ("admin", admin(None)),
        ("admin, nobody", admin(Some(vec![]))),
        ("admin, somebody", admin(Some(vec![session(false)]))),
        ("sessions", sessions(1)),
        ("not found", not_found.render().unwrap()),
    ]
}

#[test]
fn hostile_text_is_escaped_everywhere() {
    for (name, html) in every_page() {
        assert!(
            html.contains("&#60;script&#62;"),
            "{name}: the text is shown"
        );
        for never in ["<script", "<img", "\"'>", HOSTILE] {
            assert!(!html.contains(never), "{name} contains {never}");
        }
    }
}

#[test]
fn a_page_is_whole_and_its_policy_lets_all_of_it_through() {
    for (name, html) in every_page() {
        assert!(
            html.starts_with("<!doctype html>\n<html lang=\"en\">"),
            "{name}"
        );
        assert!(html.trim_end().ends_with("</html>"), "{name}");
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        for never in [" style=", "<style", "<script", " onclick="] {
            assert!(!html.contains(never), "{name} contains {never}");
        }
    }
}

#[test]
fn the_open_page_knows_whether_somebody_is_signed_in() {
    let visitor = home(None).render().unwrap();
    let somebody = home(Some(person())).render().unwrap();
    for html in [&visitor, &somebody] {
        assert!(html.contains("Hello from the open endpoint"));
        assert!(html.contains(r#"href="/secure">Secure"#));
    }
    assert!(visitor.contains("You are not signed in"));
    assert!(!visitor.contains("Sign out"));
    assert!(somebody.contains("You are signed in as"));
    assert!(somebody.contains("Sign out"));
}

#[test]
fn passwords_are_shown_for_the_embedded_provider_only() {
    let mut page = home(None);
    assert!(page.render().unwrap().contains("<code>alice</code>"));
    page.users_are_known = false;
    assert!(!page.render().unwrap().contains("alice"));
}

#[test]
fn the_secure_page_says_what_expires_when() {
    let html = secure().render().unwrap();
    for shown in [
        "Hello from the secure endpoint",
        "in 5 minutes",
        "2026-11-21 10:50:00 UTC",
        "the provider does not say",
        "(not verified)",
        "when the ID token expires",
        "2025-11-21 10:50:00 UTC",
    ] {
        assert!(html.contains(shown), "{shown}");
    }
}

#[test]
fn a_list_of_sessions_says_which_is_this_one_and_what_can_be_ended() {
    let (alone, two) = (sessions(0), sessions(2));
    for shown in [
        "this browser",
        "5 minutes ago",
        "192.0.2.1",
        "in 55 minutes",
        "Sign out here",
    ] {
        assert!(alone.contains(shown) && two.contains(shown), "{shown}");
    }
    assert_eq!(two.matches("this browser").count(), 1);
    assert_eq!(two.matches(r#"action="/sessions/end""#).count(), 3);
    assert!(two.contains("End all others") && !alone.contains("End all others"));
    let found = admin(Some(vec![session(false)]));
    assert!(found.contains("End all") && !found.contains("/sessions/end"));
    assert!(admin(Some(vec![])).contains("is not signed in"));
    assert!(!admin(None).contains("End all"));
}

#[test]
fn the_circle_shows_the_first_letter_of_the_name() {
    for (name, expected) in [("alice", "A"), ("  (émile)", "É"), ("", "•"), ("7", "7")] {
        let person = Person {
            name: name.to_owned(),
            ..person()
        };
        assert_eq!(person.initial(), expected);
    }
}
