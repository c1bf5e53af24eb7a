//! Where the browser goes after login.

use std::{borrow::Cow, fmt};

use url::Position;

use super::{RootUrl, UrlDefect, WebUrl};

/// Where the browser goes after login: a path, maybe with a query, on our own origin, at most 1 KB.
///
/// # Security
///
/// The value starts with exactly one slash, and a browser that resolves it as a `Location` stays on
/// the origin of the root URL. There is no other way to build one, so a redirect to it cannot be an
/// open redirect ([RFC 9700 §4.11](https://www.rfc-editor.org/rfc/rfc9700#section-4.11)).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReturnTo(Cow<'static, str>);

impl ReturnTo {
    /// The most bytes it may have.
    pub const MAX_LENGTH: usize = 1024;

    /// The home page, `/`.
    pub const HOME: Self = Self(Cow::Borrowed("/"));

    /// Reads a path that starts with exactly one slash, or an absolute URL on the root URL's own
    /// origin, which is reduced to its path and query. What people type is accepted (`/straße?q=a
    /// b`) and percent-encoded.
    ///
    /// # Errors
    ///
    /// When it is too long, leads to another origin, or is not accepted as a [`WebUrl`].
    pub fn parse(text: &str, root_url: &RootUrl) -> Result<Self, ReturnToError> {
        let origin = root_url.origin();
        if text.len() > Self::MAX_LENGTH + origin.len() {
            return Err(ReturnToError::TooLong);
        }
        let text = percent_encode(text);
        let url = if text.starts_with('/') {
            WebUrl::parse(&format!("{origin}{text}"))?
        } else {
            WebUrl::parse(&text)?
        };
        if url.origin() != origin {
            return Err(ReturnToError::OtherOrigin);
        }
        let target = &url.url()[Position::BeforePath..];
        if target.len() > Self::MAX_LENGTH {
            return Err(ReturnToError::TooLong);
        }
        Ok(Self(Cow::Owned(target.to_owned())))
    }

    /// The path with its query, in ASCII, ready for a `Location` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.0
            .split_once('?')
            .map_or(self.as_str(), |(path, _)| path)
    }
}

impl Default for ReturnTo {
    fn default() -> Self {
        Self::HOME
    }
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for ReturnTo {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// A value that is no place to return to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReturnToError {
    /// Longer than [`ReturnTo::MAX_LENGTH`].
    #[error("return_to is longer than {} bytes", ReturnTo::MAX_LENGTH)]
    TooLong,
    /// An absolute URL on another origin.
    #[error("return_to leads to another origin")]
    OtherOrigin,
    /// Neither a path that starts with a slash nor a whole URL.
    #[error("return_to is neither a path that starts with a slash nor a whole URL")]
    NotAPath,
    /// Something that browsers may read differently than we do.
    #[error("return_to {0}")]
    Url(UrlDefect),
}

impl From<UrlDefect> for ReturnToError {
    fn from(defect: UrlDefect) -> Self {
        match defect {
            UrlDefect::Scheme => Self::NotAPath,
            defect => Self::Url(defect),
        }
    }
}

/// Encodes letters outside ASCII, and blanks in the query. Blanks and control characters elsewhere
/// stay, to be refused.
fn percent_encode(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Cow::Borrowed(text);
    }
    let mut encoded = String::with_capacity(text.len() + 16);
    let mut in_query = false;
    for character in text.chars() {
        in_query |= character == '?';
        let is_letter = !character.is_ascii() && !character.is_whitespace();
        let is_query_blank = in_query && character.is_whitespace();
        if !character.is_control() && (is_letter || is_query_blank) {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                encoded.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]);
            }
        } else {
            encoded.push(character);
        }
    }
    Cow::Owned(encoded)
}

fn hex_digit(value: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(value)])
}

#[cfg(test)]
mod tests;
