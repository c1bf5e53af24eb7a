//! Signed tokens in compact form, before anyone believes them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use memchr::memchr_iter;
use serde_json::{Map, Value};

use crate::protocol::json_object::{self, JsonObjectError};

/// Longer tokens are refused before anything in them is read.
pub const LONGEST_TOKEN: usize = 64 * 1024;

/// Why a text is not a signed token in compact form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// Too long to be looked at.
    #[error("token has {bytes} bytes, more than {LONGEST_TOKEN}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Five parts: an encrypted token (JWE).
    #[error("token is encrypted, which is not supported")]
    Encrypted,
    /// Not the three parts of a signed token.
    #[error("token does not have the three parts of a signed token")]
    Parts,
    /// A part is not base64url without padding.
    #[error("{part} of the token is not base64url")]
    Encoding {
        /// Which one: header, payload or signature.
        part: &'static str,
    },
    /// The header is not JSON to rely on.
    #[error("header of the token cannot be read")]
    Header(#[source] JsonObjectError),
    /// A member of the header is not a string, or `alg` is missing.
    #[error("header of the token has no proper `{member}`")]
    HeaderMember {
        /// Its name.
        member: &'static str,
    },
    /// The header asks for extensions to be understood.
    #[error("header of the token has critical extensions (crit)")]
    Critical,
}

/// A parsed token ([RFC 7515 §3.1]); nothing in it is known to be true.
///
/// # Security
///
/// Keys in the header (`jwk`, `jku`, `x5c`, `x5u`) are not read: whoever forges a token would
/// choose them.
///
/// [RFC 7515 §3.1]: https://www.rfc-editor.org/rfc/rfc7515.html#section-3.1
pub(crate) struct Jws<'a> {
    pub(crate) algorithm: String,
    pub(crate) kid: Option<String>,
    pub(crate) typ: Option<String>,
    pub(crate) signing_input: &'a [u8],
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    pub(crate) fn parse(token: &'a str) -> Result<Self, JwsError> {
        if token.len() > LONGEST_TOKEN {
            return Err(JwsError::TooLong { bytes: token.len() });
        }
        let [header, payload, signature] = parts(token)?;
        let signing_input = &token.as_bytes()[..header.len() + 1 + payload.len()];

        let header = text_of(decode("header", header)?).and_then(|text| json_object::parse(&text));
        let header = header.map_err(JwsError::Header)?;
        let algorithm = text(&header, "alg")?.ok_or(JwsError::HeaderMember { member: "alg" })?;
        if header.contains_key("crit") {
            return Err(JwsError::Critical);
        }
        Ok(Self {
            algorithm,
            kid: text(&header, "kid")?,
            typ: text(&header, "typ")?,
            signing_input,
            payload: decode("payload", payload)?,
            signature: decode("signature", signature)?,
        })
    }
}

fn parts(token: &str) -> Result<[&str; 3], JwsError> {
    let mut dots = memchr_iter(b'.', token.as_bytes());
    let [first, second, third, fourth, fifth] = std::array::from_fn(|_| dots.next());
    match (first, second, third) {
        (Some(first), Some(second), None) => Ok([
            &token[..first],
            &token[first + 1..second],
            &token[second + 1..],
        ]),
        _ if fourth.is_some() && fifth.is_none() => Err(JwsError::Encrypted),
        _ => Err(JwsError::Parts),
    }
}

fn decode(part: &'static str, encoded: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD
        .decode(encoded)
        .map_err(|_| JwsError::Encoding { part })
}

/// JSON is UTF-8 (RFC 8259 §8.1).
pub(crate) fn text_of(json: Vec<u8>) -> Result<String, JsonObjectError> {
    String::from_utf8(json).map_err(|_| JsonObjectError::Invalid)
}

fn text(header: &Map<String, Value>, member: &'static str) -> Result<Option<String>, JwsError> {
    match header.get(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(JwsError::HeaderMember { member }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    #![allow(clippy::too_many_lines, reason = "a table of cases is one thing")]

    use super::*;
    use crate::protocol::shown::Shown;

    fn token(header: &str) -> String {
        format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(header))
    }

    #[test]
    fn only_three_strict_parts_with_a_plain_header_are_read() {
        let alg = |member| Err(JwsError::HeaderMember { member });
        let encoding = |part| Err(JwsError::Encoding { part });
        let good = token(r#"{"alg":"RS256"}"#);
        let cases = [
            ("plain", good.clone(), Ok(())),
            (
                "unknown members, keys among them",
                token(r#"{"alg":"RS256","x":1,"jwk":{},"jku":"a","x5c":[],"x5u":"a","zip":"DEF"}"#),
                Ok(()),
            ),
            (
                "empty signature",
                "eyJhbGciOiJub25lIn0.e30.".to_owned(),
                Ok(()),
            ),
            ("nothing", String::new(), Err(JwsError::Parts)),
            ("one part", "abc".to_owned(), Err(JwsError::Parts)),
            ("two parts", "e30.e30".to_owned(), Err(JwsError::Parts)),
            ("four parts", format!("{good}.a"), Err(JwsError::Parts)),
            (
                "five parts",
                format!("{good}.a.b"),
                Err(JwsError::Encrypted),
            ),
            ("six parts", format!("{good}.a.b.c"), Err(JwsError::Parts)),
            ("only dots", ".".repeat(60_000), Err(JwsError::Parts)),
            (
                "JSON serialisation",
                r#"{"payload":"e30"}"#.to_owned(),
                Err(JwsError::Parts),
            ),
            (
                "padded header",
                "eyJhbGciOiJub25lIn0=.e30.".to_owned(),
                encoding("header"),
            ),
            (
                "padded signature",
                format!("{good}="),
                encoding("signature"),
            ),
            (
                "standard alphabet",
                good.replace(".e30.", ".+/+/."),
                encoding("payload"),
            ),
            (
                "blank inside",
                good.replace(".e30.", ".e 30."),
                encoding("payload"),
            ),
            (
                "blank at the end",
                format!("{good} "),
                encoding("signature"),
            ),
            (
                "line break at the end",
                format!("{good}\n"),
                encoding("signature"),
            ),
            (
                "dangling bits",
                good.replace(".e30.", ".e31."),
                encoding("payload"),
            ),
            (
                "impossible length",
                good.replace(".e30.", ".e30ab."),
                encoding("payload"),
            ),
            ("not ASCII", format!("{good}é"), encoding("signature")),
            (
                "empty header",
                ".e30.c2ln".to_owned(),
                Err(JwsError::Header(JsonObjectError::Invalid)),
            ),
            (
                "header a list",
                token("[]"),
                Err(JwsError::Header(JsonObjectError::Invalid)),
            ),
            (
                "header not UTF-8",
                format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(b"{\"alg\":\"\xff\"}")),
                Err(JwsError::Header(JsonObjectError::Invalid)),
            ),
            (
                "alg twice",
                token(r#"{"alg":"RS256","alg":"none"}"#),
                Err(JwsError::Header(JsonObjectError::Duplicate {
                    name: Shown::new("alg"),
                })),
            ),
            ("no alg", token("{}"), alg("alg")),
            ("alg null", token(r#"{"alg":null}"#), alg("alg")),
            ("alg a number", token(r#"{"alg":256}"#), alg("alg")),
            (
                "kid a number",
                token(r#"{"alg":"RS256","kid":1}"#),
                alg("kid"),
            ),
            (
                "typ a list",
                token(r#"{"alg":"RS256","typ":[]}"#),
                alg("typ"),
            ),
            (
                "crit",
                token(r#"{"alg":"RS256","crit":["exp"],"exp":1}"#),
                Err(JwsError::Critical),
            ),
            (
                "crit empty",
                token(r#"{"alg":"RS256","crit":[]}"#),
                Err(JwsError::Critical),
            ),
            (
                "crit null",
                token(r#"{"alg":"RS256","crit":null}"#),
                Err(JwsError::Critical),
            ),
            (
                "b64 of RFC 7797",
                token(r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#),
                Err(JwsError::Critical),
            ),
            (
                "as long as allowed",
                format!("{good}{}", "A".repeat(LONGEST_TOKEN - good.len())),
                Ok(()),
            ),
            (
                "too long",
                "A".repeat(LONGEST_TOKEN + 1),
                Err(JwsError::TooLong {
                    bytes: LONGEST_TOKEN + 1,
                }),
            ),
        ];
        for (name, token, expected) in cases {
            assert_eq!(Jws::parse(&token).map(|_| ()), expected, "{name}");
        }
    }

    #[test]
    fn the_parts_are_told_apart() {
        let jws =
            Jws::parse("eyJhbGciOiJFUzI1NiIsImtpZCI6ImsiLCJ0eXAiOiJKV1QifQ.e30.c2ln").unwrap();
        assert_eq!(
            (
                jws.algorithm.as_str(),
                jws.kid.as_deref(),
                jws.typ.as_deref()
            ),
            ("ES256", Some("k"), Some("JWT"))
        );
        assert_eq!(
            jws.signing_input,
            b"eyJhbGciOiJFUzI1NiIsImtpZCI6ImsiLCJ0eXAiOiJKV1QifQ.e30"
        );
        assert_eq!(
            (&jws.payload[..], &jws.signature[..]),
            (&b"{}"[..], &b"sig"[..])
        );
    }
}
