//! Records as they come from a store that anybody may have written into.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use serde_json::json;
use time::OffsetDateTime;
use tower_sessions_core::{SessionStore as _, session::Record};

use super::{CLIENT_ID, Same, keys};
use crate::{
    config::StoreEntries,
    protocol::StandardClaims,
    session::{Login, LoginRecords, MemoryStore, RecordSeal, SessionId, Values, seal::Purpose},
};

/// A record of a login, and of an app's values as JSON.
pub fn session_record(record: &[u8]) {
    let (alice, bob) = (SessionId::fresh(&Same(1)), SessionId::fresh(&Same(2)));
    let seal = Arc::new(RecordSeal::new(
        Arc::new(keys()),
        CLIENT_ID.to_owned(),
        Arc::new(Same(7)),
    ));
    let plain = LoginRecords::new(seal.clone(), StoreEntries::Plain);
    let encrypted = LoginRecords::new(seal.clone(), StoreEntries::Encrypted);

    let read = plain.read(&alice, record).map(|read| read.login);
    read.iter().for_each(ask_everything);
    for id in [&alice, &bob] {
        assert!(encrypted.read(id, record).is_err(), "nobody can make one");
    }
    let sealed = seal.seal(Purpose::LoginRecord, &alice, record);
    let opened = encrypted.read(&alice, &sealed);
    if !RecordSeal::is_sealed(record) {
        assert_eq!(opened.is_ok(), read.is_ok(), "sealed or not");
    }
    let elsewhere = encrypted.read(&bob, &sealed);
    assert!(elsewhere.is_err(), "it opens where it was put");
    let changed = change(&sealed, record);
    assert!(changed == sealed || encrypted.read(&alice, &changed).is_err());
    values(&seal, &alice, record);
}

/// Exchanges a byte of what was sealed, or leaves some away, as the record says.
fn change(sealed: &[u8], how: &[u8]) -> Vec<u8> {
    let mut changed = sealed.to_vec();
    match how {
        [0, at, ..] => changed.truncate(sealed.len() * usize::from(*at) / 255),
        [at, byte, ..] => changed[usize::from(*at) % sealed.len()] = *byte,
        _ => changed.push(0),
    }
    changed
}

fn ask_everything(login: &Login) {
    let _ = (login.claims(), login.decode::<StandardClaims>());
    let _ = (login.logged_in_at(), login.ends_at(), login.is_alive(0));
    let _ = (login.id_token_expires_at(), login.access_token_expires_at());
    let _ = (login.roles(), login.sid(), format!("{login:?}"));
}

fn values(seal: &Arc<RecordSeal>, id: &SessionId, json: &[u8]) {
    let data = serde_json::from_slice(json);
    let data = data.unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(json);
        [("oidc_login.sealed.v1".to_owned(), json!(text))].into()
    });
    let store = MemoryStore::new();
    let mut kept = Record {
        id: id.key().app_session_id(),
        data,
        expiry_date: OffsetDateTime::now_utc() + time::Duration::HOUR,
    };
    let created = ready(store.create(&mut kept));
    created.expect("the memory takes everything");
    let of = |entries| Values::new(Arc::new(store.clone()), seal.clone(), entries);
    let (plain, encrypted) = (of(StoreEntries::Plain), of(StoreEntries::Encrypted));
    let _ = ready(plain.load(id)).expect("the memory answers");
    let found = ready(encrypted.load(id)).expect("the memory answers");
    assert_eq!(found, None, "nobody can make one");

    let written = ready(encrypted.save(id, kept.clone()));
    written.expect("the memory takes everything");
    for values in [plain, encrypted] {
        let found = ready(values.load(id)).expect("the memory answers");
        assert_eq!(found.as_ref(), Some(&kept), "what was written comes back");
    }
}

/// The memory makes nobody wait.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the memory makes nobody wait"),
    }
}
