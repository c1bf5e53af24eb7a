//! A map in the process: sharded, bounded, and every entry has an end.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

const SHARDS: usize = 64;
/// Expired entries removed by one insertion, besides the one it makes room for.
const SWEEP: usize = 4;

/// Keys with values until a deadline (seconds since 1970), at most `capacity` of them.
///
/// When it is full, what is expired goes first, then what would end soonest.
pub(crate) struct ExpiringMap<K, V> {
    shards: Vec<Mutex<Shard<K, V>>>,
    capacity_of_shard: usize,
    hasher: RandomState,
}

struct Shard<K, V> {
    entries: HashMap<K, Entry<V>>,
    by_deadline: BTreeSet<(i64, K)>,
}

struct Entry<V> {
    value: V,
    deadline: i64,
}

impl<K: Copy + Ord + Hash, V> ExpiringMap<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        let shards = SHARDS.min(capacity.max(1));
        Self {
            shards: (0..shards).map(|_| Mutex::new(Shard::new())).collect(),
            capacity_of_shard: capacity.div_ceil(shards).max(1),
            hasher: RandomState::new(),
        }
    }

    /// The value of a key that has not expired, and its deadline.
    pub(crate) fn read<R>(&self, key: &K, now: i64, read: impl FnOnce(&V, i64) -> R) -> Option<R> {
        let shard = self.shard(key);
        let entry = shard.entries.get(key)?;
        (entry.deadline > now).then(|| read(&entry.value, entry.deadline))
    }

    /// Changes the value of a key that has not expired; `None` leaves it as it is.
    pub(crate) fn update<R>(
        &self,
        key: &K,
        now: i64,
        update: impl FnOnce(&mut V, &mut i64) -> R,
    ) -> Option<R> {
        let mut shard = self.shard(key);
        let shard = &mut *shard;
        let entry = shard.entries.get_mut(key)?;
        let before = entry.deadline;
        if before <= now {
            return None;
        }
        let result = update(&mut entry.value, &mut entry.deadline);
        if entry.deadline != before {
            shard.by_deadline.remove(&(before, *key));
            shard.by_deadline.insert((entry.deadline, *key));
        }
        Some(result)
    }

    /// Puts a value unless the key is there; says whether it did.
    pub(crate) fn insert_new(&self, key: K, value: V, deadline: i64, now: i64) -> bool {
        let mut shard = self.shard(&key);
        if shard
            .entries
            .get(&key)
            .is_some_and(|entry| entry.deadline > now)
        {
            return false;
        }
        shard.put(key, value, deadline, now, self.capacity_of_shard);
        true
    }

    /// Changes the value of a key, from the default where there is none that has not expired; `None`
    /// as the new deadline removes it. Returns as well what had to go before its time.
    pub(crate) fn upsert<R>(
        &self,
        key: K,
        now: i64,
        upsert: impl FnOnce(&mut V, i64) -> (R, Option<i64>),
    ) -> (R, Vec<(K, V)>)
    where
        V: Default,
    {
        let mut shard = self.shard(&key);
        let before = shard
            .entries
            .get(&key)
            .map_or(i64::MIN, |entry| entry.deadline);
        let kept = shard.remove(&key).filter(|_| before > now);
        let mut value = kept.unwrap_or_default();
        let (result, deadline) = upsert(&mut value, before);
        let gone = match deadline {
            Some(deadline) => shard.put(key, value, deadline, now, self.capacity_of_shard),
            None => Vec::new(),
        };
        (result, gone)
    }

    /// Puts a value, whatever was there.
    pub(crate) fn insert(&self, key: K, value: V, deadline: i64, now: i64) {
        self.shard(&key)
            .put(key, value, deadline, now, self.capacity_of_shard);
    }

    pub(crate) fn remove(&self, key: &K) -> Option<V> {
        self.shard(key).remove(key)
    }

    pub(crate) fn len(&self) -> usize {
        self.shards
            .iter()
            .map(|shard| lock(shard).entries.len())
            .sum()
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, Shard<K, V>> {
        #[allow(clippy::cast_possible_truncation)] // any bits of the hash do
        let hash = self.hasher.hash_one(key) as usize;
        lock(&self.shards[hash % self.shards.len()])
    }
}

/// No code of ours panics while it holds a shard, so a poisoned one is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Copy + Ord + Hash, V> Shard<K, V> {
    fn new() -> Self {
        Self {
            entries: HashMap::new(),
            by_deadline: BTreeSet::new(),
        }
    }

    /// Returns what had to go before its time.
    fn put(&mut self, key: K, value: V, deadline: i64, now: i64, capacity: usize) -> Vec<(K, V)> {
        let mut gone = Vec::new();
        self.remove(&key);
        for _ in 0..SWEEP {
            match self.by_deadline.first() {
                Some(&(soonest, expired)) if soonest <= now => self.remove(&expired),
                _ => break,
            };
        }
        while self.entries.len() >= capacity {
            let Some(&(_, soonest)) = self.by_deadline.first() else {
                break;
            };
            gone.extend(self.remove(&soonest).map(|value| (soonest, value)));
        }
        self.by_deadline.insert((deadline, key));
        self.entries.insert(key, Entry { value, deadline });
        gone
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        let entry = self.entries.remove(key)?;
        self.by_deadline.remove(&(entry.deadline, *key));
        Some(entry.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(map: &ExpiringMap<u32, &'static str>, key: u32, now: i64) -> Option<&'static str> {
        map.read(&key, now, |value, _| *value)
    }

    #[test]
    fn an_entry_ends_at_its_deadline() {
        let map = ExpiringMap::new(10);
        map.insert(1, "a", 100, 0);
        assert_eq!(value(&map, 1, 99), Some("a"));
        assert_eq!(value(&map, 1, 100), None);
        assert_eq!(map.update(&1, 100, |_, _| ()), None);
    }

    #[test]
    fn a_key_is_claimed_once_until_it_expires() {
        let map = ExpiringMap::new(10);
        assert!(map.insert_new(1, "a", 100, 0));
        assert!(!map.insert_new(1, "b", 100, 99));
        assert!(map.insert_new(1, "c", 200, 100));
        assert_eq!(value(&map, 1, 150), Some("c"));
    }

    #[test]
    fn full_means_that_the_soonest_goes() {
        let map = ExpiringMap::new(1);
        map.insert(1, "a", 100, 0);
        map.insert(2, "b", 50, 0);
        assert_eq!((value(&map, 1, 0), value(&map, 2, 0)), (None, Some("b")));
        assert_eq!(map.len(), 1);
    }

    #[test]
    fn expired_entries_do_not_pile_up() {
        let map = ExpiringMap::new(1_000_000);
        for key in 0..100_000 {
            map.insert(key, "a", i64::from(key) + 10, i64::from(key));
        }
        assert!(map.len() < 2_000, "{}", map.len());
    }

    #[test]
    fn upsert_starts_anew_after_the_end_and_tells_what_it_pushed_out() {
        let map = ExpiringMap::<u32, Vec<u32>>::new(1);
        let push = |key: u32, value: u32, now: i64| {
            map.upsert(key, now, |values, _| {
                values.push(value);
                (values.len(), Some(now + 10))
            })
        };
        assert_eq!(push(1, 1, 0), (1, vec![]));
        assert_eq!(push(1, 2, 5), (2, vec![]));
        assert_eq!(push(1, 3, 15), (1, vec![]), "the first two had ended");
        assert_eq!(push(2, 4, 15), (1, vec![(1, vec![3])]), "no room for both");
        map.upsert(2, 16, |_, _| ((), None));
        assert_eq!(map.len(), 0);
    }

    #[test]
    fn a_moved_deadline_counts() {
        let map = ExpiringMap::new(10);
        map.insert(1, "a", 100, 0);
        map.update(&1, 0, |_, deadline| *deadline = 200);
        assert_eq!(value(&map, 1, 150), Some("a"));
        map.remove(&1);
        assert_eq!((map.len(), value(&map, 1, 150)), (0, None));
    }
}
