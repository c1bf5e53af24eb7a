//! A map in the process: sharded, bounded in entries and bytes, and every entry has an end.

mod deadlines;
mod hashed_key;
mod shard;
mod slots;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use self::{hashed_key::Seeds, shard::Shard};

pub(crate) use self::hashed_key::HashedKey;

const SHARDS: usize = 64;
/// A shard has room for at least so many bytes, or one large entry would be all there is.
const SMALLEST_SHARD: usize = 1 << 20;

/// Keys with values until a deadline (seconds since 1970), within its bounds.
///
/// Where there is no room, what is expired goes first, then what would end soonest: of one shard, as
/// each has its share of the room.
pub(crate) struct ExpiringMap<K, V> {
    shards: Box<[Mutex<Shard<K, V>>]>,
    seeds: Seeds,
    heap_bytes: fn(&V) -> usize,
    /// The most that one value may have on the heap.
    largest: usize,
}

/// How much a map may hold.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) entries: usize,
    /// Of entries and of what they have on the heap.
    pub(crate) bytes: usize,
}

/// What an insertion removed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone<K, V> {
    /// At its end, or after it.
    pub(crate) expired: Vec<(K, V)>,
    /// Before its end.
    pub(crate) evicted: Vec<(K, V)>,
}

/// Why a value was not put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is one.
    Taken,
    /// It would be all there is room for.
    TooLarge,
}

impl Bounds {
    /// No bound: for what goes with the entries of another map.
    pub(crate) const NONE: Self = Self::entries(usize::MAX);

    /// For values that are all alike.
    pub(crate) const fn entries(entries: usize) -> Self {
        Self {
            entries,
            bytes: usize::MAX,
        }
    }
}

impl<K, V> Gone<K, V> {
    fn nothing() -> Self {
        Self {
            expired: Vec::new(),
            evicted: Vec::new(),
        }
    }
}

impl<K: HashedKey, V> ExpiringMap<K, V> {
    /// A map of values that have nothing on the heap, or all the same.
    pub(crate) fn new(entries: usize) -> Self {
        Self::bounded(Bounds::entries(entries), |_| 0)
    }

    /// A map of values of different size. `heap_bytes` says what one has on the heap, and the same
    /// again until the map changes it.
    pub(crate) fn bounded(bounds: Bounds, heap_bytes: fn(&V) -> usize) -> Self {
        let by_bytes = bounds.bytes / SMALLEST_SHARD;
        let shards = SHARDS.min(bounds.entries).min(by_bytes).max(1);
        let share = Bounds {
            entries: bounds.entries.div_ceil(shards).max(1),
            bytes: bounds.bytes / shards,
        };
        let seeds = Seeds::random();
        let empty = |_| Mutex::new(Shard::new(share, heap_bytes, seeds));
        Self {
            shards: (0..shards).map(empty).collect(),
            seeds,
            heap_bytes,
            largest: share.bytes.saturating_sub(Shard::<K, V>::ENTRY),
        }
    }

    /// Whether a value with so many bytes on the heap can be put.
    pub(crate) fn fits(&self, heap_bytes: usize) -> bool {
        heap_bytes <= self.largest
    }

    /// The value of a key that has not expired, and its deadline.
    pub(crate) fn read<R>(&self, key: &K, now: i64, read: impl FnOnce(&V, i64) -> R) -> Option<R> {
        let (shard, hash) = self.shard(key);
        let entry = shard.get(hash, key)?;
        (entry.deadline > now).then(|| read(&entry.value, entry.deadline))
    }

    /// Changes the value of a key that has not expired; it must still [fit](Self::fits).
    pub(crate) fn update<R>(
        &self,
        key: &K,
        now: i64,
        update: impl FnOnce(&mut V, &mut i64) -> R,
    ) -> Option<(R, Gone<K, V>)> {
        let (mut shard, hash) = self.shard(key);
        shard.get(hash, key).filter(|entry| entry.deadline > now)?;
        let (mut value, mut deadline) = shard.take(hash, key)?;
        let result = update(&mut value, &mut deadline);
        let gone = shard.put(hash, *key, value, deadline, now);
        Some((result, gone))
    }

    /// Changes the value of a key, from the default where there is none that has not expired; `None`
    /// as the new deadline removes it.
    pub(crate) fn upsert<R>(
        &self,
        key: K,
        now: i64,
        upsert: impl FnOnce(&mut V) -> (R, Option<i64>),
    ) -> (R, Gone<K, V>)
    where
        V: Default,
    {
        let (mut shard, hash) = self.shard(&key);
        let kept = shard.take(hash, &key);
        let kept = kept.filter(|(_, deadline)| *deadline > now);
        let mut value = kept.map(|(value, _)| value).unwrap_or_default();
        let (result, deadline) = upsert(&mut value);
        let gone = match deadline {
            Some(deadline) => shard.put(hash, key, value, deadline, now),
            None => Gone::nothing(),
        };
        (result, gone)
    }

    /// Puts a value unless the key is there.
    pub(crate) fn insert_new(
        &self,
        key: K,
        value: V,
        deadline: i64,
        now: i64,
    ) -> Result<Gone<K, V>, Refused> {
        let (mut shard, hash) = self.shard(&key);
        if shard
            .get(hash, &key)
            .is_some_and(|entry| entry.deadline > now)
        {
            return Err(Refused::Taken);
        }
        if !self.fits((self.heap_bytes)(&value)) {
            return Err(Refused::TooLarge);
        }
        shard.take(hash, &key);
        Ok(shard.put(hash, key, value, deadline, now))
    }

    /// Puts a value, whatever was there, if that is still wanted once nobody else is at the key. One
    /// that is too large takes the place of what was there as well, and is dropped.
    pub(crate) fn insert_if(
        &self,
        key: K,
        value: V,
        deadline: i64,
        now: i64,
        is_wanted: impl FnOnce() -> bool,
    ) -> Gone<K, V> {
        let (mut shard, hash) = self.shard(&key);
        if !is_wanted() {
            return Gone::nothing();
        }
        shard.take(hash, &key);
        if self.fits((self.heap_bytes)(&value)) {
            shard.put(hash, key, value, deadline, now)
        } else {
            Gone::nothing()
        }
    }

    /// Removes a value; `None` where there is none that has not expired.
    pub(crate) fn remove(&self, key: &K, now: i64) -> Option<V> {
        let (mut shard, hash) = self.shard(key);
        let (value, deadline) = shard.take(hash, key)?;
        (deadline > now).then_some(value)
    }

    pub(crate) fn clear(&self) {
        for shard in &self.shards {
            lock(shard).clear();
        }
    }

    pub(crate) fn len(&self) -> usize {
        let shards = self.shards.iter();
        shards.map(|shard| lock(shard).len()).sum()
    }

    /// What entries take, with what they have on the heap; about.
    pub(crate) fn bytes(&self) -> usize {
        let shards = self.shards.iter();
        shards.map(|shard| lock(shard).bytes()).sum()
    }

    fn shard(&self, key: &K) -> (MutexGuard<'_, Shard<K, V>>, u64) {
        let hash = self.seeds.hash(key);
        // Neither the bits that choose a place in a table, nor those that tell its entries apart.
        let shard = (hash >> 32) as usize & 0xffff;
        (lock(&self.shards[shard % self.shards.len()]), hash)
    }
}

/// No code of ours panics while it holds a shard, so a poisoned one is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
