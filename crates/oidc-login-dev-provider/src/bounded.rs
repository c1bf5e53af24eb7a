//! A map with a bound, so that nobody fills the memory.

use std::collections::{BTreeMap, HashMap};

use time::OffsetDateTime;

/// A map that forgets: entries leave when they expire, or, when it is full, the one that would expire first.
pub(crate) struct Bounded<V> {
    capacity: usize,
    inserted: u64,
    entries: HashMap<String, Entry<V>>,
    by_expiry: BTreeMap<(OffsetDateTime, u64), String>,
}

struct Entry<V> {
    value: V,
    order: (OffsetDateTime, u64),
}

impl<V> Bounded<V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            inserted: 0,
            entries: HashMap::new(),
            by_expiry: BTreeMap::new(),
        }
    }

    pub(crate) fn insert(
        &mut self,
        key: String,
        value: V,
        expires: OffsetDateTime,
        now: OffsetDateTime,
    ) {
        self.remove(&key);
        while let Some(first) = self.by_expiry.first_entry() {
            if first.key().0 > now && self.entries.len() < self.capacity {
                break;
            }
            self.entries.remove(&first.remove());
        }
        self.inserted += 1;
        let order = (expires, self.inserted);
        self.by_expiry.insert(order, key.clone());
        self.entries.insert(key, Entry { value, order });
    }

    pub(crate) fn get(&self, key: &str, now: OffsetDateTime) -> Option<&V> {
        self.entries
            .get(key)
            .filter(|entry| entry.order.0 > now)
            .map(|entry| &entry.value)
    }

    pub(crate) fn get_mut(&mut self, key: &str, now: OffsetDateTime) -> Option<&mut V> {
        self.entries
            .get_mut(key)
            .filter(|entry| entry.order.0 > now)
            .map(|entry| &mut entry.value)
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let entry = self.entries.remove(key)?;
        self.by_expiry.remove(&entry.order);
        Some(entry.value)
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&V) -> bool) {
        self.entries.retain(|_, entry| {
            let kept = keep(&entry.value);
            if !kept {
                self.by_expiry.remove(&entry.order);
            }
            kept
        });
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds)
    }

    #[test]
    fn a_full_map_drops_what_expires_first() {
        let mut map = Bounded::new(2);
        map.insert("late".into(), 1, at(100), at(0));
        map.insert("soon".into(), 2, at(50), at(0));
        map.insert("new".into(), 3, at(70), at(0));
        assert_eq!(
            (
                map.get("late", at(0)),
                map.get("soon", at(0)),
                map.get("new", at(0))
            ),
            (Some(&1), None, Some(&3))
        );
        assert_eq!((map.entries.len(), map.by_expiry.len()), (2, 2));
    }

    #[test]
    fn expired_entries_are_neither_found_nor_kept() {
        let mut map = Bounded::new(10);
        map.insert("old".into(), 1, at(10), at(0));
        assert_eq!(map.get("old", at(9)), Some(&1));
        assert_eq!(map.get("old", at(10)), None);
        map.insert("new".into(), 2, at(100), at(10));
        assert_eq!((map.entries.len(), map.by_expiry.len()), (1, 1));
    }

    #[test]
    fn replacing_and_retaining_leave_no_trace_in_the_order() {
        let mut map = Bounded::new(10);
        map.insert("a".into(), 1, at(10), at(0));
        map.insert("a".into(), 2, at(20), at(0));
        map.insert("b".into(), 3, at(30), at(0));
        map.retain(|value| *value != 2);
        assert_eq!((map.get("a", at(0)), map.get("b", at(0))), (None, Some(&3)));
        assert_eq!((map.entries.len(), map.by_expiry.len()), (1, 1));
    }
}
