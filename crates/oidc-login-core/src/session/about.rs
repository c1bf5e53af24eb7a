//! What a list of sessions shows of one: from which browser and address its user signed in.

use std::net::IpAddr;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::seal::{Keys, Purpose};
use crate::{error::visible, seams::Random};

const FORMAT: u8 = 1;
/// Browsers of today need about half of it.
const MAX_USER_AGENT: usize = 256;

/// From where a user signed in, as far as told.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct AboutSession {
    pub(crate) user_agent: Option<String>,
    pub(crate) address: Option<IpAddr>,
}

impl AboutSession {
    /// Keeps at most 256 bytes of what the browser says of itself, and no control characters.
    pub(crate) fn new(user_agent: &[u8], address: Option<IpAddr>) -> Self {
        let text = String::from_utf8_lossy(user_agent);
        let mut kept = String::new();
        for character in visible(text.trim()) {
            if kept.len() + character.len_utf8() > MAX_USER_AGENT {
                break;
            }
            kept.push(character);
        }
        Self {
            user_agent: Some(kept).filter(|kept| !kept.is_empty()),
            address,
        }
    }

    /// For the store, which can read nothing of it; `user` are issuer, client id and `sub`.
    pub(crate) fn seal(&self, keys: &Keys, user: &[&str; 3], random: &dyn Random) -> Bytes {
        let plain =
            postcard::to_extend(self, vec![FORMAT]).expect("texts and addresses always serialize");
        Bytes::from(keys.seal_bytes(Purpose::AboutSession, user, &plain, random))
    }

    /// What cannot be read is unknown: nobody is kept from their sessions by an upgrade.
    pub(crate) fn open(sealed: &[u8], keys: &Keys, user: &[&str; 3]) -> Self {
        let plain = keys.open_bytes(Purpose::AboutSession, user, sealed);
        let about = plain.as_deref().and_then(|plain| plain.split_first());
        about
            .filter(|(format, _)| **format == FORMAT)
            .and_then(|(_, about)| postcard::from_bytes(about).ok())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{seams::SystemRandom, session::SessionSecrets};

    const ALICE: [&str; 3] = ["issuer", "client", "alice"];

    fn keys(seeds: &[u8]) -> Keys {
        Keys::new(&SessionSecrets::from_bytes(seeds.iter().map(|seed| vec![*seed; 32])).unwrap())
    }

    fn about() -> AboutSession {
        AboutSession::new(b"Firefox/145.0", Some([192, 0, 2, 7].into()))
    }

    #[test]
    fn a_user_agent_is_kept_as_far_as_it_can_be_shown() {
        let long = "x".repeat(10_000);
        let just_over = format!("{}é", "x".repeat(255));
        for (name, sent, kept) in [
            ("usual", "Firefox/145.0".as_bytes(), Some("Firefox/145.0")),
            ("nothing", b"", None),
            ("blanks", b"  ", None),
            ("controls only", b"\x01\t\x7f", None),
            ("10 KB", long.as_bytes(), Some(&long[..256])),
            (
                "no half character",
                just_over.as_bytes(),
                Some(&long[..255]),
            ),
            ("controls", b"a\tb\x1b[31mc", Some("ab[31mc")),
            ("turned around", "a\u{202e}b".as_bytes(), Some("ab")),
            ("HTML", b"<script>", Some("<script>")),
            ("no UTF-8", b"a\xffb", Some("a\u{fffd}b")),
        ] {
            let about = AboutSession::new(sent, None);
            assert_eq!(about.user_agent.as_deref(), kept, "{name}");
        }
    }

    #[test]
    fn only_the_same_users_list_can_show_it() {
        let sealed = about().seal(&keys(&[1]), &ALICE, &SystemRandom);
        let unknown = AboutSession::default();
        let bob = ["issuer", "client", "bob"];
        for (name, opened, expected) in [
            (
                "the same",
                AboutSession::open(&sealed, &keys(&[1]), &ALICE),
                about(),
            ),
            (
                "rotated",
                AboutSession::open(&sealed, &keys(&[2, 1]), &ALICE),
                about(),
            ),
            (
                "another secret",
                AboutSession::open(&sealed, &keys(&[2]), &ALICE),
                unknown.clone(),
            ),
            (
                "another user",
                AboutSession::open(&sealed, &keys(&[1]), &bob),
                unknown.clone(),
            ),
            (
                "cut",
                AboutSession::open(&sealed[1..], &keys(&[1]), &ALICE),
                unknown.clone(),
            ),
            (
                "nothing",
                AboutSession::open(b"", &keys(&[1]), &ALICE),
                unknown.clone(),
            ),
        ] {
            assert_eq!(opened, expected, "{name}");
        }
        let shown = String::from_utf8_lossy(&sealed).into_owned();
        assert!(!shown.contains("Firefox"), "{shown}");
    }

    #[test]
    fn another_format_is_unknown() {
        let keys = keys(&[1]);
        let seal =
            |plain: &[u8]| keys.seal_bytes(Purpose::AboutSession, &ALICE, plain, &SystemRandom);
        for (name, plain) in [
            ("newer", &[FORMAT + 1, 0, 0][..]),
            ("nothing", &[]),
            ("damaged", &[FORMAT, 1, 200]),
        ] {
            let opened = AboutSession::open(&seal(plain), &keys, &ALICE);
            assert_eq!(opened, AboutSession::default(), "{name}");
        }
    }
}
