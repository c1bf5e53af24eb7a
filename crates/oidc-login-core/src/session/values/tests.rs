#![allow(clippy::unwrap_used)]

use serde_json::json;
use time::OffsetDateTime;

use super::*;
use crate::session::{
    MemoryStore,
    record_seal::tests::{id, seal_of},
};

/// What the first version kept of `{"color":"red"}`, encrypted by the client `flask-app` with the
/// secret of twos for the session whose id is all ones.
const SEALED: &str = "gQGBBwcHBwcHBwcHBwcHmu3pYOkFDv1eMZHDHCI+MwODh2dPdpjHrXc6R2o2ilq++klNzxEK8nPM+lwRGSeYgQcHBw\
    cHBwcHBwcHB87lNBEgcH72OmiSBmyUYiWLelSmGLnE1BF0elQribk";

fn values(entries: StoreEntries) -> Values {
    let store = Arc::new(MemoryStore::new());
    Values::new(store, seal_of("flask-app", &[2]), entries)
}

fn record(session: &SessionId, data: Value) -> Record {
    Record {
        id: session.key().app_session_id(),
        data: serde_json::from_value(data).unwrap(),
        expiry_date: OffsetDateTime::now_utc() + time::Duration::HOUR,
    }
}

async fn create(values: &Values, session: &SessionId, data: Value) {
    let record = record(session, data);
    let wanted = record.id;
    assert_eq!(values.create(session, record).await.unwrap(), wanted);
}

async fn load(values: &Values, session: &SessionId) -> Option<Value> {
    let record = values.load(session).await.unwrap();
    record.map(|record| json!(record.data))
}

/// What is found when the store has this.
async fn found(entries: StoreEntries, kept: Value) -> Option<Value> {
    let values = values(entries);
    let mut kept = record(&id(1), kept);
    values.store.create(&mut kept).await.unwrap();
    load(&values, &id(1)).await
}

fn sealed(purpose: Purpose, plain: &[u8]) -> Value {
    let sealed = seal_of("flask-app", &[2]).seal(purpose, &id(1), plain);
    json!({ SEALED_KEY: STANDARD_NO_PAD.encode(sealed) })
}

#[tokio::test]
async fn values_come_back_and_the_store_sees_nothing_of_them() {
    let values = values(StoreEntries::Encrypted);
    create(&values, &id(1), json!({ "color": "red" })).await;
    assert_eq!(load(&values, &id(1)).await, Some(json!({ "color": "red" })));
    let changed = record(&id(1), json!({ "color": "blue", "shape": [1, null] }));
    values.save(&id(1), changed.clone()).await.unwrap();
    let found = values.load(&id(1)).await.unwrap();
    assert_eq!(found, Some(changed.clone()));

    let kept = values.store.load(&changed.id).await.unwrap().unwrap();
    assert_eq!(kept.data.keys().collect::<Vec<_>>(), [SEALED_KEY]);
    let text = format!("{kept:?}");
    assert!(!text.contains("color") && !text.contains("shape"), "{text}");
}

#[tokio::test]
async fn values_of_the_first_version_are_still_read() {
    for entries in [StoreEntries::Plain, StoreEntries::Encrypted] {
        let found = found(entries, json!({ SEALED_KEY: SEALED })).await;
        assert_eq!(found, Some(json!({ "color": "red" })), "{entries:?}");
    }
    let written = sealed(Purpose::SessionValues, br#"{"color":"red"}"#);
    assert_eq!(
        written,
        json!({ SEALED_KEY: SEALED }),
        "and still written so"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_as_if_it_were_not_there() {
    let own = Purpose::SessionValues;
    for (name, kept) in [
        ("nothing", json!({})),
        ("plain", json!({ "color": "red" })),
        ("a number", json!({ SEALED_KEY: 1 })),
        ("null", json!({ SEALED_KEY: null })),
        ("a list", json!({ SEALED_KEY: [SEALED] })),
        ("an object", json!({ SEALED_KEY: { "color": "red" } })),
        ("an empty text", json!({ SEALED_KEY: "" })),
        ("no base64", json!({ SEALED_KEY: "§§§" })),
        ("cut", json!({ SEALED_KEY: &SEALED[..SEALED.len() - 4] })),
        ("garbage", json!({ SEALED_KEY: "A".repeat(100_000) })),
        (
            "a login",
            sealed(Purpose::LoginRecord, br#"{"color":"red"}"#),
        ),
        ("sealed, but no JSON", sealed(own, b"\xff")),
        ("sealed, but no object", sealed(own, b"[]")),
        (
            "sealed, but nested deep",
            sealed(own, "[".repeat(100_000).as_bytes()),
        ),
    ] {
        let entries = StoreEntries::Encrypted;
        assert_eq!(found(entries, kept).await, None, "{name}");
    }
}

#[tokio::test]
async fn only_what_was_sealed_counts() {
    let mut kept = sealed(Purpose::SessionValues, br#"{"color":"red"}"#);
    kept["shape"] = "round".into();
    for entries in [StoreEntries::Plain, StoreEntries::Encrypted] {
        let found = found(entries, kept.clone()).await;
        assert_eq!(found, Some(json!({ "color": "red" })), "{entries:?}");
    }
    let open = json!({ "color": "red" });
    let found = found(StoreEntries::Plain, open.clone()).await;
    assert_eq!(found, Some(open));
}

/// The key is ours: what an app puts there must not hide its other values.
#[tokio::test]
async fn an_app_cannot_write_under_our_key() {
    for entries in [StoreEntries::Plain, StoreEntries::Encrypted] {
        let values = values(entries);
        let data = json!({ "color": "red", SEALED_KEY: "mine" });
        create(&values, &id(1), data).await;
        let found = load(&values, &id(1)).await.unwrap();
        assert_eq!(found["color"], "red", "{entries:?}");
    }
}

#[tokio::test]
async fn one_sessions_values_are_nobody_elses() {
    let values = values(StoreEntries::Encrypted);
    create(&values, &id(1), json!({ "color": "red" })).await;
    let stolen = values.store.load(&id(1).key().app_session_id()).await;
    let mut moved = stolen.unwrap().unwrap();
    moved.id = id(2).key().app_session_id();
    values.store.create(&mut moved).await.unwrap();
    assert_eq!(load(&values, &id(2)).await, None);
    assert!(values.exist(id(2).key()).await.unwrap());
    values.delete(&moved.id).await.unwrap();
    assert!(!values.exist(id(2).key()).await.unwrap());
}
