//! The cookies of logins under way, and the state they belong to.

use http::HeaderMap;
use time::OffsetDateTime;

use super::{CLIENT_ID, Same, broken, cookie_seal, headers, keys, root_url, two_parts};
use crate::{
    protocol::{
        CodeVerifier, LoginParameters, LoginStart, Nonce, State, pending_login::PendingLogin,
    },
    session::{
        Found, PendingCookies,
        cookies::CookieNames,
        seal::{Keys, Purpose},
    },
};

/// The first line is a `state`, or bytes to break our own cookie with; the rest is the cookie
/// header, in which `NAME` stands for the name of our cookie.
pub fn pending_login(data: &[u8]) {
    let (first, cookie) = two_parts(data);
    let (keys, names) = (keys(), CookieNames::new(CLIENT_ID, root_url()));
    let cookies = PendingCookies(cookie_seal(&names, &keys));
    let start = LoginStart::at(OffsetDateTime::UNIX_EPOCH);
    let state = State::new([7; 16], start, |body| keys.tag(Purpose::State, body));
    let name = names.pending(&state.hash());
    let sent = String::from_utf8_lossy(cookie).replace("NAME", &name);
    let sent = headers([("cookie", sent.as_bytes())]);
    let found = cookies.find(&sent, &state);
    assert!(
        !matches!(found, Found::Pending(_)),
        "nobody else can make one"
    );

    let lines = cookies.add(&sent, &state, &pending(&state), &Same(3));
    assert!(lines.len() <= 41, "{} lines", lines.len());
    let ours = lines.last().and_then(|line| line.to_str().ok());
    let ours = ours.and_then(|line| line.split(';').next());
    let ours = ours.expect("a cookie");
    let found = cookies.find(&headers([("cookie", ours.as_bytes())]), &state);
    assert!(matches!(found, Found::Pending(_)), "our own opens");
    assert_changes_are_seen(&cookies, &state, ours, first);
    if let Some(pending) = PendingLogin::from_bytes(data) {
        let _ = (pending.is_expired(0), pending.expires_at());
    }
    parse(&keys, first);
}

fn assert_changes_are_seen(cookies: &PendingCookies<'_>, state: &State, ours: &str, change: &[u8]) {
    let changed = broken(ours.as_bytes(), change);
    if changed == ours.as_bytes() {
        return;
    }
    let found = cookies.find(&as_sent(&changed), state);
    assert!(!matches!(found, Found::Pending(_)), "a change goes unseen");
}

/// What would be another cookie, or blanks around this one, changes nothing.
fn as_sent(cookie: &[u8]) -> HeaderMap {
    let is_one = |cookie: &&[u8]| !cookie.iter().any(|byte| b"; \t".contains(byte));
    headers(Some(cookie).filter(is_one).map(|cookie| ("cookie", cookie)))
}

fn pending(state: &State) -> PendingLogin {
    PendingLogin {
        state: state.as_str().to_owned(),
        nonce: Nonce::new("n"),
        code_verifier: CodeVerifier::new("v"),
        return_to: "/secure".to_owned(),
        redirect_uri: "https://app.example:8443/base/auth/callback".to_owned(),
        issuer: "https://provider.test".to_owned(),
        started_at: 0,
        had_app_session: false,
        round: 0,
        parameters: LoginParameters::default(),
    }
}

fn parse(keys: &Keys, text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let state = State::parse(text, |body, tag| keys.is_tag(Purpose::State, body, tag));
    assert!(state.is_none(), "nobody else can make one");
}
