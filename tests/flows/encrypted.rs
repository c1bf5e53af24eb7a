//! What stores keep is encrypted: what a thief of the stores reads, and what somebody who writes into
//! them can do.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use bytes::Bytes;
use oidc_login::{
    LoginStore as _, OidcLayer, StoreEntries,
    session::{Expected, Leased, Loaded, Put},
};
use oidc_login_tests::{
    open_stores::OpenStores,
    steps::{Gates, steps},
    stores::OpenStore,
    user_agent::UserAgent,
    world::{APP, ISSUER, routes},
};
use serde_json::json;
use tower_sessions::{SessionManagerLayer, SessionStore as _, cookie::SameSite};

/// Under this key stand encrypted values.
const SEALED_KEY: &str = "oidc_login.sealed.v1";

/// The same browser at another process.
fn at(mut process: UserAgent, browser: &UserAgent) -> UserAgent {
    process.jar = browser.jar.clone();
    process
}

fn plain(stores: &OpenStores) -> UserAgent {
    stores.process_with(&[1], |settings| settings.store_entries(StoreEntries::Plain))
}

/// The record of whoever signed in last.
async fn last_record(stores: &OpenStores) -> Bytes {
    let keys = stores.logins.keys();
    stores.logins.record(keys.last().expect("a login")).await
}

fn shows(record: &[u8], text: &str) -> bool {
    let text = text.as_bytes();
    record.windows(text.len()).any(|part| part == text)
}

#[tokio::test]
async fn a_copy_of_the_stores_shows_nothing() {
    let stores = OpenStores::new();
    let browser = stores.sign_in(stores.process(&[1]), "alice").await;
    let sealed = last_record(&stores).await;
    let sealed_values = stores.values.text();
    stores.sign_in(plain(&stores), "alice").await;
    let plain = last_record(&stores).await;
    let plain_values = stores.values.text();
    for text in ["alice", ISSUER, "flask-app", "eyJ", "preferred_username"] {
        assert!(shows(&plain, text), "{text} is there without encryption");
        assert!(!shows(&sealed, text), "{text}");
    }
    for text in ["color", "red", "owner"] {
        assert!(plain_values.contains(text), "{text} is there without");
        assert!(!sealed_values.contains(text), "{text}: {sealed_values}");
    }
    let cookie = browser.session().expect("a session");
    assert!(!shows(&sealed, &cookie) && !sealed_values.contains(&cookie));
}

/// Mallory is signed in as bob, and writes alice's login over her own.
#[tokio::test]
async fn who_writes_into_the_store_signs_nobody_in() {
    let stores = OpenStores::new();
    stores.sign_in(plain(&stores), "alice").await;
    let open = last_record(&stores).await;
    stores.sign_in(stores.process(&[1]), "alice").await;
    let sealed = last_record(&stores).await;
    stores.sign_in(stores.process(&[2]), "alice").await;
    let other_secret = last_record(&stores).await;
    for (name, record) in [
        ("alice's, not encrypted", open.clone()),
        ("alice's, encrypted", sealed),
        ("with a secret of mallory's own", other_secret),
    ] {
        let mut mallory = stores.sign_in(stores.process(&[1]), "bob").await;
        let key = *stores.logins.keys().last().expect("bob's");
        let own = stores.logins.record(&key).await;
        stores.logins.forge(&key, record).await;
        let found = mallory.steps("who&claims&read=color").await;
        assert_eq!(found, "who=- claims=- color=-", "{name}");
        stores.logins.forge(&key, own).await;
        let found = mallory.steps("who&claims").await;
        assert_eq!(found, "who=bob claims=bob", "{name}: her own still opens");
    }
    let mut mallory = stores.sign_in(plain(&stores), "bob").await;
    let key = *stores.logins.keys().last().expect("bob's");
    stores.logins.forge(&key, open).await;
    let found = mallory.steps("who").await;
    assert_eq!(found, "who=alice", "what it costs to go without");
}

#[tokio::test]
async fn who_writes_into_the_store_changes_no_values() {
    for (name, entries, expected) in [
        ("encrypted", StoreEntries::Encrypted, "who=alice color=-"),
        (
            "not encrypted",
            StoreEntries::Plain,
            "who=alice color=forged",
        ),
    ] {
        let stores = OpenStores::new();
        let process = stores.process_with(&[1], |settings| settings.store_entries(entries));
        let mut browser = stores.sign_in(process, "alice").await;
        let mut record = stores.values.records().remove(0);
        record.data.insert("color".to_owned(), "forged".into());
        record.data.remove(SEALED_KEY);
        stores.values.save(&record).await.expect("a store");
        assert_eq!(browser.steps("who&read=color").await, expected, "{name}");
    }
}

/// A login is no values and values are no login, although both are of one session.
#[tokio::test]
async fn neither_kind_of_entry_is_the_other() {
    let stores = OpenStores::new();
    let mut browser = stores.sign_in(stores.process(&[1]), "alice").await;
    let key = stores.logins.keys()[0];
    let login = stores.logins.record(&key).await;
    let mut values = stores.values.records().remove(0);
    let sealed = values.data[SEALED_KEY].as_str().expect("a text");
    let sealed = STANDARD_NO_PAD.decode(sealed).expect("base64");
    stores.logins.forge(&key, sealed).await;
    assert_eq!(browser.steps("who").await, "who=-");
    stores.logins.forge(&key, login.clone()).await;
    values.data = [(SEALED_KEY.to_owned(), json!(STANDARD_NO_PAD.encode(&login)))].into();
    stores.values.save(&values).await.expect("a store");
    assert_eq!(browser.steps("who&read=color").await, "who=alice color=-");
}

#[tokio::test]
async fn a_new_id_is_a_new_key() {
    let stores = OpenStores::new();
    let mut browser = stores.sign_in(stores.process(&[1]), "alice").await;
    let old = last_record(&stores).await;
    browser.steps("cycle").await;
    assert_eq!(browser.steps("who&read=color").await, "who=alice color=red");
    let keys = stores.logins.keys();
    assert_eq!(keys.len(), 2);
    let elsewhere = at(stores.process(&[1]), &browser);
    let found = elsewhere.clone().steps("who&read=color").await;
    assert_eq!(found, "who=alice color=red", "also at another process");
    stores.logins.forge(&keys[1], old).await;
    assert_eq!(
        browser.steps("who").await,
        "who=-",
        "what the old id opened"
    );
}

/// What a process with these secrets finds.
async fn found_with(stores: &OpenStores, secrets: &[u8], browser: &UserAgent) -> String {
    let mut browser = at(stores.process(secrets), browser);
    browser.steps("who&read=color").await
}

#[tokio::test]
async fn one_secret_in_common_is_enough() {
    for (before, after, expected) in [
        (&[1][..], &[2, 1][..], "who=alice color=red"),
        (&[1], &[1, 2], "who=alice color=red"),
        (&[2, 1], &[1], "who=alice color=red"),
        (&[1, 2], &[2], "who=alice color=red"),
        (&[1, 2], &[3, 2], "who=alice color=red"),
        (&[1, 2], &[3], "who=- color=-"),
    ] {
        let stores = OpenStores::new();
        let browser = stores.sign_in(stores.process(before), "alice").await;
        let found = found_with(&stores, after, &browser).await;
        assert_eq!(found, expected, "{before:?}, then {after:?}");
    }
}

/// Whoever is seen between two rotations stays signed in; values are for the newest secret once they
/// are written.
#[tokio::test]
async fn a_login_is_written_anew_for_a_newer_secret() {
    let stores = OpenStores::new();
    let browser = stores.sign_in(stores.process(&[1]), "alice").await;
    assert_eq!(found_with(&stores, &[2], &browser).await, "who=- color=-");
    let found = found_with(&stores, &[2, 1], &browser).await;
    assert_eq!(found, "who=alice color=red");
    let found = found_with(&stores, &[2], &browser).await;
    assert_eq!(found, "who=alice color=-");
    at(stores.process(&[2, 1]), &browser)
        .steps("set=color:blue")
        .await;
    let found = found_with(&stores, &[2], &browser).await;
    assert_eq!(found, "who=alice color=blue");
}

/// A refresh must be able to save the only refresh token there is.
#[tokio::test]
async fn a_login_is_not_written_anew_while_somebody_changes_it() {
    let stores = OpenStores::new();
    let browser = stores.sign_in(stores.process(&[1]), "alice").await;
    let key = stores.logins.keys()[0];
    let loaded = stores.logins.load(&key, None).await;
    let Ok(Loaded::Changed {
        record,
        version,
        deadline,
    }) = loaded
    else {
        panic!("no login");
    };
    let leased = stores.logins.lease(&key, Duration::from_secs(60)).await;
    let Ok(Leased::Held(lease)) = leased else {
        panic!("no lease");
    };
    let found = found_with(&stores, &[2, 1], &browser).await;
    assert_eq!(found, "who=alice color=red");
    let expected = Expected::Held(version, lease);
    let put = stores.logins.put_if(&key, record, deadline, expected).await;
    assert!(matches!(put, Ok(Put::Stored(_))), "{put:?}");
    stores.logins.release(&key, lease).await.expect("a store");
    found_with(&stores, &[2, 1], &browser).await;
    let found = found_with(&stores, &[2], &browser).await;
    assert_eq!(
        found, "who=alice color=-",
        "the next process writes it anew"
    );
}

/// With encryption on, what is plain counts for nothing: otherwise anybody could write it.
#[tokio::test]
async fn switching_it_on_signs_everybody_out_and_off_nobody() {
    use StoreEntries::{Encrypted, Plain};
    for (before, after, expected) in [
        (Plain, Encrypted, "who=- color=-"),
        (Encrypted, Plain, "who=alice color=red"),
        (Encrypted, Encrypted, "who=alice color=red"),
    ] {
        let stores = OpenStores::new();
        let process = |entries| stores.process_with(&[1], |one| one.store_entries(entries));
        let browser = stores.sign_in(process(before), "alice").await;
        let mut browser = at(process(after), &browser);
        let name = format!("{before:?}, then {after:?}");
        assert_eq!(browser.steps("who&read=color").await, expected, "{name}");
        let page = browser.open(&format!("{APP}/secure")).await;
        assert_eq!(page.text(), "secure alice", "{name}");
        browser.steps("set=color:blue").await;
        let found = browser.steps("who&read=color").await;
        assert_eq!(found, "who=alice color=blue", "{name}");
    }
}

/// Its session layer writes the values, and knows no key of ours.
#[tokio::test]
async fn of_an_app_with_sessions_of_its_own_the_login_is_encrypted() {
    let (stores, values) = (OpenStores::new(), OpenStore::default());
    let sessions = SessionManagerLayer::new(values.clone())
        .with_secure(false)
        .with_same_site(SameSite::Lax);
    let layer = stores.builder(&[1]).app_sessions().build().expect("one");
    let routes = routes().merge(steps(&Gates::default()));
    let app = routes.layer(OidcLayer::new(layer)).layer(sessions);
    stores.sign_in(stores.browser(app), "alice").await;
    assert!(!shows(&last_record(&stores).await, "alice"));
    let text = values.text();
    assert!(
        text.contains("color") && !text.contains(SEALED_KEY),
        "{text}"
    );
}
