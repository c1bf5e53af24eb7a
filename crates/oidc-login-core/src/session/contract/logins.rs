//! Versions, conditional saves, ends, claims.

use bytes::Bytes;

use super::{
    bench::{Bench, IDLE, User, at_once, fail, session_key, state_hash, stored},
    cases,
};
use crate::session::{Claim, EndBy, Expected, Leased, Loaded, Put, SessionKey, Version};

cases!(Bench:
    a_new_login_is_loaded_as_it_was_saved,
    a_known_version_is_unchanged,
    what_is_told_at_once_is_so,
    a_taken_key_is_stale,
    a_change_needs_the_present_version,
    of_parallel_changes_one_is_stored,
    of_parallel_new_logins_under_one_key_one_is_stored,
    an_ended_login_stays_ended,
    a_change_during_the_end_does_not_bring_it_back,
    of_parallel_ends_one_ended_it,
    an_end_gives_back_what_was_stored_last,
    a_change_during_the_end_is_given_back_or_refused,
    an_unknown_key_is_gone,
    any_bytes_are_a_record,
    no_key_of_another_kind_is_a_session,
    a_state_is_claimed_once,
);

async fn a_new_login_is_loaded_as_it_was_saved(bench: Bench) {
    let key = session_key();
    let Put::Stored(version) = bench.put_new(&key, &User::new(), b"record").await else {
        panic!("a new login is stored");
    };
    let expected = Loaded::Changed {
        record: Bytes::from_static(b"record"),
        version,
        deadline: bench.now() + IDLE,
    };
    assert_eq!(bench.load(&key).await, expected);
}

async fn a_known_version_is_unchanged(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let first = bench.version(&key).await;
    let deadline = bench.now() + IDLE;
    let load = async |known| {
        bench
            .store
            .load(&key, Some(known))
            .await
            .unwrap_or_else(fail)
    };
    assert_eq!(load(first).await, Loaded::Unchanged { deadline });
    let Put::Stored(second) = bench.put(&key, b"newer", Expected::At(first)).await else {
        panic!("the present version may be changed");
    };
    assert_ne!(first, second);
    let record = Bytes::from_static(b"newer");
    assert_eq!(
        load(first).await,
        Loaded::Changed {
            record,
            version: second,
            deadline
        }
    );
    assert_eq!(load(second).await, Loaded::Unchanged { deadline });
}

/// A store need not tell anything at once, but then it has to be so.
async fn what_is_told_at_once_is_so(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let first = bench.version(&key).await;
    let watch = bench.store.watch(&key, first);
    let told = |version| {
        let told = [bench.store.watch(&key, version), watch.clone()];
        let told = told.map(|watch| watch?.deadline(version));
        let told = told.map(|deadline| deadline.filter(|deadline| *deadline > bench.now()));
        assert_eq!(told[0], told[1], "an older watch says the same");
        told[0]
    };
    let deadline = bench.now() + IDLE;
    assert!(told(first).is_none_or(|told| told == deadline));
    assert_eq!(told(Version(u64::MAX)), None, "none that ever was");
    let Put::Stored(second) = bench.put(&key, b"newer", Expected::At(first)).await else {
        panic!("the present version may be changed");
    };
    assert_eq!(told(first), None, "an old version");
    assert!(told(second).is_none_or(|told| told == deadline));
    let later = deadline + IDLE;
    bench.store.touch(&key, later).await.unwrap_or_else(fail);
    assert!(told(second).is_none_or(|told| told == later));
    bench.clock.advance(IDLE * 2);
    assert_eq!(told(second), None, "past its deadline");
    let key = bench.sign_in(&User::new()).await;
    let version = bench.version(&key).await;
    let watch = bench.store.watch(&key, version);
    bench.end(&key).await;
    let told = watch.and_then(|watch| watch.deadline(version));
    assert_eq!(told, None, "ended, and watched");
    assert!(bench.store.watch(&key, version).is_none(), "ended");
}

async fn a_taken_key_is_stale(bench: Bench) {
    let owner = User::new();
    let key = bench.sign_in(&owner).await;
    let version = bench.version(&key).await;
    let other = User::new();
    assert_eq!(bench.put_new(&key, &other, b"other").await, Put::Stale);
    assert_eq!(bench.version(&key).await, version, "nothing changed");
    end_by_sid(&bench, &other).await;
    assert!(bench.is_alive(&key).await, "it never was the other's");
    end_by_sid(&bench, &owner).await;
    assert!(!bench.is_alive(&key).await, "it still is its owner's");
}

async fn a_change_needs_the_present_version(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let first = bench.version(&key).await;
    let stored = bench.put(&key, b"second", Expected::At(first)).await;
    assert!(matches!(stored, Put::Stored(_)), "{stored:?}");
    for (name, version) in [("old", first), ("none that ever was", Version(u64::MAX))] {
        let put = bench.put(&key, b"lost", Expected::At(version)).await;
        assert_eq!(put, Put::Stale, "{name}");
    }
    assert_eq!(Put::Stored(bench.version(&key).await), stored);
}

async fn of_parallel_changes_one_is_stored(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    for _ in 0..8 {
        let version = bench.version(&key).await;
        let puts = at_once(32, |number| {
            let bench = bench.clone();
            async move {
                let record = number.to_string();
                let put = bench
                    .put(&key, record.as_bytes(), Expected::At(version))
                    .await;
                (record, put)
            }
        })
        .await;
        let mut stored = puts.into_iter().filter(|(_, put)| *put != Put::Stale);
        let (Some((kept, Put::Stored(version))), None) = (stored.next(), stored.next()) else {
            panic!("exactly one is stored");
        };
        let deadline = bench.now() + IDLE;
        let record = Bytes::from(kept);
        assert_eq!(
            bench.load(&key).await,
            Loaded::Changed {
                record,
                version,
                deadline
            }
        );
    }
}

async fn of_parallel_new_logins_under_one_key_one_is_stored(bench: Bench) {
    let key = session_key();
    let puts = at_once(16, |_| {
        let bench = bench.clone();
        async move { bench.put_new(&key, &User::new(), b"record").await }
    })
    .await;
    let stored = puts.iter().filter(|put| matches!(put, Put::Stored(_)));
    assert_eq!(stored.count(), 1, "{puts:?}");
    assert!(bench.is_alive(&key).await);
}

async fn an_ended_login_stays_ended(bench: Bench) {
    let user = User::new();
    let key = bench.sign_in(&user).await;
    let version = bench.version(&key).await;
    assert!(bench.end(&key).await);
    assert_eq!(bench.load(&key).await, Loaded::Gone);
    let load = bench.store.load(&key, Some(version)).await;
    assert_eq!(load.unwrap_or_else(fail), Loaded::Gone, "a known version");
    let put = bench.put(&key, b"late", Expected::At(version)).await;
    assert_eq!(put, Put::Gone, "a late change");
    assert_eq!(
        bench.put_new(&key, &user, b"again").await,
        Put::Gone,
        "the same id again"
    );
    let lease = bench.store.lease(&key, std::time::Duration::from_secs(60));
    assert_eq!(lease.await.unwrap_or_else(fail), Leased::Gone);
    assert!(!bench.end(&key).await, "twice");
    assert_eq!(bench.load(&key).await, Loaded::Gone);
}

async fn a_change_during_the_end_does_not_bring_it_back(bench: Bench) {
    for _ in 0..16 {
        let key = bench.sign_in(&User::new()).await;
        let version = bench.version(&key).await;
        at_once(8, |number| {
            let bench = bench.clone();
            async move {
                match number {
                    0 => drop(bench.ended(&key).await),
                    1 => drop(bench.store.touch(&key, bench.now() + IDLE).await),
                    _ => drop(bench.put(&key, b"late", Expected::At(version)).await),
                }
            }
        })
        .await;
        assert_eq!(bench.load(&key).await, Loaded::Gone);
    }
}

async fn of_parallel_ends_one_ended_it(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let ends = at_once(32, |_| {
        let bench = bench.clone();
        async move { bench.end(&key).await }
    })
    .await;
    assert_eq!(ends.iter().filter(|ended| **ended).count(), 1);
}

async fn an_end_gives_back_what_was_stored_last(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let version = bench.version(&key).await;
    let all: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    stored(bench.put(&key, &all, Expected::At(version)).await);
    let stale = bench.put(&key, b"stale", Expected::At(version)).await;
    assert_eq!(stale, Put::Stale);
    assert_eq!(bench.ended(&key).await.as_deref(), Some(&all[..]));
    assert_eq!(bench.ended(&key).await, None, "once");
    let empty = session_key();
    stored(bench.put_new(&empty, &User::new(), b"").await);
    assert_eq!(bench.ended(&empty).await, Some(Bytes::new()));
}

/// Or the tokens in it would be nobody's to revoke.
async fn a_change_during_the_end_is_given_back_or_refused(bench: Bench) {
    for _ in 0..32 {
        let key = bench.sign_in(&User::new()).await;
        let version = bench.version(&key).await;
        let mut found = at_once(2, |number| {
            let bench = bench.clone();
            async move {
                if number == 0 {
                    return (bench.ended(&key).await, None);
                }
                let put = bench.put(&key, b"newer", Expected::At(version)).await;
                (None, Some(put))
            }
        })
        .await;
        found.sort_by_key(|(_, put)| put.is_some());
        let [(ended, None), (None, Some(put))] = &found[..] else {
            panic!("an end and a change: {found:?}");
        };
        let expected: &[u8] = match put {
            Put::Stored(_) => b"newer",
            Put::Gone => b"record",
            Put::Stale => panic!("nobody else changes it"),
        };
        assert_eq!(ended.as_deref(), Some(expected), "{put:?}");
    }
}

async fn an_unknown_key_is_gone(bench: Bench) {
    let key = session_key();
    assert_eq!(bench.load(&key).await, Loaded::Gone);
    let known = bench.store.load(&key, Some(Version(1))).await;
    assert_eq!(known.unwrap_or_else(fail), Loaded::Gone);
    let put = bench.put(&key, b"", Expected::At(Version(1))).await;
    assert_eq!(put, Put::Gone);
    assert!(!bench.end(&key).await);
    let lease = bench.store.lease(&key, std::time::Duration::from_secs(60));
    assert_eq!(lease.await.unwrap_or_else(fail), Leased::Gone);
    let put = bench.put_new(&key, &User::new(), b"record").await;
    assert!(matches!(put, Put::Stored(_)), "nothing of that blocks it");
}

async fn any_bytes_are_a_record(bench: Bench) {
    let all: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    for record in [&b""[..], b"\0", b"\r\n$-1\r\n", &all] {
        let key = session_key();
        stored(bench.put_new(&key, &User::new(), record).await);
        let Loaded::Changed { record: loaded, .. } = bench.load(&key).await else {
            panic!("{} bytes are there", record.len());
        };
        assert_eq!(loaded, record);
    }
}

async fn no_key_of_another_kind_is_a_session(bench: Bench) {
    let user = User::new();
    bench.sign_in(&user).await;
    end_by_sid(&bench, &user.elsewhere()).await;
    let state = state_hash();
    let until = bench.now() + IDLE;
    let claim = bench.store.claim(&state, until).await;
    assert_eq!(claim.unwrap_or_else(fail), Claim::First);
    for (name, bytes) in [
        ("index by user", *user.subject[0].as_bytes()),
        ("index by session", *user.sid[0].as_bytes()),
        ("claim", *state.as_bytes()),
        ("nobody", [0; 32]),
    ] {
        let key = SessionKey::from_bytes(bytes);
        assert_eq!(bench.load(&key).await, Loaded::Gone, "{name}");
        assert!(!bench.end(&key).await, "{name}");
    }
    assert_eq!(
        bench
            .store
            .of(&user.subject)
            .await
            .unwrap_or_else(fail)
            .len(),
        1
    );
}

async fn a_state_is_claimed_once(bench: Bench) {
    let (state, until) = (state_hash(), bench.now() + IDLE);
    let claims = at_once(64, |_| {
        let bench = bench.clone();
        async move { bench.store.claim(&state, until).await.unwrap_or_else(fail) }
    })
    .await;
    let first = claims.iter().filter(|claim| **claim == Claim::First);
    assert_eq!(first.count(), 1);
    let other = bench.store.claim(&state_hash(), until).await;
    assert_eq!(other.unwrap_or_else(fail), Claim::First, "another state");
}

async fn end_by_sid(bench: &Bench, user: &User) {
    let logout = EndBy::Sid(&user.sid);
    bench.store.end_by(logout).await.unwrap_or_else(fail);
}
