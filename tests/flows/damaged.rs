//! Records damaged in their stores, and what a store knows sent as a cookie: nobody is signed in, and
//! nothing breaks.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use http::StatusCode;
use oidc_login::StoreEntries;
use oidc_login_tests::{
    log::Log,
    open_stores::OpenStores,
    user_agent::UserAgent,
    world::{APP, sign_in},
};
use serde_json::{Value, json};
use tower_sessions::SessionStore as _;

const UNREADABLE_LOGIN: &str = "a login in the store cannot be read";
const UNREADABLE_VALUES: &str = "the values of a session in the store cannot be read";
const SEALED_KEY: &str = "oidc_login.sealed.v1";
const OWNER_KEY: &str = "oidc_login.owner.v1";

fn process(stores: &OpenStores, entries: StoreEntries) -> UserAgent {
    stores.process_with(&[1], |settings| settings.store_entries(entries))
}

/// A record, damaged in every way that leaves nothing to read.
fn damaged(record: &[u8]) -> Vec<(String, Bytes)> {
    let with = |at: usize, byte: u8| {
        let mut changed = record.to_vec();
        changed[at] = byte;
        Bytes::from(changed)
    };
    let huge = [&record[..1], &vec![0xff; 5_000_000]].concat();
    let mut damaged = vec![
        ("empty".to_owned(), Bytes::new()),
        ("one byte".to_owned(), Bytes::from_static(b"\x01")),
        (
            "text".to_owned(),
            Bytes::from_static(b"{\"sub\":\"alice\"}"),
        ),
        ("zeros".to_owned(), Bytes::from(vec![0; record.len()])),
        ("ones".to_owned(), Bytes::from(vec![0xff; record.len()])),
        ("huge".to_owned(), huge.into()),
        ("a newer format".to_owned(), with(0, 0x7f)),
        ("a newer seal".to_owned(), with(0, 0xff)),
    ];
    for parts in 0..8 {
        let length = record.len() * parts / 8;
        let cut = Bytes::copy_from_slice(&record[..length]);
        damaged.push((format!("cut at {length}"), cut));
    }
    damaged
}

#[tokio::test]
async fn a_login_that_is_damaged_is_none_and_is_logged_once() {
    for entries in [StoreEntries::Encrypted, StoreEntries::Plain] {
        let stores = OpenStores::new();
        let mut browser = stores.sign_in(process(&stores, entries), "alice").await;
        let key = stores.logins.keys()[0];
        let good = stores.logins.record(&key).await;
        for (name, record) in damaged(&good) {
            let name = format!("{name}, {entries:?}");
            stores.logins.forge(&key, record).await;
            let (log, _guard) = Log::record();
            for (path, status) in [
                ("/hello", StatusCode::OK),
                ("/secure", StatusCode::SEE_OTHER),
                ("/auth/session", StatusCode::OK),
                ("/do?who&claims&read=color", StatusCode::OK),
                ("/auth/login", StatusCode::SEE_OTHER),
            ] {
                let mut other = browser.clone();
                let page = other.get(&format!("{APP}{path}")).await;
                assert_eq!(page.status, status, "{path}: {name}");
                assert!(!page.text().contains("alice"), "{path}: {name}");
            }
            assert_eq!(log.count(UNREADABLE_LOGIN), 1, "{name}: {}", log.text());
        }
        stores.logins.forge(&key, good).await;
        assert_eq!(browser.steps("who&read=color").await, "who=alice color=red");
    }
}

/// The browser still has the cookie of the session that cannot be read.
#[tokio::test]
async fn whoevers_login_is_damaged_signs_in_again_or_out() {
    for entries in [StoreEntries::Encrypted, StoreEntries::Plain] {
        let stores = OpenStores::new();
        let mut browser = stores.sign_in(process(&stores, entries), "alice").await;
        let key = stores.logins.keys()[0];
        stores.logins.forge(&key, "damaged").await;
        let mut leaving = browser.clone();
        let page = leaving.post(&format!("{APP}/auth/logout"), &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{entries:?}");
        assert_eq!(leaving.session(), None, "{entries:?}");

        let page = browser.open(&format!("{APP}/secure")).await;
        assert_eq!(page.text(), "secure alice", "{entries:?}");
        browser.steps("set=color:blue").await;
        let found = browser.steps("who&read=color").await;
        assert_eq!(found, "who=alice color=blue", "{entries:?}");
    }
}

/// One bit of every byte of an encrypted login.
#[tokio::test]
async fn an_encrypted_login_with_any_byte_changed_is_none() {
    let stores = OpenStores::new();
    let browser = stores.sign_in(stores.process(&[1]), "alice").await;
    let key = stores.logins.keys()[0];
    let good = stores.logins.record(&key).await;
    for at in 0..good.len() {
        let mut changed = good.to_vec();
        changed[at] ^= 1 << (at % 8);
        stores.logins.forge(&key, changed).await;
        let page = browser.clone().get(&format!("{APP}/hello")).await;
        assert_eq!(page.text(), "hello stranger", "byte {at}");
    }
}

/// The login stays, the values begin anew with the next write.
#[tokio::test]
async fn values_that_are_damaged_are_none() {
    let foreign = {
        let stores = OpenStores::new();
        stores.sign_in(stores.process(&[1]), "bob").await;
        stores.values.records().remove(0).data[SEALED_KEY].clone()
    };
    let oversized = STANDARD_NO_PAD.encode(vec![0x81; 1_000_000]);
    for (entries, name, key, value) in [
        (StoreEntries::Encrypted, "null", SEALED_KEY, Value::Null),
        (StoreEntries::Encrypted, "number", SEALED_KEY, json!(1)),
        (StoreEntries::Encrypted, "list", SEALED_KEY, json!([])),
        (StoreEntries::Encrypted, "empty", SEALED_KEY, json!("")),
        (StoreEntries::Encrypted, "no base64", SEALED_KEY, json!("§")),
        (
            StoreEntries::Encrypted,
            "oversized",
            SEALED_KEY,
            json!(oversized),
        ),
        (
            StoreEntries::Encrypted,
            "bob's",
            SEALED_KEY,
            foreign.clone(),
        ),
        (StoreEntries::Plain, "bob's", SEALED_KEY, foreign),
        (StoreEntries::Plain, "owner null", OWNER_KEY, Value::Null),
        (StoreEntries::Plain, "owner list", OWNER_KEY, json!([1])),
        (StoreEntries::Plain, "owner bob", OWNER_KEY, json!("bob")),
    ] {
        let name = format!("{name}, {entries:?}");
        let stores = OpenStores::new();
        let mut browser = stores.sign_in(process(&stores, entries), "alice").await;
        let mut record = stores.values.records().remove(0);
        record.data.insert(key.to_owned(), value);
        stores.values.save(&record).await.expect("a store");
        let (log, _guard) = Log::record();
        let found = browser.steps("who&claims&read=color").await;
        assert_eq!(found, "who=alice claims=alice color=-", "{name}");
        let is_unreadable = usize::from(key == SEALED_KEY);
        assert_eq!(log.count(UNREADABLE_VALUES), is_unreadable, "{name}");
        browser.steps("set=shape:round").await;
        let found = browser.steps("who&read=color&read=shape").await;
        assert_eq!(found, "who=alice color=- shape=round", "{name}");
        assert_eq!(stores.values.records().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_visitor_whose_values_are_damaged_begins_anew() {
    let stores = OpenStores::new();
    let mut browser = stores.process(&[1]);
    browser.steps("set=color:red").await;
    let before = browser.session();
    let mut record = stores.values.records().remove(0);
    record.data.insert(SEALED_KEY.to_owned(), json!("damaged"));
    stores.values.save(&record).await.expect("a store");
    assert_eq!(browser.steps("read=color").await, "color=-");
    browser.steps("set=color:blue").await;
    assert_eq!(browser.steps("read=color").await, "color=blue");
    assert_ne!(browser.session(), before, "nobody else's id is taken over");
}

/// Whoever reads a store has all of them: keys of sessions, of index entries, of claims, of values.
#[tokio::test]
async fn what_a_store_knows_is_no_cookie() {
    let stores = OpenStores::new();
    let browser = stores.sign_in(stores.process(&[1]), "alice").await;
    let name = browser.cookies_named("localhost", "oidc_session").remove(0);
    let mut known: Vec<Vec<u8>> = Vec::new();
    known.extend(
        stores
            .logins
            .keys()
            .iter()
            .map(|key| key.as_bytes().to_vec()),
    );
    known.extend(stores.logins.other_keys().iter().map(|key| key.to_vec()));
    assert!(known.len() >= 4, "a session, sub, sid, a claim");
    for record in stores.values.records() {
        let id = record.id.0;
        known.push([id.to_le_bytes(), id.to_le_bytes()].concat());
        known.push([[0; 16], id.to_le_bytes()].concat());
        known.push([[0; 16], id.to_be_bytes()].concat());
    }
    for bytes in known {
        let mut thief = stores.process(&[1]);
        let key = ("localhost".to_owned(), name.clone());
        thief
            .jar
            .insert(key, (URL_SAFE_NO_PAD.encode(&bytes), None));
        let found = thief.steps("who&claims&read=color").await;
        assert_eq!(found, "who=- claims=- color=-", "{bytes:02x?}");
    }
}

/// The clock of a machine jumps when it is set, or wakes up: nobody stays signed in for longer than
/// that, and nothing breaks.
#[tokio::test]
async fn a_clock_that_jumps_keeps_nobody_for_ever() {
    const HOUR: i64 = 3600;
    const YEAR: i64 = 365 * 24 * HOUR;
    for (name, jump, then, expected) in [
        ("a second back", -1, 0, "who=alice color=red"),
        ("a little back", -60, 0, "who=alice color=red"),
        ("back and on", -60, 60, "who=alice color=red"),
        ("a year back", -YEAR, 0, "who=- color=-"),
        (
            "a year back and 8 hours on",
            -YEAR,
            8 * HOUR,
            "who=- color=-",
        ),
        (
            "a year back and a year on",
            -YEAR,
            YEAR,
            "who=alice color=red",
        ),
        ("a year on", YEAR, 0, "who=- color=-"),
        ("to 1970", -1_800_000_000, 0, "who=- color=-"),
    ] {
        let stores = OpenStores::new();
        let mut browser = stores.sign_in(stores.process(&[1]), "alice").await;
        stores.clock.advance(jump);
        browser.clone().steps("who").await;
        stores.clock.advance(then);
        let found = browser.steps("who&read=color").await;
        assert_eq!(found, expected, "{name}");
        let mut other = stores.process(&[1]);
        let page = sign_in(&mut other, "bob", "/secure").await;
        assert_eq!(page.text(), "secure bob", "{name}: others sign in");
        other.steps("set=color:blue").await;
        assert_eq!(other.steps("read=color").await, "color=blue", "{name}");
        let page = other.post(&format!("{APP}/auth/logout"), &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}");
        browser.open(&format!("{APP}/secure")).await;
    }
}
