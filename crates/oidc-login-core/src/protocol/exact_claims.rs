//! Claims as text: each value exactly as it was verified.

use std::collections::BTreeMap;

use serde_json::{Map, Value, value::RawValue};

/// What a token says of itself and of how the user signed in, as opposed to who the user is
/// (OpenID Connect Core §2, RFC 7519 §4.1, Front-Channel Logout §3, RFC 7800, RFC 8693 §4). Only an
/// ID token may say it.
const PROTOCOL_CLAIMS: [&str; 21] = [
    "acr",
    "act",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "exp",
    "iat",
    "iss",
    "jti",
    "may_act",
    "nbf",
    "nonce",
    "s_hash",
    "sid",
    "sub",
    "sub_jwk",
];

/// What says how the user signed in: the login's own ID token, and none that came later. By then some
/// providers speak of whoever proved something since, at another app too.
const OF_THE_AUTHENTICATION: [&str; 5] = ["acr", "amr", "auth_time", "nonce", "sid"];

/// Claims that mean something only together: an address that one source verified must not be taken
/// for verified because another one says so of another address.
const TOGETHER: [&[&str]; 3] = [
    &["email", "email_verified"],
    &["phone_number", "phone_number_verified"],
    &["_claim_names", "_claim_sources"],
];

/// Whether a claim is the protocol's, and no claim about the user.
pub(crate) fn is_protocol_claim(name: &str) -> bool {
    PROTOCOL_CLAIMS.contains(&name)
}

/// The same as [`ExactClaims::refreshing`] for claims that are decoded.
pub(crate) fn keep_authentication(refreshed: &mut Map<String, Value>, older: &Map<String, Value>) {
    for name in OF_THE_AUTHENTICATION {
        match older.get(name) {
            Some(value) => refreshed.insert(name.to_owned(), value.clone()),
            None => refreshed.remove(name),
        };
    }
}

/// Claims by their names.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExactClaims(BTreeMap<String, Box<RawValue>>);

impl ExactClaims {
    /// Reads a JSON object; `None` if it is none.
    pub(crate) fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// The claims as one JSON object.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(&self.0).expect("texts and JSON values always serialize")
    }

    /// Puts a claim in its place.
    pub(crate) fn insert(&mut self, name: &str, value: Box<RawValue>) {
        self.0.insert(name.to_owned(), value);
    }

    /// Takes a claim out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The claims about the user: without the protocol's, and without those that say nothing, which
    /// a provider should have left out (OpenID Connect Core §5.3.2).
    pub(crate) fn about_the_user(mut self) -> Self {
        self.0.retain(|name, value| {
            !is_protocol_claim(name) && !matches!(value.get(), "null" | r#""""#)
        });
        self
    }

    /// These claims, and in place of what they say of the same thing those of a newer source.
    pub(crate) fn overlaid(self, newer: &Self) -> Self {
        let mut claims = self.without(newer);
        let newer = newer.0.iter();
        claims
            .0
            .extend(newer.map(|(name, value)| (name.clone(), value.clone())));
        claims
    }

    /// These claims but for what another source speaks of.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        self.0.retain(|name, _| !other.speaks_of(name));
        self
    }

    /// These claims of a refreshed ID token, which take the place of the older ones: what is gone is
    /// gone, a role or a group too. Only what says how the user signed in stays what it was.
    pub(crate) fn refreshing(mut self, mut older: Self) -> Self {
        for name in OF_THE_AUTHENTICATION {
            match older.0.remove_entry(name) {
                Some((name, value)) => self.0.insert(name, value),
                None => self.0.remove(name),
            };
        }
        self
    }

    fn speaks_of(&self, name: &str) -> bool {
        let group = TOGETHER.iter().find(|group| group.contains(&name));
        match group {
            Some(group) => group.iter().any(|member| self.0.contains_key(*member)),
            None => self.0.contains_key(name),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn claims(json: &str) -> ExactClaims {
        ExactClaims::parse(json).unwrap()
    }

    #[test]
    fn what_a_newer_source_says_counts() {
        for (name, older, newer, expected) in [
            (
                "another value, and a new claim",
                r#"{"email":"a@b","name":"A"}"#,
                r#"{"locale":"de","name":"B"}"#,
                r#"{"email":"a@b","locale":"de","name":"B"}"#,
            ),
            (
                "an address without a word on whether it was verified",
                r#"{"email":"a@b","email_verified":true,"sub":"1"}"#,
                r#"{"email":"c@d"}"#,
                r#"{"email":"c@d","sub":"1"}"#,
            ),
            (
                "a word on whether some address was verified",
                r#"{"email":"a@b","phone_number":"1"}"#,
                r#"{"email_verified":true,"phone_number_verified":true}"#,
                r#"{"email_verified":true,"phone_number_verified":true}"#,
            ),
            (
                "other sources of claims",
                r#"{"_claim_names":{"a":"x"},"_claim_sources":{"x":{}}}"#,
                r#"{"_claim_names":{"b":"y"}}"#,
                r#"{"_claim_names":{"b":"y"}}"#,
            ),
            (
                "numbers as they were written",
                r#"{"a":1.50}"#,
                r#"{"b":12345678901234567890123,"c":1e2}"#,
                r#"{"a":1.50,"b":12345678901234567890123,"c":1e2}"#,
            ),
        ] {
            let merged = claims(older).overlaid(&claims(newer));
            assert_eq!(merged.to_json(), expected, "{name}");
        }
    }

    #[test]
    fn only_an_id_token_says_what_the_protocol_is_about() {
        let all = PROTOCOL_CLAIMS
            .map(|name| format!("\"{name}\":1"))
            .join(",");
        let found = claims(&format!("{{{all},\"name\":\"A\"}}")).about_the_user();
        assert_eq!(found.to_json(), r#"{"name":"A"}"#);
        let empty = claims(r#"{"a":null,"b":"","c":" ","d":[],"e":false}"#).about_the_user();
        assert_eq!(empty.to_json(), r#"{"c":" ","d":[],"e":false}"#);
    }

    #[test]
    fn what_another_source_speaks_of_is_dropped() {
        let kept = claims(r#"{"email":"a@b","email_verified":true,"groups":["x"],"name":"A"}"#);
        let kept = kept.without(&claims(r#"{"email_verified":false,"name":null}"#));
        assert_eq!(kept.to_json(), r#"{"groups":["x"]}"#);
    }

    #[test]
    fn the_claims_of_a_refreshed_id_token_take_the_place_of_the_old_ones() {
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
                "the same, said otherwise or for the first time",
                r#"{"acr":"1","auth_time":5,"sid":"s"}"#,
                r#"{"acr":"2","amr":["otp"],"auth_time":6,"nonce":"n","sid":null}"#,
                r#"{"acr":"1","auth_time":5,"sid":"s"}"#,
            ),
            (
                "numbers as they were written",
                r#"{"auth_time":1.50}"#,
                r#"{"big":12345678901234567890123,"e":1e2}"#,
                r#"{"auth_time":1.50,"big":12345678901234567890123,"e":1e2}"#,
            ),
        ] {
            let map = |json: &str| serde_json::from_str::<Map<_, _>>(json).unwrap();
            let mut decoded = map(refreshed);
            keep_authentication(&mut decoded, &map(before));
            assert_eq!(decoded, map(expected), "{name}");
            let claims = claims(refreshed).refreshing(claims(before));
            assert_eq!(claims.to_json(), expected, "{name}");
        }
    }
}
