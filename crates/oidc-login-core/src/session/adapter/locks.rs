//! One change of a record at a time, in this process.

use tokio::sync::{Mutex, MutexGuard};
use tower_sessions_core::session::Id;

/// Few enough to keep, many enough that two changes at work seldom share one.
const LOCKS: usize = 1024;

/// Locks for records. Some share one, so nobody may hold two.
pub(super) struct Locks(Vec<Mutex<()>>);

impl Locks {
    pub(super) fn new() -> Self {
        Self((0..LOCKS).map(|_| Mutex::new(())).collect())
    }

    pub(super) async fn lock(&self, id: Id) -> MutexGuard<'_, ()> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // any bits of the id do
        let bits = id.0 as usize;
        self.0[bits % LOCKS].lock().await
    }
}
