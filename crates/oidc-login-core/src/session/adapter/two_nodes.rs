//! Two processes at one store: what is still promised, and what is not.
//!
//! One node calls the store while the other is between two steps, at each of its steps in turn.

#![allow(clippy::unwrap_used)]

use std::{
    future::Future,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use time::Duration;

use super::{
    records::Kind,
    shelf::{Absent, Shelf, Taken},
    tests::{User, adapter, deadline, end_sid, session_key, sign_in, state_hash, version},
    *,
};
use crate::{
    protocol::StateHash,
    seams::SystemClock,
    session::{
        Claim, EndBy, Expected, Lease, Leased, Loaded, LoginIndex, LoginStore, Put, SessionKey,
        Version,
    },
};

const TTL: std::time::Duration = std::time::Duration::from_secs(30);

/// Two nodes, and alice, who is signed in.
#[derive(Clone)]
struct Scene {
    one: SessionStoreAdapter,
    other: SessionStoreAdapter,
    shelf: Shelf,
    alice: User,
    key: SessionKey,
    version: Version,
    new_key: SessionKey,
    state: StateHash,
}

impl Scene {
    async fn new(taken: Taken) -> Self {
        let shelf = Shelf::new(taken, Absent::Makes);
        let (one, other) = (adapter(shelf.clone()), adapter(shelf.clone()));
        let (alice, key) = (User::new(), session_key());
        sign_in(&one, &key, &alice).await;
        Self {
            version: version(&other, &key).await.unwrap(),
            one,
            other,
            shelf,
            alice,
            key,
            new_key: session_key(),
            state: state_hash(),
        }
    }

    async fn is_alive(&self, key: &SessionKey) -> bool {
        let (one, other) = (
            version(&self.one, key).await,
            version(&self.other, key).await,
        );
        assert_eq!(one, other);
        one.is_some()
    }
}

async fn put(store: &SessionStoreAdapter, scene: &Scene, record: &'static [u8]) -> Put {
    let record = Bytes::from_static(record);
    let put = store.put_if(&scene.key, record, deadline(), Expected::At(scene.version));
    put.await.unwrap()
}

/// What `other` does on the other node happens before each step of what `one` does, in turn.
async fn at_each_step<One, Other, T, U>(
    taken: Taken,
    one: impl Fn(Scene) -> One,
    other: impl Fn(Scene) -> Other,
) -> Vec<(Scene, T, U)>
where
    One: Future<Output = T>,
    Other: Future<Output = U> + Send + 'static,
    U: Send + 'static,
{
    let mut outcomes = Vec::new();
    loop {
        let scene = Scene::new(taken).await;
        let (outcome, interruption) = (Arc::new(Mutex::new(None)), other(scene.clone()));
        let of_other = outcome.clone();
        scene.shelf.interrupt(outcomes.len(), async move {
            let result = interruption.await;
            *of_other.lock().unwrap() = Some(result);
        });
        let of_one = one(scene.clone()).await;
        if !scene.shelf.recover() {
            assert!(outcomes.len() > 1, "one took steps");
            return outcomes;
        }
        let of_other = outcome.lock().unwrap().take().unwrap();
        outcomes.push((scene, of_one, of_other));
    }
}

mod promised {
    use super::*;

    #[tokio::test]
    async fn an_ended_login_stays_ended_whatever_another_node_was_writing() {
        for (name, late) in ["change", "touch", "lease", "release"].into_iter().zip(0..) {
            let outcomes = at_each_step(
                Taken::Overwrites,
                |scene| async move {
                    let (store, key) = (&scene.one, &scene.key);
                    match late {
                        0 => drop(put(store, &scene, b"late").await),
                        1 => store.touch(key, deadline()).await.unwrap(),
                        2 => drop(store.lease(key, TTL).await.unwrap()),
                        _ => {
                            if let Leased::Held(lease) = store.lease(key, TTL).await.unwrap() {
                                store.release(key, lease).await.unwrap();
                            }
                        }
                    }
                },
                |scene| async move { scene.other.end(&scene.key).await.unwrap().is_some() },
            );
            for (step, (scene, (), was_ended)) in outcomes.await.into_iter().enumerate() {
                assert!(was_ended, "{name}, {step}");
                assert!(!scene.is_alive(&scene.key).await, "{name}, {step}");
                let of_login = Kind::Login.id(scene.key.as_bytes());
                let is_left = scene.shelf.records().iter().any(|one| one.id == of_login);
                assert!(!is_left, "its tokens: {name}, {step}");
                let again = put(&scene.one, &scene, b"later still").await;
                assert_eq!(again, Put::Gone, "{name}, {step}");
                assert_eq!(scene.one.of(&[scene.alice.subject]).await.unwrap(), []);
            }
        }
    }

    /// Its node died before it could look whether the login is still there.
    #[tokio::test]
    async fn what_is_written_after_the_end_is_no_login() {
        let scene = Scene::new(Taken::GivesAnother).await;
        let [of_login, ended] =
            [Kind::Login, Kind::Ended].map(|kind| kind.id(scene.key.as_bytes()));
        let records = scene.shelf.records();
        let record = records.iter().find(|record| record.id == of_login);
        scene.other.end(&scene.key).await.unwrap();
        scene.shelf.save(record.unwrap()).await.unwrap();
        assert!(!scene.is_alive(&scene.key).await);
        scene.shelf.change(ended, |record| record.data.clear());
        assert!(!scene.is_alive(&scene.key).await, "its end cannot be read");
        assert_eq!(put(&scene.one, &scene, b"late").await, Put::Gone);
        assert!(
            scene.other.end(&scene.key).await.unwrap().is_none(),
            "it had ended"
        );
    }

    #[tokio::test]
    async fn a_change_in_the_middle_of_the_end_brings_nothing_back() {
        let outcomes = at_each_step(
            Taken::Overwrites,
            |scene| async move { scene.one.end(&scene.key).await.unwrap() },
            |scene| async move { put(&scene.other, &scene, b"late").await },
        );
        for (step, (scene, ended, put)) in outcomes.await.into_iter().enumerate() {
            assert_is_whole(ended.as_deref(), put, step);
            assert!(!scene.is_alive(&scene.key).await, "{step}");
        }
    }

    #[tokio::test]
    async fn an_end_in_the_middle_of_a_change_gets_it_or_refuses_it() {
        let outcomes = at_each_step(
            Taken::Overwrites,
            |scene| async move { put(&scene.one, &scene, b"late").await },
            |scene| async move { scene.other.end(&scene.key).await.unwrap() },
        );
        for (step, (_, put, ended)) in outcomes.await.into_iter().enumerate() {
            assert_is_whole(ended.as_deref(), put, step);
        }
    }

    /// What was stored is what came back, or nobody would revoke the tokens in it.
    fn assert_is_whole(ended: Option<&[u8]>, put: Put, step: usize) {
        let record = ended.unwrap_or_else(|| panic!("{step}: it had not ended"));
        let is_late = record == b"late";
        assert!(is_late || put == Put::Gone, "{step}: {put:?}");
    }

    #[tokio::test]
    async fn a_logout_in_the_middle_of_a_login_ends_it() {
        let outcomes = at_each_step(
            Taken::GivesAnother,
            |scene| async move { sign_in(&scene.one, &scene.new_key, &scene.alice).await },
            |scene| async move { end_sid(&scene.other, &scene.alice).await },
        );
        for (step, (scene, _, _)) in outcomes.await.into_iter().enumerate() {
            assert!(!scene.is_alive(&scene.key).await, "{step}");
            assert!(!scene.is_alive(&scene.new_key).await, "{step}");
        }
    }

    #[tokio::test]
    async fn a_login_in_the_middle_of_its_logout_is_ended() {
        let outcomes = at_each_step(
            Taken::GivesAnother,
            |scene| async move { end_sid(&scene.one, &scene.alice).await },
            |scene| async move { sign_in(&scene.other, &scene.new_key, &scene.alice).await },
        );
        for (step, (scene, _, put)) in outcomes.await.into_iter().enumerate() {
            assert!(!scene.is_alive(&scene.key).await, "{step}");
            let is_alive = scene.is_alive(&scene.new_key).await;
            assert!(!is_alive, "{step}: {put:?}");
        }
    }

    #[tokio::test]
    async fn a_renewal_and_a_sign_out_at_another_node_leave_nothing() {
        for is_renewed_first in [true, false] {
            let outcomes = at_each_step(
                Taken::GivesAnother,
                |scene| renewal_or_sign_out(scene, is_renewed_first),
                |mut scene| {
                    scene.one = scene.other.clone();
                    renewal_or_sign_out(scene, !is_renewed_first)
                },
            );
            for (step, (scene, (), ())) in outcomes.await.into_iter().enumerate() {
                for key in [scene.key, scene.new_key] {
                    assert!(!scene.is_alive(&key).await, "{is_renewed_first}, {step}");
                }
            }
        }
    }

    /// As the library does both.
    async fn renewal_or_sign_out(scene: Scene, is_renewal: bool) {
        let (store, old, new) = (&scene.one, &scene.key, &scene.new_key);
        if is_renewal {
            let index = LoginIndex {
                renews: Some(*old),
                ..scene.alice.index()
            };
            let put = store.put_if(new, Bytes::new(), deadline(), Expected::New(&index));
            put.await.unwrap();
            if store.end(old).await.unwrap().is_none() {
                store.end(new).await.unwrap();
            }
        } else {
            store.end(old).await.unwrap();
            for follower in store.followers(old).await.unwrap() {
                store.end(&follower).await.unwrap();
            }
        }
    }

    #[tokio::test]
    async fn an_answer_is_used_once_where_the_store_refuses_a_taken_id() {
        for taken in [Taken::GivesAnother, Taken::Fails] {
            for (step, outcome) in claims(taken).await.into_iter().enumerate() {
                let first = outcome.iter().filter(|claim| **claim == Claim::First);
                assert_eq!(first.count(), 1, "{taken:?}, {step}");
            }
        }
    }
}

async fn claims(taken: Taken) -> Vec<[Claim; 2]> {
    let claim = |store: SessionStoreAdapter, state| async move {
        store.claim(&state, deadline()).await.unwrap()
    };
    let outcomes = at_each_step(
        taken,
        |scene| claim(scene.one, scene.state),
        |scene| claim(scene.other, scene.state),
    );
    let outcomes = outcomes.await.into_iter();
    outcomes.map(|(_, one, other)| [one, other]).collect()
}

/// Each of these shows that it happens, so that the table in the documentation is neither too good
/// nor too bad.
mod not_promised {
    use super::*;

    #[tokio::test]
    async fn an_answer_may_be_used_twice_where_the_store_overwrites_a_taken_id() {
        let outcomes = claims(Taken::Overwrites).await;
        assert!(
            outcomes.contains(&[Claim::First, Claim::First]),
            "{outcomes:?}"
        );
    }

    #[tokio::test]
    async fn of_two_changes_from_one_version_both_may_be_stored() {
        let outcomes = at_each_step(
            Taken::GivesAnother,
            |scene| async move { put(&scene.one, &scene, b"one").await },
            |scene| async move { put(&scene.other, &scene, b"other").await },
        );
        let mut lost = 0;
        for (scene, one, other) in outcomes.await {
            let (Put::Stored(version), Put::Stored(_)) = (one, other) else {
                continue;
            };
            lost += 1;
            let loaded = scene.other.load(&scene.key, Some(version)).await.unwrap();
            let Loaded::Unchanged { .. } = loaded else {
                panic!("the last one counts: {loaded:?}");
            };
        }
        assert!(lost > 0);
    }

    #[tokio::test]
    async fn moving_a_deadline_may_undo_a_change() {
        for lease in [false, true] {
            let outcomes = at_each_step(
                Taken::GivesAnother,
                |scene| async move {
                    if lease {
                        scene.one.lease(&scene.key, TTL).await.unwrap();
                    } else {
                        scene.one.touch(&scene.key, deadline()).await.unwrap();
                    }
                },
                |scene| async move { put(&scene.other, &scene, b"a new refresh token").await },
            );
            let mut undone = 0;
            for (scene, (), put) in outcomes.await {
                let Put::Stored(stored) = put else {
                    panic!("the version is the present one: {put:?}");
                };
                let present = version(&scene.one, &scene.key).await.unwrap();
                undone += usize::from(present != stored);
                assert!(
                    present == stored || present == scene.version,
                    "one or the other"
                );
            }
            assert!(undone > 0, "lease: {lease}");
        }
    }

    #[tokio::test]
    async fn a_lease_may_have_two_holders_of_whom_one_can_write() {
        let outcomes = at_each_step(
            Taken::GivesAnother,
            |scene| async move { scene.one.lease(&scene.key, TTL).await.unwrap() },
            |scene| async move { scene.other.lease(&scene.key, TTL).await.unwrap() },
        );
        let mut twice = 0;
        for (scene, one, other) in outcomes.await {
            let (Leased::Held(one), Leased::Held(other)) = (one, other) else {
                continue;
            };
            twice += 1;
            let write = async |lease: Lease| {
                let expected = Expected::Held(scene.version, lease);
                let put = scene
                    .one
                    .put_if(&scene.key, Bytes::new(), deadline(), expected);
                put.await.unwrap()
            };
            assert_eq!(write(other).await, Put::Stale);
            assert!(matches!(write(one).await, Put::Stored(_)));
        }
        assert!(twice > 0);
    }

    #[tokio::test]
    async fn of_two_sign_ins_one_may_be_missed_by_the_list_and_by_a_logout() {
        let outcomes = at_each_step(
            Taken::GivesAnother,
            |scene| async move { sign_in(&scene.one, &session_key(), &scene.alice).await },
            |scene| async move { sign_in(&scene.other, &scene.new_key, &scene.alice).await },
        );
        let (mut unlisted, mut missed) = (0, 0);
        for (scene, _, _) in outcomes.await {
            let listed = scene.one.of(&[scene.alice.subject]).await.unwrap();
            unlisted += usize::from(listed.iter().all(|session| session.key != scene.new_key));
            end_sid(&scene.one, &scene.alice).await;
            missed += usize::from(scene.is_alive(&scene.new_key).await);
            assert!(!scene.is_alive(&scene.key).await, "the one before is found");
        }
        assert!(unlisted > 0 && missed > 0, "{unlisted}, {missed}");
    }

    #[tokio::test]
    async fn of_several_renewals_one_may_be_missed_by_a_sign_out() {
        let outcomes = at_each_step(
            Taken::GivesAnother,
            |scene| async move {
                renew(&scene.one, &scene, session_key()).await;
                renew(&scene.one, &scene, session_key()).await
            },
            |scene| async move { renew(&scene.other, &scene, scene.new_key).await },
        );
        let mut missed = 0;
        for (scene, one, other) in outcomes.await {
            let known = scene.one.followers(&scene.key).await.unwrap();
            missed += usize::from(!known.contains(&one) || !known.contains(&other));
            assert!(!known.is_empty());
        }
        assert!(missed > 0);
    }

    async fn renew(store: &SessionStoreAdapter, scene: &Scene, new: SessionKey) -> SessionKey {
        let index = LoginIndex {
            renews: Some(scene.key),
            ..scene.alice.index()
        };
        let put = store.put_if(&new, Bytes::new(), deadline(), Expected::New(&index));
        put.await.unwrap();
        new
    }

    #[tokio::test]
    async fn of_two_logouts_by_user_the_earlier_time_may_count() {
        let outcomes = at_each_step(
            Taken::GivesAnother,
            |scene| async move { end_user(&scene.one, &scene, Duration::HOUR).await },
            |scene| async move { end_user(&scene.other, &scene, Duration::ZERO).await },
        );
        let mut forgotten = 0;
        for (scene, (), ()) in outcomes.await {
            let put = sign_in(&scene.one, &scene.new_key, &scene.alice).await;
            forgotten += usize::from(matches!(put, Put::Stored(_)));
        }
        assert!(forgotten > 0);
    }

    async fn end_user(store: &SessionStoreAdapter, scene: &Scene, ago: Duration) {
        let (keys, logged_in_until) = (&[scene.alice.subject][..], SystemClock.now() - ago);
        let logout = EndBy::Subject {
            keys,
            logged_in_until,
        };
        store.end_by(logout).await.unwrap();
    }
}
