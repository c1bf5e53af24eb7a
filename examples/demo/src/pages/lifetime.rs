//! One thing that expires.

use time::OffsetDateTime;

use super::when;

/// Something that expires, and when.
pub(crate) struct Lifetime {
    pub(crate) what: &'static str,
    pub(crate) meaning: &'static str,
    /// `None` where the provider does not say.
    pub(crate) at: Option<OffsetDateTime>,
}

impl Lifetime {
    pub(super) fn left(&self, now: &OffsetDateTime) -> String {
        self.at.map_or_else(
            || "the provider does not say".to_owned(),
            |at| when::left(at, *now),
        )
    }

    pub(super) fn end(&self) -> Option<String> {
        self.at.and_then(when::utc)
    }
}
