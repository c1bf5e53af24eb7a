//! What holds whatever the other node does.

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
    let [of_login, ended] = [Kind::Login, Kind::Ended].map(|kind| kind.id(scene.key.as_bytes()));
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
