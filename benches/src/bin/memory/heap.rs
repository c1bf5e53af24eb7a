//! What is on the heap.

use std::{alloc::System, ops::Sub};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What an allocator keeps of its own for each block, about: glibc has 8 bytes and rounds up to 16.
const PER_BLOCK: i64 = 16;

/// What is on the heap, or by how much that differs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heap {
    bytes: i64,
    blocks: i64,
}

impl Heap {
    /// Now.
    pub(crate) fn now() -> Self {
        let stats = ALLOCATOR.stats();
        let difference = |more: usize, less: usize| more.cast_signed() - less.cast_signed();
        let bytes = difference(stats.bytes_allocated, stats.bytes_deallocated);
        let blocks = difference(stats.allocations, stats.deallocations);
        Self {
            bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            blocks: i64::try_from(blocks).unwrap_or(i64::MAX),
        }
    }

    /// What came since then.
    pub(crate) fn since(self) -> Self {
        let now = Self::now();
        now - self
    }

    /// Bytes, with what the allocator needs for them.
    pub(crate) fn total(self) -> i64 {
        self.bytes + self.blocks * PER_BLOCK
    }
}

impl Sub for Heap {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            bytes: self.bytes - other.bytes,
            blocks: self.blocks - other.blocks,
        }
    }
}
