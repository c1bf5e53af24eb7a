//! What the fuzz targets in `fuzz/` call: each takes any bytes, and panics where something that has
//! to hold does not.

mod callback;
mod forwarded;
mod pending_login;
mod posted_answer;
mod redirect_uri;
mod return_to;
mod session_cookie;
mod session_record;

use std::sync::OnceLock;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{
    config::RootUrl,
    seams::Random,
    session::{SessionSecrets, seal::Keys},
};

pub use callback::callback;
pub use forwarded::forwarded;
pub use pending_login::pending_login;
pub use posted_answer::posted_answer;
pub use redirect_uri::redirect_uri;
pub use return_to::return_to;
pub use session_cookie::session_cookie;
pub use session_record::session_record;

/// Takes any bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its corpus.
pub const TARGETS: [(&str, Target); 8] = [
    ("callback", callback),
    ("forwarded", forwarded),
    ("pending_login", pending_login),
    ("posted_answer", posted_answer),
    ("redirect_uri", redirect_uri),
    ("return_to", return_to),
    ("session_cookie", session_cookie),
    ("session_record", session_record),
];

const CLIENT_ID: &str = "flask-app";

/// Not random, so that the same bytes do the same every time.
struct Same(u8);

impl Random for Same {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

fn keys() -> Keys {
    let secrets = SessionSecrets::from_bytes([[3; 32], [4; 32]]);
    Keys::new(&secrets.expect("two secrets of 32 bytes"))
}

fn root_url() -> &'static RootUrl {
    static ROOT_URL: OnceLock<RootUrl> = OnceLock::new();
    ROOT_URL.get_or_init(|| RootUrl::parse("https://app.example:8443/base").expect("a root URL"))
}

/// What stands before the first line break, and after it.
fn two_parts(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

/// One header for each line, as far as they can be sent at all.
fn headers<'a>(lines: impl IntoIterator<Item = (&'static str, &'a [u8])>) -> HeaderMap {
    let lines = lines.into_iter();
    lines
        .filter_map(|(name, value)| {
            let value = HeaderValue::from_bytes(value).ok()?;
            Some((HeaderName::from_static(name), value))
        })
        .fold(HeaderMap::new(), |mut headers, (name, value)| {
            headers.append(name, value);
            headers
        })
}
