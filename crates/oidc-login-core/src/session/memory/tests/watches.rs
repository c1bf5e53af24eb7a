//! What a watch says of a login, however that changes or ends.

use std::sync::Arc;

use super::*;
use crate::session::{Leased, LoginWatch};

/// A login of alice's, its version and its watch.
async fn watched(store: &MemoryStore) -> (Version, Arc<LoginWatch>) {
    let Put::Stored(version) = put(store, &key(1), &index("alice")).await else {
        panic!("a new login");
    };
    let watch = store.watch(&key(1), version).unwrap();
    assert!(watch.deadline(version).is_some());
    (version, watch)
}

#[tokio::test]
async fn however_a_login_ends_its_watch_says_so() {
    for way in ["signed out", "by the provider", "no room", "another's key"] {
        let store = small();
        let (version, watch) = watched(&store).await;
        match way {
            "signed out" => {
                let ended = LoginStore::end(&store, &key(1)).await.unwrap();
                assert!(ended.is_some());
            }
            "by the provider" => {
                let logout = EndBy::Subject {
                    keys: &index("alice").subject,
                    logged_in_until: OffsetDateTime::now_utc(),
                };
                assert_eq!(store.end_by(logout).await.unwrap(), [key(1)]);
            }
            "no room" => assert!(matches!(
                put(&store, &key(2), &index("bob")).await,
                Put::Stored(_)
            )),
            _ => {
                let over = OffsetDateTime::now_utc() - time::Duration::MINUTE;
                store.touch(&key(1), over).await.unwrap();
                let bob = put(&store, &key(1), &index("bob")).await;
                assert!(matches!(bob, Put::Stored(_)));
            }
        }
        assert_eq!(watch.deadline(version), None, "{way}");
        assert!(store.watch(&key(1), version).is_none(), "{way}");
    }
}

#[tokio::test]
async fn a_watch_tells_of_a_change_and_of_a_new_end() {
    let store = MemoryStore::new();
    let (first, watch) = watched(&store).await;
    let end = watch.deadline(first).unwrap();
    let later = end + time::Duration::MINUTE;
    store.touch(&key(1), later).await.unwrap();
    assert_eq!(watch.deadline(first), Some(later));
    let alice = key(1);
    let changed = store.put_if(&alice, Bytes::new(), end, Expected::At(first));
    let Put::Stored(second) = changed.await.unwrap() else {
        panic!("the present version may be changed");
    };
    assert_eq!(watch.deadline(first), None, "an old version");
    assert_eq!(watch.deadline(second), Some(end));
    assert!(store.watch(&key(1), first).is_none());
    let shared: Arc<dyn LoginStore> = Arc::new(store.clone());
    let shared = LoginStore::watch(&shared, &key(1), second);
    assert!(shared.is_some(), "a store that is shared is the store");
    let leased = store
        .lease(&key(1), std::time::Duration::from_secs(1))
        .await;
    assert!(matches!(leased, Ok(Leased::Held(_))));
    assert_eq!(watch.deadline(second), Some(end), "a lease changes nothing");
}
