#![allow(clippy::unwrap_used)]

use super::*;

const LEEWAY: Duration = Duration::from_secs(60);

fn acr_values(values: &[&str]) -> StepUp {
    let mut step_up = StepUp::default();
    step_up.set_acr_values(values);
    step_up
}

fn max_age(seconds: u64) -> StepUp {
    let mut step_up = StepUp::default();
    step_up.set_max_age(Duration::from_secs(seconds));
    step_up
}

fn authentication(auth_time: Option<i64>, acr: Option<&str>) -> Authentication {
    Authentication {
        auth_time,
        acr: acr.map(str::to_owned),
        max_age: None,
    }
}

#[test]
fn acr_is_one_of_the_values_and_nothing_like_it() {
    for (name, asked, acr, expected) in [
        ("nothing asked", StepUp::default(), None, true),
        ("the one", acr_values(&["gold"]), Some("gold"), true),
        (
            "the second",
            acr_values(&["gold", "silver"]),
            Some("silver"),
            true,
        ),
        (
            "two in one text",
            acr_values(&["gold silver"]),
            Some("silver"),
            true,
        ),
        ("other case", acr_values(&["gold"]), Some("Gold"), false),
        ("the beginning", acr_values(&["gold"]), Some("gol"), false),
        ("both at once", acr_values(&["a", "b"]), Some("a b"), false),
        ("another", acr_values(&["gold"]), Some("bronze"), false),
        ("an empty one", acr_values(&["gold"]), Some(""), false),
        ("none", acr_values(&["gold"]), None, false),
        ("an empty list", acr_values(&[]), Some("gold"), false),
        (
            "an empty list, an empty one",
            acr_values(&[""]),
            Some(""),
            false,
        ),
    ] {
        let login = authentication(Some(0), acr);
        assert_eq!(asked.is_met_by(&login, 0, 0, LEEWAY), expected, "{name}");
    }
}

#[test]
fn age_is_counted_from_auth_time_and_from_nothing_else() {
    for (name, asked, auth_time, now, expected) in [
        ("at once", max_age(300), Some(1000), 1000, true),
        ("within", max_age(300), Some(1000), 1300, true),
        ("within the leeway", max_age(300), Some(1000), 1360, true),
        ("later", max_age(300), Some(1000), 1361, false),
        ("none allowed", max_age(0), Some(1000), 1060, true),
        ("none allowed, later", max_age(0), Some(1000), 1061, false),
        ("not said, just signed in", max_age(300), None, 2000, false),
        ("for ever", max_age(u64::MAX), Some(0), i64::MAX, true),
        ("for ever, not said", max_age(u64::MAX), None, 2000, false),
        (
            "a clock that went back",
            max_age(0),
            Some(1000),
            i64::MIN,
            true,
        ),
    ] {
        let login = authentication(auth_time, None);
        // Signed in here at 2000: that proves nothing.
        assert_eq!(
            asked.is_met_by(&login, 2000, now, LEEWAY),
            expected,
            "{name}"
        );
    }
}

/// Otherwise who is slow at the provider is sent there again and again.
#[test]
fn a_login_that_was_just_held_to_the_age_is_enough() {
    let login = |held| Authentication {
        max_age: held,
        ..authentication(Some(1000), None)
    };
    for (name, login, logged_in_at, now, expected) in [
        ("just now", login(Some(0)), 1590, 1590, true),
        ("a moment ago", login(Some(0)), 1590, 1650, true),
        ("longer ago", login(Some(0)), 1590, 1651, false),
        ("before it", login(Some(0)), 1590, 1589, false),
        ("held to more", login(Some(10)), 1590, 1590, true),
        ("held to less", login(Some(11)), 1590, 1590, false),
        ("held to nothing", login(None), 1590, 1590, false),
    ] {
        let enough = max_age(10).is_met_by(&login, logged_in_at, now, LEEWAY);
        assert_eq!(enough, expected, "{name}");
    }
    let unsaid = Authentication {
        auth_time: None,
        ..login(Some(0))
    };
    assert!(!max_age(10).is_met_by(&unsaid, 1590, 1590, LEEWAY));
}

#[test]
fn a_login_asks_for_what_the_page_asks() {
    let mut both = acr_values(&["gold", " silver  bronze "]);
    both.set_max_age(Duration::from_millis(5900));
    let parameters = both.parameters().unwrap();
    let value = |name| parameters.authorization_parameter(name);
    assert_eq!(value("acr_values"), Some("gold silver bronze"));
    assert_eq!(value("max_age"), Some("5"));
    let demands = parameters.demands();
    assert_eq!((demands.acr.len(), demands.max_age), (3, Some(5)));
    assert!(StepUp::default().parameters().unwrap().is_empty());
    for (name, asked) in [
        ("no values", acr_values(&[])),
        ("blanks", acr_values(&[" "])),
        ("control characters", acr_values(&["a\u{7}b"])),
        ("too many", acr_values(&["x"; 1000])),
        ("too long a time", max_age(u64::MAX)),
    ] {
        assert!(asked.parameters().is_err(), "{name}");
    }
}

#[test]
fn a_challenge_is_that_of_rfc_9470() {
    let mut both = acr_values(&[r#"a"b\c"#, "gold"]);
    both.set_max_age(Duration::from_secs(5));
    assert_eq!(
        both.challenge(),
        r#", error="insufficient_user_authentication", acr_values="a\"b\\c gold", max_age="5""#
    );
    assert_eq!(
        max_age(0).challenge(),
        r#", error="insufficient_user_authentication", max_age="0""#
    );
}
