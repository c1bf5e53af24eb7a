//! Who is signed in, as a page names them.

/// Somebody who is signed in.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) email_is_verified: bool,
}

impl Person {
    /// The letter in the circle.
    pub(super) fn initial(&self) -> String {
        let first = self.name.chars().find(|c| c.is_alphanumeric());
        first.map_or_else(|| "•".to_owned(), |c| c.to_uppercase().collect())
    }
}
