//! What a cookie of one client carries sealed: it opens under its own name only.

use zeroize::Zeroizing;

use super::{
    cookies::CookieNames,
    seal::{Keys, Purpose},
};
use crate::seams::Random;

/// Seals and opens the values of one client's cookies.
#[derive(Clone, Copy)]
pub(crate) struct CookieSeal<'a> {
    pub(crate) names: &'a CookieNames,
    pub(crate) keys: &'a Keys,
    pub(crate) client_id: &'a str,
    pub(crate) root_origin: &'a str,
}

impl CookieSeal<'_> {
    /// A value for the cookie of this name.
    pub(super) fn seal(
        &self,
        purpose: Purpose,
        name: &str,
        plain: &[u8],
        random: &dyn Random,
    ) -> String {
        self.keys.seal(purpose, &self.context(name), plain, random)
    }

    /// What was sealed for this purpose into the cookie of this name.
    pub(super) fn open(
        &self,
        purpose: Purpose,
        name: &str,
        value: &str,
    ) -> Option<Zeroizing<Vec<u8>>> {
        self.keys.open(purpose, &self.context(name), value)
    }

    fn context<'c>(&'c self, name: &'c str) -> [&'c str; 3] {
        [name, self.client_id, self.root_origin]
    }
}
