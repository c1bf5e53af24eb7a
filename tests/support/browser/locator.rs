//! Elements of a page, named as a person would name them.

use serde_json::json;

/// Finding elements as a person does. Defines `find(kind, value)` in the page; `find` answers elements that can be seen.
const FIND: &str = include_str!("find.js");

/// What to look for in a page.
#[derive(Clone, Copy)]
pub(super) enum Locator<'a> {
    Css(&'a str),
    Text(&'a str),
    Label(&'a str),
}

impl Locator<'_> {
    /// A script that ends in `then`, where `found` is the list of the elements this locator finds.
    pub(super) fn script(self, then: &str) -> String {
        let (kind, value) = match self {
            Self::Css(value) => ("css", value),
            Self::Text(value) => ("text", value),
            Self::Label(value) => ("label", value),
        };
        format!(
            "(async () => {{ {FIND}\nconst found = find({}, {}); return {then}; }})()",
            json!(kind),
            json!(value)
        )
    }
}

impl std::fmt::Display for Locator<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Css(css) => write!(f, "{css} is there"),
            Self::Text(text) => write!(f, "{text:?} is there"),
            Self::Label(label) => write!(f, "the field labelled {label:?} is there"),
        }
    }
}
