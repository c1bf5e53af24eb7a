//! One fact about a failure.

use std::fmt;

/// One fact about a failure: a label and a value, never anything secret.
///
/// Its `Debug` is `what: "value"`, as it stands in the log.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    what: &'static str,
    value: String,
}

impl Evidence {
    const MAX_CHARS: usize = 500;

    /// A fact; long values are cut, control characters are dropped.
    pub fn new(what: &'static str, value: impl fmt::Display) -> Self {
        let value = visible(&value.to_string()).take(Self::MAX_CHARS).collect();
        Self { what, value }
    }

    /// What the value is.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.what, self.value)
    }
}

/// The characters of a text that show: no controls, and none that turn the direction of what
/// stands around them.
pub(crate) fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|character| {
        !character.is_control()
            && !matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_log_it_is_short_and_no_value_looks_like_another_fact() {
        let evidence = [
            Evidence::new("issuer expected", "https://login.example"),
            Evidence::new("issuer found", "https://evil.test\", status: \"200\n"),
        ];
        assert_eq!(
            format!("{evidence:?}"),
            r#"[issuer expected: "https://login.example", issuer found: "https://evil.test\", status: \"200"]"#
        );
    }
}
