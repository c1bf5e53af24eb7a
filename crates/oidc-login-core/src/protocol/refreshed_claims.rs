//! The claims of a login after a refresh.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// What says how the user signed in. A refreshed ID token may leave it out (OpenID Connect Core
/// §12.2), and it stays true.
const OF_THE_AUTHENTICATION: [&str; 5] = ["acr", "amr", "auth_time", "nonce", "sid"];

/// The claims of the refreshed ID token in place of those before: one that is gone is gone, a role
/// or a group too. Only what says how the user signed in stays if it is not said anew.
pub(crate) fn refreshed_claims(before: &str, refreshed: &str) -> String {
    let parse = |json| serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(json);
    let (Ok(before), Ok(mut claims)) = (parse(before), parse(refreshed)) else {
        return refreshed.to_owned();
    };
    let stays = |(name, _): &(String, _)| OF_THE_AUTHENTICATION.contains(&name.as_str());
    for (name, value) in before.into_iter().filter(stays) {
        claims.entry(name).or_insert(value);
    }
    serde_json::to_string(&claims).unwrap_or_else(|_| refreshed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_claims_take_the_place_of_the_old_ones() {
        for (name, before, refreshed, expected) in [
            (
                "a changed and a new claim",
                r#"{"email":"a@b","sub":"1"}"#,
                r#"{"email":"c@d","name":"A","sub":"1"}"#,
                r#"{"email":"c@d","name":"A","sub":"1"}"#,
            ),
            (
                "a claim that is gone",
                r#"{"groups":["admin"],"sub":"1"}"#,
                r#"{"sub":"1"}"#,
                r#"{"sub":"1"}"#,
            ),
            (
                "what says how the user signed in",
                r#"{"acr":"1","amr":["pwd"],"auth_time":5,"nonce":"n","sid":"s","at_hash":"h"}"#,
                r#"{"sub":"1"}"#,
                r#"{"acr":"1","amr":["pwd"],"auth_time":5,"nonce":"n","sid":"s","sub":"1"}"#,
            ),
            (
                "the same, said anew",
                r#"{"acr":"1","sid":"s"}"#,
                r#"{"acr":"2","sid":null}"#,
                r#"{"acr":"2","sid":null}"#,
            ),
            (
                "numbers as they were written",
                r#"{"auth_time":1.50}"#,
                r#"{"big":12345678901234567890123,"e":1e2}"#,
                r#"{"auth_time":1.50,"big":12345678901234567890123,"e":1e2}"#,
            ),
        ] {
            assert_eq!(refreshed_claims(before, refreshed), expected, "{name}");
        }
    }
}
