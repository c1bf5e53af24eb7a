//! Who can read what a store keeps.

/// Who can read what a store keeps of a session, and make sessions by writing into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreEntries {
    /// Nobody without the browser's cookie and the session secrets: each entry is encrypted with a
    /// key made of both.
    ///
    /// What is not encrypted counts as no session: switching this on signs everybody out.
    Encrypted,
    /// Whoever can read the store; who can write into it can make any login.
    ///
    /// Entries that were encrypted before are still read.
    Plain,
}
