//! `exp`, `iat` and `nbf`, at and around their limits.

use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::{NOW, expected, malformed, missing, valid_claims, with};
use crate::protocol::id_token::{Expected, verify};
use crate::protocol::test_signer::{ES256, KEYS};
use crate::protocol::token_error::TokenError;

#[test]
fn times_are_checked_with_leeway() {
    let at = |offset: i64| NOW.unix_timestamp() + offset;
    let time = |offset: i64| NOW + Duration::seconds(offset);
    let leeway = expected().leeway;
    assert_eq!(leeway.as_secs(), 60);
    let expired = |expires_at| {
        Err(TokenError::Expired {
            expires_at,
            now: NOW,
            leeway,
        }
        .into())
    };
    let early = |issued_at| {
        Err(TokenError::IssuedInFuture {
            issued_at,
            now: NOW,
            leeway,
        }
        .into())
    };
    let not_before = |not_before| {
        Err(TokenError::NotYetValid {
            not_before,
            now: NOW,
            leeway,
        }
        .into())
    };
    let half_a_second_left: Value = format!("{}.5", at(-60)).parse().unwrap();
    let cases = [
        (
            "expires in the next instant of the leeway",
            json!({ "exp": at(-59) }),
            Ok(()),
        ),
        (
            "expires right now, with leeway",
            json!({ "exp": at(-60) }),
            expired(time(-60)),
        ),
        (
            "expired long ago",
            json!({ "exp": at(-86_400) }),
            expired(time(-86_400)),
        ),
        (
            "expired in 1970",
            json!({ "exp": 0 }),
            expired(OffsetDateTime::UNIX_EPOCH),
        ),
        (
            "expires with a fraction",
            json!({ "exp": half_a_second_left }),
            Ok(()),
        ),
        ("exp missing", json!({ "exp": null }), missing("exp")),
        (
            "exp a string",
            json!({ "exp": at(300).to_string() }),
            malformed("exp"),
        ),
        ("exp negative", json!({ "exp": -1 }), malformed("exp")),
        ("exp huge", json!({ "exp": i64::MAX }), malformed("exp")),
        ("exp huge float", json!({ "exp": 1e300 }), malformed("exp")),
        (
            "exp the last second of the calendar",
            json!({ "exp": 253_402_300_799_i64 }),
            Ok(()),
        ),
        (
            "issued at the end of the leeway",
            json!({ "iat": at(60) }),
            Ok(()),
        ),
        (
            "issued one past it",
            json!({ "iat": at(61) }),
            early(time(61)),
        ),
        (
            "issued at the end of time",
            json!({ "iat": 253_402_300_799_i64 }),
            early(time(253_402_300_799 - NOW.unix_timestamp())),
        ),
        ("issued long ago", json!({ "iat": 1 }), Ok(())),
        ("iat missing", json!({ "iat": null }), missing("iat")),
        ("iat a boolean", json!({ "iat": true }), malformed("iat")),
        ("iat huge", json!({ "iat": u64::MAX }), malformed("iat")),
        ("valid from long ago", json!({ "nbf": 0 }), Ok(())),
        (
            "valid from the end of the leeway",
            json!({ "nbf": at(60) }),
            Ok(()),
        ),
        (
            "valid from one past it",
            json!({ "nbf": at(61) }),
            not_before(time(61)),
        ),
        ("nbf a string", json!({ "nbf": "0" }), malformed("nbf")),
    ];
    for (name, changes, result) in cases {
        assert_eq!(with(&changes), result, "{name}");
    }
}

#[test]
fn neither_clock_nor_leeway_can_panic() {
    let token = ES256.token(&valid_claims());
    let ends = [
        OffsetDateTime::UNIX_EPOCH,
        datetime!(9999-12-31 23:59:59 UTC),
        datetime!(-9999-01-01 0:00 UTC),
    ];
    for now in ends {
        for leeway in [std::time::Duration::ZERO, std::time::Duration::MAX] {
            let unbounded = leeway > std::time::Duration::ZERO;
            let verified = verify(
                &token,
                &KEYS,
                &Expected {
                    leeway,
                    ..expected()
                },
                now,
            );
            assert_eq!(verified.is_ok(), unbounded, "{now} {leeway:?}");
        }
    }
}
