//! A login as this process keeps it.

use std::sync::Arc;

use bytes::Bytes;

use super::{BLOCK, index::MEMBER};
use crate::session::{
    login_store::{Lease, Version},
    login_watch::LoginWatch,
};

/// A login. What has ended is not among them; its mark stands apart.
pub(super) struct Live {
    pub(super) record: Box<[u8]>,
    /// How many keys lead to it, the keys, and what a list of sessions shows of it.
    pub(super) found_by: Box<[u8]>,
    pub(super) watch: Watched,
    pub(super) lease: Option<Box<HeldLease>>,
}

/// Says that the login is over when it leaves the store, however it does.
pub(super) struct Watched(pub(super) Arc<LoginWatch>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.ended();
    }
}

pub(super) struct HeldLease {
    pub(super) lease: Lease,
    /// In milliseconds since 1970.
    pub(super) until: i128,
}

impl Live {
    /// What it has on the heap, and what it takes in the index.
    pub(super) fn heap_bytes(&self) -> usize {
        let lease = self.lease.as_ref().map_or(0, |lease| size_of_val(&**lease));
        let watch = size_of::<LoginWatch>() + 2 * size_of::<usize>();
        let own = self.record.len() + self.found_by.len() + watch + lease + 4 * BLOCK;
        own + self.index_keys().len() * MEMBER
    }

    pub(super) fn version(&self) -> Version {
        self.watch.0.version()
    }

    pub(super) fn index_keys(&self) -> &[[u8; 32]] {
        let (keys, _) = self.found_by[1..].as_chunks();
        &keys[..usize::from(self.found_by[0])]
    }

    pub(super) fn about(&self) -> &[u8] {
        &self.found_by[1 + self.index_keys().as_flattened().len()..]
    }

    pub(super) fn is_last_lease(&self, lease: Lease) -> bool {
        matches!(&self.lease, Some(held) if held.lease == lease)
    }
}

/// The bytes themselves where nobody else has them, and no more of them than there are.
pub(super) fn boxed(record: Bytes) -> Box<[u8]> {
    Vec::from(record).into_boxed_slice()
}
