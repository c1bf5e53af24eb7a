//! Which claims a scope asks for (OpenID Connect Core §5.4), and whether they came.

use serde_json::{Map, Value};

/// The names a person goes by: with any of them, `profile` was answered. The rest of it (pictures,
/// birthdays) most providers have for hardly anybody.
const NAMES: [&str; 6] = [
    "name",
    "preferred_username",
    "given_name",
    "family_name",
    "nickname",
    "middle_name",
];

/// Whether claims that a requested scope asks for are missing: of `profile` every name, of `email`
/// `email`, of `address` `address`, of `phone` `phone_number`.
///
/// Another scope may bring claims too, but only the provider knows which.
pub(crate) fn are_missing(scopes: &[String], claims: &Map<String, Value>) -> bool {
    let has_none = |names: &[&str]| !names.iter().any(|name| says_something(claims.get(*name)));
    scopes.iter().any(|scope| match scope.as_str() {
        "profile" => has_none(&NAMES),
        "email" => has_none(&["email"]),
        "address" => has_none(&["address"]),
        "phone" => has_none(&["phone_number"]),
        _ => false,
    })
}

fn says_something(claim: Option<&Value>) -> bool {
    match claim {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Object(members)) => !members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn each_scope_misses_its_own_claims() {
        let full = json!({
            "sub": "1", "nickname": "Al", "email": "a@b", "address": {"country": "DE"}, "phone_number": "1",
        });
        for (name, scopes, change, expected) in [
            (
                "all there",
                "openid profile email address phone",
                json!({}),
                false,
            ),
            ("no name", "openid profile", json!({"nickname": null}), true),
            (
                "a picture is no name",
                "profile",
                json!({"nickname": null, "picture": "https://a"}),
                true,
            ),
            ("an empty name", "profile", json!({"nickname": ""}), true),
            (
                "a name that is none",
                "profile",
                json!({"nickname": 5}),
                true,
            ),
            (
                "another name",
                "profile",
                json!({"nickname": null, "family_name": "A"}),
                false,
            ),
            (
                "no name, not asked for",
                "openid email",
                json!({"nickname": null}),
                false,
            ),
            (
                "no e-mail address",
                "openid profile email",
                json!({"email": null}),
                true,
            ),
            (
                "only whether it is verified",
                "email",
                json!({"email": null, "email_verified": true}),
                true,
            ),
            (
                "no e-mail address, not asked for",
                "openid profile",
                json!({"email": null}),
                false,
            ),
            ("no address", "address", json!({"address": null}), true),
            ("an empty address", "address", json!({"address": {}}), true),
            ("no telephone", "phone", json!({"phone_number": null}), true),
            (
                "a scope of the provider's own",
                "openid groups",
                json!({}),
                false,
            ),
            (
                "no scope but openid",
                "openid",
                json!({"nickname": null, "email": null}),
                false,
            ),
        ] {
            let scopes: Vec<_> = scopes.split(' ').map(str::to_owned).collect();
            let mut claims = full.clone();
            for (name, value) in change.as_object().unwrap() {
                claims[name] = value.clone();
            }
            let claims = claims.as_object().unwrap();
            assert_eq!(are_missing(&scopes, claims), expected, "{name}");
        }
    }
}
