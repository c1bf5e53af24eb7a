//! What is not promised. Each test shows that it happens, so that the table in the documentation is
//! neither too good nor too bad.

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
                    let leased = scene.one.lease(&scene.key, TTL).await;
                    assert!(matches!(leased, Ok(Leased::Held(_))));
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
