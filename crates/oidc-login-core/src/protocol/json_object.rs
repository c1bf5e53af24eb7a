//! JSON objects in which every name says one thing.

use std::fmt;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value, map::Entry};

use crate::protocol::shown::Shown;

/// Why a text is not a JSON object to rely on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonObjectError {
    /// The text is not a JSON object, or something follows it.
    #[error("not a json object")]
    Invalid,
    /// A member is there twice at the top level.
    #[error("member `{name}` is there twice")]
    Duplicate {
        /// The member's name.
        name: Shown,
    },
}

/// Reads an object and refuses a member that comes twice.
///
/// # Security
///
/// Readers disagree on which of two equal names counts ([RFC 7519 §4] allows refusing them): a
/// check must not see another value than the app's own decoder does. Only the top level matters, as
/// no check looks deeper.
///
/// [RFC 7519 §4]: https://www.rfc-editor.org/rfc/rfc7519.html#section-4
pub(crate) fn parse(text: &str) -> Result<Map<String, Value>, JsonObjectError> {
    let mut duplicate = None;
    let mut json = serde_json::Deserializer::from_str(text);
    let unique = Unique {
        duplicate: &mut duplicate,
    };
    let parsed = json
        .deserialize_map(unique)
        .and_then(|map| json.end().map(|()| map));
    parsed.map_err(|_| match duplicate {
        Some(name) => JsonObjectError::Duplicate { name },
        None => JsonObjectError::Invalid,
    })
}

struct Unique<'a> {
    duplicate: &'a mut Option<Shown>,
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a json object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            match map.entry(name) {
                Entry::Vacant(place) => place.insert(value),
                Entry::Occupied(first) => {
                    *self.duplicate = Some(Shown::new(first.key()));
                    return Err(de::Error::custom("duplicate member"));
                }
            };
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_object_with_distinct_names_is_read() {
        let twice = |name| {
            Err(JsonObjectError::Duplicate {
                name: Shown::new(name),
            })
        };
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let cases: [(&str, &str, Result<usize, JsonObjectError>); 13] = [
            ("empty", "{}", Ok(0)),
            ("two members", r#" {"a":1,"b":{"c":1}} "#, Ok(2)),
            (
                "the same name on another level",
                r#"{"a":{"a":1,"b":2},"b":1}"#,
                Ok(2),
            ),
            ("twice", r#"{"iss":"a","iss":"b"}"#, twice("iss")),
            (
                "twice, equal values",
                r#"{"iss":"a","iss":"a"}"#,
                twice("iss"),
            ),
            (
                "twice, one escaped",
                r#"{"iss":"a","\u0069ss":"b"}"#,
                twice("iss"),
            ),
            ("list", "[]", Err(JsonObjectError::Invalid)),
            ("string", "\"{}\"", Err(JsonObjectError::Invalid)),
            ("nothing", "", Err(JsonObjectError::Invalid)),
            ("trailing text", "{}x", Err(JsonObjectError::Invalid)),
            ("two objects", "{}{}", Err(JsonObjectError::Invalid)),
            (
                "byte order mark",
                "\u{feff}{}",
                Err(JsonObjectError::Invalid),
            ),
            ("bottomless", &deep, Err(JsonObjectError::Invalid)),
        ];
        for (name, json, expected) in cases {
            assert_eq!(parse(json).map(|map| map.len()), expected, "{name}");
        }
    }
}
