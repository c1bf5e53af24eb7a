//! One claim.

use oidc_login::StandardClaims;
use serde_json::Value;
use time::OffsetDateTime;

use super::when;

/// A claim as a row of a table.
pub(crate) struct Claim {
    pub(crate) name: String,
    pub(crate) value: String,
    time: Option<OffsetDateTime>,
}

impl Claim {
    /// All claims, by name.
    pub(crate) fn all(claims: &StandardClaims) -> Vec<Self> {
        let all = claims.as_map().iter();
        all.map(|(name, value)| Self::new(name, value)).collect()
    }

    /// One claim.
    pub(crate) fn new(name: &str, value: &Value) -> Self {
        let is_time = matches!(name, "auth_time" | "exp" | "iat" | "nbf" | "updated_at");
        let seconds = value.as_i64().filter(|_| is_time);
        Self {
            name: name.to_owned(),
            value: match value {
                Value::String(text) => text.clone(),
                Value::Object(_) => format!("{value:#}"),
                _ => value.to_string(),
            },
            time: seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok()),
        }
    }

    /// The point in time that the number stands for.
    pub(super) fn time(&self) -> Option<String> {
        self.time.and_then(when::utc)
    }

    /// What the claim says, for the claims of
    /// [OpenID Connect Core](https://openid.net/specs/openid-connect-core-1_0.html#IDToken) and a
    /// few that many providers send.
    pub(super) fn meaning(&self) -> Option<&'static str> {
        Some(match self.name.as_str() {
            "acr" => "how strong the sign-in was",
            "amr" => "how you proved who you are",
            "at_hash" => "ties this login to its access token",
            "aud" => "whom the ID token is for: this client",
            "auth_time" => "when you signed in at the provider",
            "azp" => "the client that asked",
            "email" => "your e-mail address",
            "email_verified" => "whether the provider checked the address",
            "exp" => "when the ID token expires",
            "family_name" => "your family name",
            "given_name" => "your given name",
            "groups" => "your groups",
            "iat" => "when the ID token was issued",
            "iss" => "the provider",
            "jti" => "the ID token’s own id",
            "locale" => "your language",
            "name" => "your full name",
            "nbf" => "when the ID token begins to count",
            "nonce" => "ties the ID token to this sign-in",
            "preferred_username" => "the name you sign in with",
            "realm_access" | "resource_access" | "roles" => "your roles",
            "sid" => "your session at the provider",
            "sub" => "your id at the provider; it never changes",
            "updated_at" => "when your details last changed",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_shown_as_people_read_it() {
        for (name, value, shown, time) in [
            ("sub", json!("1"), "1", None),
            ("exp", json!(0), "0", Some("1970-01-01 00:00:00 UTC")),
            ("exp", json!("0"), "0", None),
            ("exp", json!(i64::MAX), "9223372036854775807", None),
            ("age", json!(0), "0", None),
            ("email_verified", json!(true), "true", None),
            (
                "roles",
                json!(["admin", "staff"]),
                r#"["admin","staff"]"#,
                None,
            ),
            (
                "realm_access",
                json!({"roles": []}),
                "{\n  \"roles\": []\n}",
                None,
            ),
            ("nothing", json!(null), "null", None),
        ] {
            let claim = Claim::new(name, &value);
            assert_eq!(claim.value, shown, "{name}");
            assert_eq!(claim.time().as_deref(), time, "{name}");
        }
    }
}
