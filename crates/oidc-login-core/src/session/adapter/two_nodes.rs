//! Two processes at one store: what is still promised, and what is not.
//!
//! One node calls the store while the other is between two steps, at each of its steps in turn.

#![allow(clippy::unwrap_used)]

mod not_promised;
mod promised;

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
