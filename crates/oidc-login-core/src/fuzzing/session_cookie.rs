//! The session cookies of a request.

use super::{CLIENT_ID, headers, root_url};
use crate::session::{Presented, cookies::CookieNames};

/// Lines of cookie headers, in which `NAME` stands for the name of our cookie.
pub fn session_cookie(lines: &[u8]) {
    let names = CookieNames::new(CLIENT_ID, root_url());
    let text = String::from_utf8_lossy(lines).replace("NAME", names.session());
    let replaced = text.as_bytes().split(|byte| *byte == b'\n');
    let as_they_are = lines.split(|byte| *byte == b'\n');
    let lines = replaced.chain(as_they_are).map(|line| ("cookie", line));
    let presented = Presented::of(&headers(lines), names.session());
    assert!(presented.len() <= 4);
    for (at, key) in presented.iter().enumerate() {
        let id = presented.id(*key).expect("the id of a key");
        assert_eq!(id.key(), *key);
        let sent = format!("{}={}", names.session(), *id.to_text());
        assert!(text.contains(&sent), "an id that nobody sent");
        assert!(!presented[..at].contains(key), "each once");
    }
    assert_eq!(presented.only().is_some(), presented.len() == 1);
}
