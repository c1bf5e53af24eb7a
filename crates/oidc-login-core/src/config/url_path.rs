//! Judges the path of a URL as it is written and as every further decoding would read it.

use std::borrow::Cow;

use super::UrlDefect;

/// How often a path is decoded before it is given up. Proxies and frameworks decode once or twice.
const MOST_DECODINGS: usize = 4;

/// Checks a path, empty or starting with `/`, without changing it.
pub(super) fn check(path: &str) -> Result<(), UrlDefect> {
    check_spelling(path)?;
    let mut read = Cow::Borrowed(path);
    for _ in 0..=MOST_DECODINGS {
        check_meaning(&read)?;
        match decode(&read)? {
            Some(decoded) => read = Cow::Owned(decoded),
            None => return Ok(()),
        }
    }
    Err(UrlDefect::NestedEscapes)
}

/// `pchar` and `/` of RFC 3986 §3.3, so that no parser has a reason to rewrite the path.
fn check_spelling(path: &str) -> Result<(), UrlDefect> {
    let bytes = path.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'%' && escape(&bytes[at..]).is_none() {
            return Err(UrlDefect::BadEscape);
        }
        if !byte.is_ascii_alphanumeric() && !b"/-._~:@!$&'()*+,;=%".contains(&byte) {
            return Err(UrlDefect::PathCharacter(char::from(byte)));
        }
    }
    Ok(())
}

fn check_meaning(path: &str) -> Result<(), UrlDefect> {
    if path.contains(char::is_control) {
        return Err(UrlDefect::EncodedControl);
    }
    if path.contains('\\') {
        return Err(UrlDefect::Backslash);
    }
    if path
        .strip_prefix('/')
        .is_some_and(|rest| rest.trim_start().starts_with('/'))
    {
        return Err(UrlDefect::DoubleSlash);
    }
    if path.split('/').any(is_dot_segment) {
        return Err(UrlDefect::DotSegment);
    }
    Ok(())
}

/// Servers that know path parameters read `..;x` as `..`.
fn is_dot_segment(segment: &str) -> bool {
    let name = segment.split_once(';').map_or(segment, |(name, _)| name);
    matches!(name, "." | "..")
}

/// One round of percent-decoding; `None` when there is nothing to decode.
fn decode(path: &str) -> Result<Option<String>, UrlDefect> {
    if !path.contains('%') {
        return Ok(None);
    }
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if let Some(byte) = escape(rest) {
            decoded.push(byte);
            rest = &rest[3..];
        } else {
            decoded.push(first);
            rest = after;
        }
    }
    if decoded.len() == path.len() {
        return Ok(None);
    }
    String::from_utf8(decoded)
        .map(Some)
        .map_err(|_| UrlDefect::NotUtf8)
}

/// The byte that `%xx` at the start of `bytes` stands for.
fn escape(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_without_a_second_meaning_pass() {
        let paths = [
            "",
            "/",
            "/a",
            "/a/",
            "/a//b",
            "/auth/callback",
            "/.well-known/openid-configuration",
            "/...",
            "/..a",
            "/a..",
            "/a.b;v=1",
            "/a%20b",
            "/stra%C3%9Fe",
            "/100%25",
            "/100%25off",
            "/a%2Fb",
            "/a%252Fb",
            "/@me",
            "/a:8080",
            "/x=(1),*!$&'+~_-",
        ];
        for path in paths {
            assert_eq!(check(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn each_defect_is_named() {
        let cases = [
            ("//evil.test", UrlDefect::DoubleSlash),
            ("/%2fevil.test", UrlDefect::DoubleSlash),
            ("/%252Fevil.test", UrlDefect::DoubleSlash),
            ("/%2525252fevil.test", UrlDefect::DoubleSlash),
            ("/%20/evil.test", UrlDefect::DoubleSlash),
            ("/%E3%80%80/evil.test", UrlDefect::DoubleSlash),
            ("/.", UrlDefect::DotSegment),
            ("/a/../b", UrlDefect::DotSegment),
            ("/a/..;x/b", UrlDefect::DotSegment),
            ("/a/..%3Bx/b", UrlDefect::DotSegment),
            ("/a/%2e%2E/b", UrlDefect::DotSegment),
            ("/a/.%2e", UrlDefect::DotSegment),
            ("/a..%2f../b", UrlDefect::DotSegment),
            ("/a/..%2fb", UrlDefect::DotSegment),
            ("/a/%252e%252e/b", UrlDefect::DotSegment),
            ("/a/%25%32%65%25%32%65/b", UrlDefect::DotSegment),
            ("/%5cevil.test", UrlDefect::Backslash),
            ("/a%255Cb", UrlDefect::Backslash),
            ("/a%00", UrlDefect::EncodedControl),
            ("/a%0d%0aSet-Cookie:x", UrlDefect::EncodedControl),
            ("/a%2500", UrlDefect::EncodedControl),
            ("/a%7f", UrlDefect::EncodedControl),
            ("/a%C2%85", UrlDefect::EncodedControl),
            ("/a%", UrlDefect::BadEscape),
            ("/a%2", UrlDefect::BadEscape),
            ("/a%zz", UrlDefect::BadEscape),
            ("/a%+1", UrlDefect::BadEscape),
            ("/a%c0%af", UrlDefect::NotUtf8),
            ("/caf%E9", UrlDefect::NotUtf8),
            ("/%2525252525252e", UrlDefect::NestedEscapes),
            ("/a<b", UrlDefect::PathCharacter('<')),
            ("/a|b", UrlDefect::PathCharacter('|')),
        ];
        for (path, defect) in cases {
            assert_eq!(check(path), Err(defect), "{path}");
        }
    }
}
