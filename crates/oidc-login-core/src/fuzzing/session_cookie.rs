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
    let ids: Vec<_> = presented.ids().collect();
    assert!(ids.len() <= 4);
    for (at, id) in ids.iter().enumerate() {
        assert!(presented.id(id.key()).is_some());
        let sent = format!("{}={}", names.session(), *id.to_text());
        assert!(text.contains(&sent), "an id that nobody sent");
        let is_new = ids[..at].iter().all(|other| other.key() != id.key());
        assert!(is_new, "each once");
    }
    assert_eq!(presented.only().is_some(), ids.len() == 1);
}
