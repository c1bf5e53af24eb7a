#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

impl HashedKey for u32 {
    fn bits(&self) -> u64 {
        u64::from(*self)
    }
}

fn value(map: &ExpiringMap<u32, &'static str>, key: u32, now: i64) -> Option<&'static str> {
    map.read(&key, now, |value, _| *value)
}

fn insert<V>(map: &ExpiringMap<u32, V>, key: u32, value: V, deadline: i64, now: i64) {
    map.insert_if(key, value, deadline, now, || true);
}

#[test]
fn an_entry_ends_at_its_deadline() {
    let map = ExpiringMap::new(10);
    insert(&map, 1, "a", 100, 0);
    assert_eq!(value(&map, 1, 99), Some("a"));
    assert_eq!(value(&map, 1, 100), None);
    assert!(map.update(&1, 100, |_, _| ()).is_none());
    assert_eq!(map.remove(&1, 100), None);
}

#[test]
fn a_key_is_claimed_once_until_it_expires() {
    let map = ExpiringMap::new(10);
    assert!(map.insert_new(1, "a", 100, 0).is_ok());
    assert_eq!(map.insert_new(1, "b", 100, 99), Err(Refused::Taken));
    assert!(map.insert_new(1, "c", 200, 100).is_ok());
    assert_eq!(value(&map, 1, 150), Some("c"));
}

#[test]
fn what_is_no_longer_wanted_changes_nothing() {
    let map = ExpiringMap::new(10);
    insert(&map, 1, "a", 100, 0);
    map.insert_if(1, "b", 200, 0, || false);
    assert_eq!(value(&map, 1, 50), Some("a"));
}

#[test]
fn full_means_that_the_soonest_goes() {
    let map = ExpiringMap::new(1);
    insert(&map, 1, "a", 100, 0);
    let gone = map.insert_new(2, "b", 50, 0).unwrap();
    assert_eq!((gone.expired, gone.evicted), (vec![], vec![(1, "a")]));
    assert_eq!((value(&map, 1, 0), value(&map, 2, 0)), (None, Some("b")));
    assert_eq!(map.len(), 1);
}

#[test]
fn what_has_expired_goes_first_and_is_no_eviction() {
    let map = ExpiringMap::new(1);
    insert(&map, 1, "a", 100, 0);
    let gone = map.insert_new(2, "b", 150, 100).unwrap();
    assert_eq!((gone.expired, gone.evicted), (vec![(1, "a")], vec![]));
}

/// One shard, as there is one MiB for it.
fn of_bytes(bytes: usize) -> ExpiringMap<u32, Vec<u8>> {
    let entries = 1_000_000;
    ExpiringMap::bounded(Bounds { entries, bytes }, Vec::len)
}

#[test]
fn bytes_are_bounded_as_well() {
    let map = of_bytes(1 << 20);
    for key in 0..1_000 {
        let value = vec![0; 10_000];
        map.insert_new(key, value, i64::from(key) + 10, 0).unwrap();
        assert!(map.bytes() <= 1 << 20, "{key}");
    }
    assert!((90..=104).contains(&map.len()), "{}", map.len());
    assert!(map.read(&999, 0, |_, _| ()).is_some(), "the last to end");
}

#[test]
fn an_entry_that_grows_pushes_out_others_and_not_itself() {
    let map = of_bytes(1 << 20);
    for key in 0..4 {
        map.insert_new(key, vec![0; 200_000], 10 + i64::from(key), 0)
            .unwrap();
    }
    let ((), gone) = map
        .update(&0, 0, |value, _| value.resize(700_000, 0))
        .unwrap();
    let evicted: Vec<_> = gone.evicted.iter().map(|(key, _)| *key).collect();
    assert_eq!(evicted, [1, 2]);
    assert_eq!(map.read(&0, 0, |value, _| value.len()), Some(700_000));
}

#[test]
fn what_would_push_out_all_others_is_refused() {
    let map = of_bytes(1 << 20);
    insert(&map, 1, vec![0; 10], 100, 0);
    let large = vec![0; 1 << 20];
    assert!(!map.fits(large.len()));
    assert_eq!(
        map.insert_new(2, large.clone(), 100, 0),
        Err(Refused::TooLarge)
    );
    insert(&map, 3, large.clone(), 100, 0);
    assert_eq!(map.len(), 1);
    insert(&map, 1, large, 100, 0);
    assert_eq!(map.len(), 0, "the smaller one before it is no longer right");
    assert_eq!(map.bytes(), 0);
}

#[test]
fn expired_entries_do_not_pile_up() {
    let map = ExpiringMap::new(1_000_000);
    for key in 0..100_000 {
        insert(&map, key, "a", i64::from(key) + 10, i64::from(key));
    }
    assert!(map.len() < 2_000, "{}", map.len());
}

#[test]
fn upsert_starts_anew_after_the_end_and_tells_what_it_pushed_out() {
    let map = ExpiringMap::<u32, Vec<u32>>::new(1);
    let push = |key: u32, value: u32, now: i64| {
        let (length, gone) = map.upsert(key, now, |values| {
            values.push(value);
            (values.len(), Some(now + 10))
        });
        (length, gone.evicted)
    };
    assert_eq!(push(1, 1, 0), (1, vec![]));
    assert_eq!(push(1, 2, 5), (2, vec![]));
    assert_eq!(push(1, 3, 15), (1, vec![]), "the first two had ended");
    assert_eq!(push(2, 4, 15), (1, vec![(1, vec![3])]), "no room for both");
    map.upsert(2, 16, |_| ((), None));
    assert_eq!(map.len(), 0);
}

#[test]
fn a_moved_deadline_counts() {
    let map = ExpiringMap::new(10);
    insert(&map, 1, "a", 100, 0);
    map.update(&1, 0, |_, deadline| *deadline = 200);
    assert_eq!(value(&map, 1, 150), Some("a"));
    map.remove(&1, 150);
    assert_eq!((map.len(), value(&map, 1, 150)), (0, None));
}

/// Keys that have most of their bits in common, as somebody can make them who looks long enough.
#[test]
fn keys_that_are_alike_spread_all_the_same() {
    let map = ExpiringMap::<[u8; 32], ()>::new(6_400);
    let alike = (0..3_200_u16).map(|number| {
        let mut key = [0; 32];
        key[..2].copy_from_slice(&number.to_be_bytes());
        key
    });
    for key in alike {
        map.insert_new(key, (), 100, 0).unwrap();
    }
    let shards = map.shards.iter();
    let largest = shards.map(|shard| lock(shard).len()).max().unwrap();
    assert!(largest < 100, "{largest} of 3200 in one of 64 shards");
}

#[derive(Clone, Debug)]
enum Step {
    Insert {
        key: u32,
        deadline: i64,
        bytes: usize,
    },
    Move {
        key: u32,
        deadline: i64,
    },
    Remove {
        key: u32,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (key, deadline) = (0..40_u32, 1..1_000_i64);
    prop_oneof![
        3 => (key.clone(), deadline.clone(), 0..200_000_usize)
            .prop_map(|(key, deadline, bytes)| Step::Insert { key, deadline, bytes }),
        1 => (key.clone(), deadline).prop_map(|(key, deadline)| Step::Move { key, deadline }),
        1 => key.prop_map(|key| Step::Remove { key }),
    ]
}

proptest! {
    /// Against the same without shards, pages and heaps.
    #[test]
    fn it_holds_what_a_plain_map_would(steps in prop::collection::vec(step(), 0..200)) {
        let limit = 1 << 20;
        let map = of_bytes(limit);
        let entry = Shard::<u32, Vec<u8>>::ENTRY;
        let mut plain = BTreeMap::<u32, (i64, usize)>::new();
        let taken = |plain: &BTreeMap<u32, (i64, usize)>| {
            plain.values().map(|(_, bytes)| bytes + entry).sum::<usize>()
        };
        for step in steps {
            match step {
                Step::Insert { key, deadline, bytes } => {
                    // Deadlines are made different, so that the soonest is one.
                    let deadline = deadline * 64 + i64::from(key);
                    plain.remove(&key);
                    while taken(&plain) + bytes + entry > limit {
                        let soonest = plain.iter().min_by_key(|(_, (deadline, _))| *deadline);
                        let soonest = *soonest.unwrap().0;
                        plain.remove(&soonest);
                    }
                    plain.insert(key, (deadline, bytes));
                    insert(&map, key, vec![0; bytes], deadline, 0);
                }
                Step::Move { key, deadline } => {
                    let deadline = deadline * 64 + i64::from(key);
                    if let Some(known) = plain.get_mut(&key) {
                        known.0 = deadline;
                    }
                    map.update(&key, 0, |_, end| *end = deadline);
                }
                Step::Remove { key } => {
                    let removed = map.remove(&key, 0).is_some();
                    prop_assert_eq!(plain.remove(&key).is_some(), removed);
                }
            }
            prop_assert_eq!(map.bytes(), taken(&plain));
            let held = |key| map.read(&key, 0, |value, deadline| (deadline, value.len()));
            for key in 0..40 {
                prop_assert_eq!(held(key), plain.get(&key).copied());
            }
        }
    }
}
