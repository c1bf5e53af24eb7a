//! One part of a map, with its share of the room.

use hashbrown::HashTable;

use super::{
    Bounds, Gone,
    hashed_key::{HashedKey, Seeds},
    slots::Slots,
};

/// Expired entries removed by one insertion, besides those it needs the room of.
const SWEEP: usize = 4;

pub(super) struct Shard<K, V> {
    pub(super) slots: Slots<Entry<K, V>>,
    /// The entries' numbers by their keys.
    table: HashTable<u32>,
    /// The entries' numbers as a heap: none ends before the one that it hangs from.
    pub(super) deadlines: Vec<u32>,
    bytes: usize,
    share: Bounds,
    heap_bytes: fn(&V) -> usize,
    seeds: Seeds,
}

pub(super) struct Entry<K, V> {
    key: K,
    pub(super) value: V,
    pub(super) deadline: i64,
    /// Where its number stands among the deadlines.
    pub(super) place: u32,
}

impl<K: HashedKey, V> Shard<K, V> {
    /// What an entry takes: its place, and its number with one byte of the table and twice that of
    /// free ones, and among the deadlines.
    pub(super) const ENTRY: usize = Slots::<Entry<K, V>>::SLOT + 2 * 5 + 2 * 4;

    pub(super) fn new(share: Bounds, heap_bytes: fn(&V) -> usize, seeds: Seeds) -> Self {
        Self {
            slots: Slots::new(),
            table: HashTable::new(),
            deadlines: Vec::new(),
            bytes: 0,
            share,
            heap_bytes,
            seeds,
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new(self.share, self.heap_bytes, self.seeds);
    }

    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn get(&self, hash: u64, key: &K) -> Option<&Entry<K, V>> {
        let is_it = |slot: &u32| self.slots[*slot].key == *key;
        let slot = self.table.find(hash, is_it)?;
        Some(&self.slots[*slot])
    }

    /// Takes an entry out, expired or not.
    pub(super) fn take(&mut self, hash: u64, key: &K) -> Option<(V, i64)> {
        let is_it = |slot: &u32| self.slots[*slot].key == *key;
        let (slot, _) = self.table.find_entry(hash, is_it).ok()?.remove();
        let entry = self.leave(slot);
        Some((entry.value, entry.deadline))
    }

    /// Puts an entry whose key is not there, and makes room for it.
    pub(super) fn put(
        &mut self,
        hash: u64,
        key: K,
        value: V,
        deadline: i64,
        now: i64,
    ) -> Gone<K, V> {
        let weight = self.weight(&value);
        let mut gone = Gone::nothing();
        for _ in 0..SWEEP {
            match self.deadlines.first() {
                Some(first) if self.slots[*first].deadline <= now => {
                    self.drop_first(now, &mut gone);
                }
                _ => break,
            }
        }
        while !self.deadlines.is_empty() && !self.has_room(weight) {
            self.drop_first(now, &mut gone);
        }
        let slot = self.slots.insert(Entry {
            key,
            value,
            deadline,
            place: 0,
        });
        let (slots, seeds) = (&self.slots, self.seeds);
        let rehash = |slot: &u32| seeds.hash(&slots[*slot].key);
        self.table.insert_unique(hash, slot, rehash);
        self.enqueue(slot);
        self.bytes += weight;
        gone
    }

    fn has_room(&self, weight: usize) -> bool {
        let bytes = self.bytes.saturating_add(weight);
        self.table.len() < self.share.entries && bytes <= self.share.bytes
    }

    fn weight(&self, value: &V) -> usize {
        Self::ENTRY + (self.heap_bytes)(value)
    }

    /// Drops what ends soonest.
    fn drop_first(&mut self, now: i64, gone: &mut Gone<K, V>) {
        let Some(&first) = self.deadlines.first() else {
            return;
        };
        let hash = self.seeds.hash(&self.slots[first].key);
        if let Ok(number) = self.table.find_entry(hash, |slot| *slot == first) {
            number.remove();
        }
        let entry = self.leave(first);
        let list = if entry.deadline <= now {
            &mut gone.expired
        } else {
            &mut gone.evicted
        };
        list.push((entry.key, entry.value));
    }

    /// Frees the place of an entry that is no longer in the table.
    fn leave(&mut self, slot: u32) -> Entry<K, V> {
        self.dequeue(slot);
        let entry = self.slots.remove(slot);
        self.bytes -= self.weight(&entry.value);
        entry
    }
}
