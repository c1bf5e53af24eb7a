//! What the fuzz targets in `fuzz/` call: each takes any bytes, and panics where something that has
//! to hold does not.

mod app;
mod callback;
mod client_key;
mod discovery;
mod forwarded;
mod frontchannel_logout;
mod id_token;
mod key_set;
mod login_link;
mod login_request;
mod logout_token;
mod pending_login;
mod posted_answer;
mod pushed_response;
mod redirect_uri;
mod return_to;
mod session_cookie;
mod session_record;
mod signer;
mod token_response;
mod userinfo;

use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use serde_json::Value;

use crate::{
    config::RootUrl,
    seams::Random,
    session::{CookieSeal, SessionSecrets, cookies::CookieNames, seal::Keys},
};

pub use callback::callback;
pub use client_key::client_key;
pub use discovery::discovery;
pub use forwarded::forwarded;
pub use frontchannel_logout::frontchannel_logout;
pub use id_token::id_token;
pub use key_set::key_set;
pub use login_link::login_link;
pub use login_request::login_request;
pub use logout_token::logout_token;
pub use pending_login::pending_login;
pub use posted_answer::posted_answer;
pub use pushed_response::pushed_response;
pub use redirect_uri::redirect_uri;
pub use return_to::return_to;
pub use session_cookie::session_cookie;
pub use session_record::session_record;
pub use token_response::token_response;
pub use userinfo::userinfo;

/// Takes any bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its corpus.
pub const TARGETS: [(&str, Target); 19] = [
    ("callback", callback),
    ("client_key", client_key),
    ("discovery", discovery),
    ("forwarded", forwarded),
    ("frontchannel_logout", frontchannel_logout),
    ("id_token", id_token),
    ("key_set", key_set),
    ("login_link", login_link),
    ("login_request", login_request),
    ("logout_token", logout_token),
    ("pending_login", pending_login),
    ("posted_answer", posted_answer),
    ("pushed_response", pushed_response),
    ("redirect_uri", redirect_uri),
    ("return_to", return_to),
    ("session_cookie", session_cookie),
    ("session_record", session_record),
    ("token_response", token_response),
    ("userinfo", userinfo),
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

/// What seals the cookies of our client.
fn cookie_seal<'a>(names: &'a CookieNames, keys: &'a Keys) -> CookieSeal<'a> {
    CookieSeal {
        names,
        keys,
        client_id: CLIENT_ID,
        root_origin: root_url().origin(),
    }
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

/// Adds bytes to the end of a text, and exchanges one.
fn broken(text: &[u8], change: &[u8]) -> Vec<u8> {
    let mut broken = text.to_vec();
    if let [at, byte, rest @ ..] = change {
        let at = text.len() - 1 - usize::from(*at) % text.len();
        broken[at] = *byte;
        broken.extend_from_slice(rest);
    }
    broken
}

/// An answer of the provider's with a status as text; 200 where it is none.
fn answered(status: &[u8], body: &[u8]) -> Option<Response<Bytes>> {
    let status = std::str::from_utf8(status)
        .ok()
        .and_then(|text| text.parse().ok());
    let response = Response::builder().status(status.unwrap_or(200_u16));
    response.body(Bytes::copy_from_slice(body)).ok()
}

/// An answer that was read, as another reader sees it. What nobody asks for need not be text.
fn json(body: &[u8]) -> Value {
    serde_json::from_str(&String::from_utf8_lossy(body)).expect("JSON")
}
