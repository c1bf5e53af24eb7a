#![allow(clippy::unwrap_used)]

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

use super::*;
use crate::{
    protocol::StandardClaims,
    session::record_seal::tests::{id, seal_of},
};

/// What the first version kept of a login.
const PLAIN: &str = "ARVodHRwczovL3Byb3ZpZGVyLnRlc3QJZmxhc2stYXBwATEBAXMaeyJzdWIiOiIxIiwibmFtZSI6IkFsaWNlIn0BA\
    QVhZG1pbglpZC50by5rZW7OD6gUBmFjY2VzcwGoFAEHcmVmcmVzaNAP0NED";
/// The same, encrypted by the client `flask-app` with the secret of twos for the session whose id is
/// all ones. Sessions outlive versions of this library, so both must open for ever.
const SEALED: &str = "gQGBBwcHBwcHBwcHBwcHExF1d85kkDZUzwz3I7nydJWHaJsjelxVDWFT9ap8LjLvuPFdrwAe7rWL6iY3b5sogQcHBw\
    cHBwcHBwcHB6WbsQB5vK/odzrHLV/8RwLLeeWieRxQBkbyqw9GgyIoMhNr8Dop+SumvEgynsRV4AeG5n+ZbwvHvFGY\
    6yd6lyUBV/qPwBdzWrmzMYBxmZhYmWFceDkHwbFXUGuwmcyodvVMG5fr/hXmzekk3NZ7amRXGJwXmHujYJ77JReZYw\
    E";

fn bytes(text: &str) -> Vec<u8> {
    STANDARD_NO_PAD.decode(text).unwrap()
}

fn records(entries: StoreEntries) -> LoginRecords {
    LoginRecords::new(seal_of("flask-app", &[2]), entries)
}

fn read(entries: StoreEntries, session: &SessionId, record: &[u8]) -> Result<Login, Unreadable> {
    let read = records(entries).read(session, record);
    read.map(|read| read.login)
}

/// Nothing that a request asks a login may fail.
fn ask_everything(login: &Login) {
    let _ = (login.claims(), login.decode::<StandardClaims>());
    let _ = (login.logged_in_at(), login.ends_at());
    let _ = (login.id_token_expires_at(), login.access_token_expires_at());
    let _ = (format!("{login:?}"), login.roles(), login.sid());
    login.to_bytes();
}

#[test]
fn records_of_the_first_version_are_still_read() {
    for (name, record) in [("plain", PLAIN), ("sealed", SEALED)] {
        let login = read(StoreEntries::Plain, &id(1), &bytes(record));
        let login = login.unwrap();
        assert_eq!(login.issuer(), "https://provider.test", "{name}");
        assert_eq!(login.client_id(), "flask-app", "{name}");
        assert_eq!((login.subject(), login.sid()), ("1", Some("s")), "{name}");
        assert_eq!(login.claims().name(), Some("Alice"), "{name}");
        assert!(login.has_role("admin"), "{name}");
        assert_eq!(login.id_token().secret(), "id.to.ken", "{name}");
        assert_eq!(login.access_token().secret(), "access", "{name}");
        assert!(login.has_refresh_token(), "{name}");
        let times = [login.logged_in_at(), login.ends_at()];
        assert_eq!(
            times.map(time::OffsetDateTime::unix_timestamp),
            [1000, 29_800]
        );
    }
    let sealed = seal_of("flask-app", &[2]).seal(Purpose::LoginRecord, &id(1), &bytes(PLAIN));
    assert_eq!(sealed, bytes(SEALED), "and still written so");
}

#[test]
fn only_what_was_switched_on_is_read() {
    let login = read(StoreEntries::Plain, &id(1), &bytes(PLAIN));
    let login = login.unwrap();
    for (written, after, expected) in [
        (StoreEntries::Plain, StoreEntries::Plain, None),
        (
            StoreEntries::Plain,
            StoreEntries::Encrypted,
            Some(Unreadable::Plain),
        ),
        (StoreEntries::Encrypted, StoreEntries::Plain, None),
        (StoreEntries::Encrypted, StoreEntries::Encrypted, None),
    ] {
        let record = records(written).write(&id(1), &login);
        let back = read(after, &id(1), &record);
        let name = format!("{written:?}, then {after:?}");
        assert_eq!(back.as_ref().err(), expected.as_ref(), "{name}");
        let subject = back.ok().map(|login| login.subject().to_owned());
        assert_eq!(subject.is_some(), expected.is_none(), "{name}");
        let elsewhere = read(after, &id(2), &record);
        let moves = (written, after) == (StoreEntries::Plain, StoreEntries::Plain);
        assert_eq!(elsewhere.is_ok(), moves, "{name}, at another session");
    }
}

/// Damage within plain bytes may go unseen; it must never do harm to more than that login.
#[test]
fn damage_is_survived() {
    let plain = bytes(PLAIN);
    let seal = seal_of("flask-app", &[2]);
    let is_read = |record: &[u8]| {
        let in_the_open = read(StoreEntries::Plain, &id(1), record);
        let sealed = seal.seal(Purpose::LoginRecord, &id(1), record);
        let sealed = read(StoreEntries::Encrypted, &id(1), &sealed);
        in_the_open.iter().chain(&sealed).for_each(ask_everything);
        assert_eq!(in_the_open.is_ok(), sealed.is_ok());
        sealed.is_ok()
    };
    assert!(is_read(&plain));
    for length in 0..plain.len() {
        assert!(!is_read(&plain[..length]), "cut at {length}");
        is_read(&plain[length + 1..]);
    }
    for at in 0..plain.len() {
        for bit in 0..8 {
            let mut changed = plain.clone();
            changed[at] ^= 1 << bit;
            is_read(&changed);
        }
    }
    for format in [0, 127, 128, 255] {
        let mut newer = plain.clone();
        newer[0] = format;
        assert!(!is_read(&newer), "format {format}");
    }
}

/// Every length in a record says how much to read, and how much to make room for.
#[test]
fn enormous_lengths_take_no_room() {
    let plain = bytes(PLAIN);
    let enormous: [&[u8]; 4] = [
        &[0xff, 0xff, 0xff, 0xff, 0x0f],
        &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        &[0xff; 10],
        &[0x80; 200],
    ];
    for at in 1..plain.len() {
        for length in enormous {
            let record = [&plain[..at], length, &plain[at + 1..]].concat();
            if let Ok(login) = read(StoreEntries::Plain, &id(1), &record) {
                ask_everything(&login);
            }
        }
    }
}
