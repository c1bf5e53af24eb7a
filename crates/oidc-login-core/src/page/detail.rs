//! How much a page tells.

/// How much a page tells about a failure.
///
/// # Security
///
/// [`Full`](Self::Full) shows addresses and settings of the app to whoever is in front of the
/// page: it belongs on loopback and into tests. The log has it all in either case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Detail {
    /// What happened, what to do, the code and the id.
    #[default]
    Short,
    /// Also whose move it is, the evidence and the causes.
    Full,
}
