//! An answer of the provider's that came as a form, and the cookie it waits in.

use http::HeaderMap;

use super::{CLIENT_ID, Same, broken, headers, keys, root_url, signer, two_parts};
use crate::{
    flow::ANSWER_PARAMETERS,
    protocol::{LoginStart, State, parameters::Parameters},
    session::{PostedAnswers, Slot, cookies::CookieNames, seal::Purpose},
};

/// The first line are bytes to break our own cookie with, or a slot; the rest the form.
pub fn posted_answer(data: &[u8]) {
    let (first, form) = two_parts(data);
    let (keys, names) = (keys(), CookieNames::new(CLIENT_ID, root_url()));
    let answers = PostedAnswers {
        names: &names,
        keys: &keys,
        client_id: CLIENT_ID,
        root_origin: root_url().origin(),
    };
    let start = LoginStart::at(signer::now());
    let state = State::new([7; 16], start, |body| keys.tag(Purpose::State, body));
    let slot = Slot::of(&state.hash());
    let name = names.answer(slot);
    let find = |headers: &HeaderMap, now| answers.find(headers, slot, now);

    let forged = String::from_utf8_lossy(data).replace("NAME", &name);
    let forged = headers([("cookie", forged.as_bytes())]);
    assert!(
        find(&forged, signer::NOW).is_none(),
        "nobody else can make one"
    );
    if let Some(slot) = std::str::from_utf8(first).ok().and_then(Slot::parse) {
        assert!(["0", "1"].contains(&slot.to_string().as_str()));
    }

    let posted = Parameters::parse(form);
    let answer = posted.encode_only(&ANSWER_PARAMETERS);
    let Ok(line) = answers.keep(&state, &answer, signer::NOW, &Same(3)) else {
        assert!(answer.len() > 2_800, "it would have fitted");
        return;
    };
    assert!(line.len() <= 4_096, "browsers keep no longer ones");
    let line = line.to_str().expect("a line of plain characters");
    let ours = line.split(';').next().expect("a cookie").as_bytes();
    let waits = headers([("cookie", ours)]);
    let found = find(&waits, signer::NOW).expect("our own opens");
    let found = Parameters::parse(&found);
    for name in ANSWER_PARAMETERS {
        assert!(found.get(name) == posted.get(name), "{name} changed");
    }
    assert!(found.names().all(|name| ANSWER_PARAMETERS.contains(&name)));
    assert!(find(&waits, signer::NOW + 60).is_none(), "too late");
    let changed = broken(ours, first);
    let is_another = changed != ours && !changed.iter().any(|byte| b"; \t".contains(byte));
    if is_another {
        let changed = headers([("cookie", &changed[..])]);
        assert!(
            find(&changed, signer::NOW).is_none(),
            "a change goes unseen"
        );
    }
}
