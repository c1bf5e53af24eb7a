//! Values from outside, made fit to be shown in an error.

use std::fmt;

/// A value as it was found, for errors, logs and pages: one line, at most 200 characters.
///
/// # Security
///
/// Tokens are written by others and may be read before their signature is known to be good, so what
/// they say must not forge log lines or fill a disk. Control characters become `�`, and what is cut
/// off leaves an `…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown(Box<str>);

const LONGEST: usize = 200;

impl Shown {
    pub(crate) fn new(found: &str) -> Self {
        let mut text: String = found.chars().take(LONGEST).map(visible).collect();
        if found.chars().nth(LONGEST).is_some() {
            text.push('…');
        }
        Self(text.into())
    }

    /// The values of a list, separated by commas.
    pub(crate) fn list<'a>(found: impl IntoIterator<Item = &'a str>) -> Self {
        let mut text = String::new();
        for (position, item) in found.into_iter().enumerate() {
            if text.len() > 4 * LONGEST {
                break;
            }
            if position > 0 {
                text.push_str(", ");
            }
            text.push_str(item);
        }
        Self::new(&text)
    }

    /// The value as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Bidirectional controls count too: they reorder a line without being control characters.
fn visible(character: char) -> char {
    let reorders = matches!(
        character,
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    if character.is_control() || reorders {
        '\u{fffd}'
    } else {
        character
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_one_short_line() {
        let cases = [
            (
                "plain",
                "https://idp.example/".to_owned(),
                "https://idp.example/".to_owned(),
            ),
            (
                "line break",
                "a\r\nlevel=error".to_owned(),
                "a\u{fffd}\u{fffd}level=error".to_owned(),
            ),
            (
                "reordering",
                "a\u{202e}b".to_owned(),
                "a\u{fffd}b".to_owned(),
            ),
            ("exactly full", "x".repeat(200), "x".repeat(200)),
            ("too long", "é".repeat(201), format!("{}…", "é".repeat(200))),
        ];
        for (name, found, shown) in cases {
            assert_eq!(Shown::new(&found).as_str(), shown, "{name}");
        }
        assert_eq!(Shown::list(["a", "b"]).as_str(), "a, b");
        let many = Shown::list(std::iter::repeat_n("client", 100_000));
        assert!(many.as_str().chars().count() == 201);
    }
}
