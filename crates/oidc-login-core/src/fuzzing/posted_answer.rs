//! An answer that came as a form, on its way through a cookie, and the cookie that counts logins.

use http::HeaderMap;
use time::OffsetDateTime;

use super::{CLIENT_ID, Same, broken, cookie_seal, headers, keys, root_url, two_parts};
use crate::{
    flow::ANSWER_PARAMETERS,
    protocol::{
        LoginStart, State,
        parameters::{Parameter, Parameters},
    },
    session::{LoginTrail, LoginTrails, PostedAnswers, Slot, cookies::CookieNames, seal::Purpose},
};

/// The first line is a form; the rest is a cookie header, in which `ANSWER` and `TRAIL` stand for the
/// names of our cookies.
pub fn posted_answer(data: &[u8]) {
    let (form, cookie) = two_parts(data);
    let (keys, names) = (keys(), CookieNames::new(CLIENT_ID, root_url()));
    let answers = PostedAnswers(cookie_seal(&names, &keys));
    let trails = LoginTrails {
        names: &names,
        keys: &keys,
    };
    let start = LoginStart::at(OffsetDateTime::UNIX_EPOCH);
    let state = State::new([7; 16], start, |body| keys.tag(Purpose::State, body));
    let slot = Slot::of(&state.hash());
    let sent = String::from_utf8_lossy(cookie).replace("ANSWER", &names.answer(slot));
    let sent = headers([("cookie", sent.replace("TRAIL", names.trail()).as_bytes())]);
    assert!(
        answers.find(&sent, slot, 0).is_none(),
        "nobody else can seal"
    );
    assert!(trails.find(&sent).is_none(), "nobody else can count");

    let posted = Parameters::parse(form);
    let kept = posted.encode_only(&ANSWER_PARAMETERS);
    if let Ok(line) = answers.keep(&state, &kept, 0, &Same(3)) {
        let line = line.to_str().expect("ASCII");
        assert!(line.len() <= 4096, "{} bytes", line.len());
        let waits = as_sent(line);
        let found = answers.find(&waits, slot, 0).expect("our own opens");
        assert_same(&posted, &Parameters::parse(&found));
        assert!(answers.find(&waits, slot, 60).is_none(), "too late");
        let ours = pair(line).as_bytes();
        let changed = broken(ours, cookie);
        // What would be another cookie, or blanks around this one, changes nothing.
        if changed != ours && !changed.iter().any(|byte| b"; \t".contains(byte)) {
            let changed = headers([("cookie", &changed[..])]);
            let found = answers.find(&changed, slot, 0);
            assert!(found.is_none(), "a change goes unseen");
        }
    }
    let round = form.first().copied().unwrap_or_default();
    let trail = LoginTrail::after(None, round, i64::from(round));
    let line = trails.keep(trail);
    let line = line.to_str().expect("ASCII");
    assert_eq!(trails.find(&as_sent(line)), Some(trail));
}

/// What was posted comes out as it went in, once or twice or not at all.
fn assert_same(posted: &Parameters, found: &Parameters) {
    for name in ANSWER_PARAMETERS {
        match (posted.get(name), found.get(name)) {
            (Parameter::Once(one), Parameter::Once(other)) => assert_eq!(one, other, "{name}"),
            (one, other) => assert!(one == other, "{name}"),
        }
    }
}

/// The line of an answer, as it comes back.
fn as_sent(line: &str) -> HeaderMap {
    headers([("cookie", pair(line).as_bytes())])
}

fn pair(line: &str) -> &str {
    line.split(';').next().unwrap_or_default()
}
