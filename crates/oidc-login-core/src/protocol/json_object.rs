//! JSON objects in which every name says one thing.

use std::fmt;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::protocol::shown::Shown;

/// Why bytes are not a JSON object to rely on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonObjectError {
    /// The bytes are not a JSON object, or something follows it.
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
pub(crate) fn parse(bytes: &[u8]) -> Result<Map<String, Value>, JsonObjectError> {
    let mut duplicate = None;
    let mut json = serde_json::Deserializer::from_slice(bytes);
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
            if map.contains_key(&name) {
                *self.duplicate = Some(Shown::new(&name));
                return Err(de::Error::custom("duplicate member"));
            }
            map.insert(name, value);
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
        let cases: [(&str, &[u8], Result<usize, JsonObjectError>); 14] = [
            ("empty", b"{}", Ok(0)),
            ("two members", br#" {"a":1,"b":{"c":1}} "#, Ok(2)),
            (
                "the same name on another level",
                br#"{"a":{"a":1,"b":2},"b":1}"#,
                Ok(2),
            ),
            ("twice", br#"{"iss":"a","iss":"b"}"#, twice("iss")),
            (
                "twice, equal values",
                br#"{"iss":"a","iss":"a"}"#,
                twice("iss"),
            ),
            (
                "twice, one escaped",
                br#"{"iss":"a","\u0069ss":"b"}"#,
                twice("iss"),
            ),
            ("list", b"[]", Err(JsonObjectError::Invalid)),
            ("string", b"\"{}\"", Err(JsonObjectError::Invalid)),
            ("nothing", b"", Err(JsonObjectError::Invalid)),
            ("trailing text", b"{}x", Err(JsonObjectError::Invalid)),
            ("two objects", b"{}{}", Err(JsonObjectError::Invalid)),
            (
                "byte order mark",
                b"\xef\xbb\xbf{}",
                Err(JsonObjectError::Invalid),
            ),
            (
                "not UTF-8",
                b"{\"a\":\"\xff\"}",
                Err(JsonObjectError::Invalid),
            ),
            ("bottomless", deep.as_bytes(), Err(JsonObjectError::Invalid)),
        ];
        for (name, json, expected) in cases {
            assert_eq!(parse(json).map(|map| map.len()), expected, "{name}");
        }
    }
}
