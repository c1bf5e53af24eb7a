#![allow(clippy::unwrap_used)]

use super::*;
use crate::session::SessionSecrets;

const PLAIN: &[u8] = b"claims and tokens";

/// Not random at all, so that the bytes are the same every time.
struct Sevens;

impl Random for Sevens {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened")
    }
}

/// The id whose every byte is this one.
pub(in crate::session) fn id(byte: u8) -> SessionId {
    struct Same(u8);
    impl Random for Same {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }
    SessionId::fresh(&Same(byte))
}

/// The seal of a client with these secrets, newest first.
pub(in crate::session) fn seal_of(client_id: &str, secrets: &[u8]) -> Arc<RecordSeal> {
    let secrets = secrets.iter().map(|seed| vec![*seed; 32]);
    let keys = Keys::new(&SessionSecrets::from_bytes(secrets).unwrap());
    let random = Arc::new(Sevens);
    Arc::new(RecordSeal::new(
        Arc::new(keys),
        client_id.to_owned(),
        random,
    ))
}

#[test]
fn a_record_opens_only_where_it_was_put() {
    let sealed = seal_of("app", &[1]).seal(Purpose::LoginRecord, &id(1), PLAIN);
    let login = Purpose::LoginRecord;
    for (name, client_id, secrets, purpose, session, opens) in [
        ("where it was put", "app", &[1][..], login, id(1), true),
        ("a newer secret", "app", &[2, 1], login, id(1), true),
        ("an older secret", "app", &[1, 2], login, id(1), true),
        ("another secret", "app", &[2], login, id(1), false),
        ("another session", "app", &[1], login, id(2), false),
        ("another client", "apq", &[1], login, id(1), false),
        (
            "another purpose",
            "app",
            &[1],
            Purpose::SessionValues,
            id(1),
            false,
        ),
    ] {
        let opened = seal_of(client_id, secrets).open(purpose, &session, &sealed);
        let opened = opened.map(|opened| opened.plain.to_vec());
        let expected = if opens {
            Ok(PLAIN.to_vec())
        } else {
            Err(Unreadable::Seal)
        };
        assert_eq!(opened, expected, "{name}");
    }
}

/// Same key, other place: what the key does not see to, the context does.
#[test]
fn the_place_is_bound_beside_the_key() {
    let context = |client_id: &str, purpose, session: SessionId| {
        let (seal, place) = (seal_of(client_id, &[1]), session.key());
        seal.context(purpose, &place, b"key").concat()
    };
    let here = context("app", Purpose::LoginRecord, id(1));
    assert_eq!(here, context("app", Purpose::LoginRecord, id(1)));
    for (name, there) in [
        ("client", context("apq", Purpose::LoginRecord, id(1))),
        ("purpose", context("app", Purpose::SessionValues, id(1))),
        ("session", context("app", Purpose::LoginRecord, id(2))),
    ] {
        assert_ne!(here, there, "{name}");
    }
}

/// Neither half of the key will do: with a secret guessed right, or known, the id is still missing.
#[test]
fn the_key_takes_the_id_and_the_secret() {
    let sealed = |secret: u8, session: u8| {
        let keys = Keys::new(&SessionSecrets::from_bytes([[secret; 32]]).unwrap());
        let session = id(session);
        let key = keys
            .keys_with(Purpose::LoginRecord, session.secret())
            .next();
        key.unwrap().seal(SEALED, &[""], PLAIN, &Sevens)
    };
    assert_eq!(sealed(1, 1), sealed(1, 1));
    assert_ne!(sealed(1, 1), sealed(1, 2));
    assert_ne!(sealed(1, 1), sealed(2, 1));
}

/// Nodes whose secrets are rotated one after the other have different lists for a while.
#[test]
fn one_secret_in_common_is_enough() {
    for (name, sealed_with, opened_with, by_newest) in [
        ("the same", &[1][..], &[1][..], Some(true)),
        ("a newer one was added", &[1], &[2, 1], Some(false)),
        ("a newer one was added last", &[1], &[1, 2], Some(true)),
        ("the other node was first", &[2, 1], &[1], Some(true)),
        ("the older one went", &[2, 1], &[2], Some(true)),
        (
            "the older one went, of three",
            &[1, 2, 3],
            &[4, 3],
            Some(false),
        ),
        ("none", &[1, 2], &[3, 4], None),
    ] {
        let sealed = seal_of("app", sealed_with).seal(Purpose::LoginRecord, &id(1), PLAIN);
        let opened = seal_of("app", opened_with).open(Purpose::LoginRecord, &id(1), &sealed);
        let found = opened.ok().map(|opened| opened.by_newest);
        assert_eq!(found, by_newest, "{name}");
    }
}

#[test]
fn what_was_changed_does_not_open() {
    let seal = seal_of("app", &[1, 2]);
    let open = |bytes: &[u8]| seal.open(Purpose::LoginRecord, &id(1), bytes).err();
    let sealed = seal.seal(Purpose::LoginRecord, &id(1), PLAIN);
    assert_eq!(open(&sealed), None);
    for length in 0..sealed.len() {
        assert!(open(&sealed[..length]).is_some(), "cut at {length}");
        assert!(open(&sealed[length + 1..]).is_some(), "begun at {length}");
    }
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[at] ^= 1 << bit;
            assert!(open(&changed).is_some(), "byte {at}, bit {bit}");
        }
    }
    assert!(open(&[&sealed[..], b"x"].concat()).is_some(), "longer");
}

#[test]
fn every_record_says_whether_it_is_sealed() {
    let seal = seal_of("app", &[1]);
    for (name, record, reason) in [
        ("empty", &[][..], Unreadable::Plain),
        ("a plain record", &[1, 2, 3], Unreadable::Plain),
        ("a newer seal", &[SEALED + 1; 200], Unreadable::Plain),
        ("the mark alone", &[SEALED], Unreadable::Seal),
        ("no key", &[SEALED, 0, SEALED, 0, 0], Unreadable::Seal),
        (
            "keys that are not there",
            &[SEALED, 255, SEALED],
            Unreadable::Seal,
        ),
        ("marks", &[SEALED; 10_000], Unreadable::Seal),
    ] {
        let opened = seal.open(Purpose::LoginRecord, &id(1), record);
        assert_eq!(opened.err(), Some(reason), "{name}");
    }
}

#[test]
fn nothing_of_a_record_is_seen_in_it() {
    let sealed = seal_of("app", &[1]).seal(Purpose::SessionValues, &id(1), PLAIN);
    assert_eq!(sealed.len(), 2 + SEALED_KEY_LEN + 1 + 12 + PLAIN.len() + 16);
    for window in PLAIN.windows(4) {
        assert!(!sealed.windows(4).any(|part| part == window));
    }
}
