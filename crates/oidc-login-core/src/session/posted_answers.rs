//! Answers of the provider that came as a form (`response_mode=form_post`), on their way to the
//! request that the browser makes of its own site.

use http::{HeaderMap, HeaderValue};
use zeroize::Zeroizing;

use super::{cookie_seal::CookieSeal, cookies, seal::Purpose};
use crate::{
    protocol::{State, StateHash},
    seams::Random,
};

/// How long an answer waits, in seconds: one redirect.
const LIFETIME: i64 = 60;
/// Cookies that wait at once. Whoever sends forms from elsewhere cannot fill a browser with them.
const SLOTS: u8 = 2;
/// The longest answer, in bytes: browsers keep cookies of 4 KB.
const MAX_ANSWER: usize = 2_800;

/// An answer does not fit a cookie.
#[derive(Debug)]
pub(crate) struct TooLong;

/// Seals and opens the answers of one client.
pub(crate) struct PostedAnswers<'a>(pub(crate) CookieSeal<'a>);

/// Which of the cookies an answer is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(u8);

impl Slot {
    /// Where the answer to an authorization request goes.
    pub(crate) fn of(state: &StateHash) -> Self {
        Self(state.as_bytes()[31] % SLOTS)
    }

    /// As it was written into a URL.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let slot: u8 = text.parse().ok()?;
        (slot < SLOTS).then_some(Self(slot))
    }
}

impl std::fmt::Display for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl PostedAnswers<'_> {
    /// The line that keeps an answer, as a form.
    pub(crate) fn keep(
        &self,
        state: &State,
        answer: &str,
        now: i64,
        random: &dyn Random,
    ) -> Result<HeaderValue, TooLong> {
        if answer.len() > MAX_ANSWER {
            return Err(TooLong);
        }
        let name = self.0.names.answer(Slot::of(&state.hash()));
        let mut plain = Zeroizing::new(now.saturating_add(LIFETIME).to_be_bytes().to_vec());
        plain.extend_from_slice(answer.as_bytes());
        let sealed = self.0.seal(Purpose::PostedAnswer, &name, &plain, random);
        Ok(self.0.names.set_answer(&name, &sealed, LIFETIME))
    }

    /// The answer in a slot, if the browser has exactly one there that has not expired.
    pub(crate) fn find(
        &self,
        headers: &HeaderMap,
        slot: Slot,
        now: i64,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let name = self.0.names.answer(slot);
        let mut opened = cookies::all(headers)
            .filter(|(found, _)| *found == name)
            .filter_map(|(_, value)| self.open(&name, value, now));
        let answer = opened.next()?;
        opened.next().is_none().then_some(answer)
    }

    /// The line that removes the answer in a slot.
    pub(crate) fn remove(&self, slot: Slot) -> HeaderValue {
        self.0.names.set_answer(&self.0.names.answer(slot), "", 0)
    }

    fn open(&self, name: &str, value: &str, now: i64) -> Option<Zeroizing<Vec<u8>>> {
        let plain = self.0.open(Purpose::PostedAnswer, name, value)?;
        let (until, answer) = plain.split_first_chunk::<8>()?;
        let is_waiting = now < i64::from_be_bytes(*until);
        is_waiting.then(|| Zeroizing::new(answer.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::header;
    use time::OffsetDateTime;

    use super::*;
    use crate::{
        config::RootUrl,
        protocol::LoginStart,
        seams::SystemRandom,
        session::{SessionSecrets, cookies::CookieNames, seal::Keys},
    };

    fn state(random: u8) -> State {
        let start = LoginStart::at(OffsetDateTime::UNIX_EPOCH);
        State::new([random; 16], start, |_| [0; 16])
    }

    fn jar(lines: &[&HeaderValue]) -> HeaderMap {
        let pairs = lines
            .iter()
            .map(|line| line.to_str().unwrap().split(';').next().unwrap());
        let line = pairs.collect::<Vec<_>>().join("; ");
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(line).unwrap())])
    }

    #[test]
    fn an_answer_waits_a_minute_in_its_slot() {
        let root_url = RootUrl::parse("http://localhost:5000/").unwrap();
        let names = CookieNames::new("flask-app", &root_url);
        let keys = Keys::new(&SessionSecrets::random());
        let answers = |client_id| {
            PostedAnswers(CookieSeal {
                names: &names,
                keys: &keys,
                client_id,
                root_origin: "http://localhost:5000",
            })
        };
        let ours = answers("flask-app");
        let (state, slot) = (state(1), Slot::of(&state(1).hash()));
        let line = ours.keep(&state, "code=a", 100, &SystemRandom).unwrap();
        let other = ours.keep(&state, "code=b", 100, &SystemRandom).unwrap();
        let found = |headers: &HeaderMap, now| {
            let found = ours.find(headers, slot, now)?;
            Some(String::from_utf8(found.to_vec()).unwrap())
        };
        assert_eq!(found(&jar(&[&line]), 159).as_deref(), Some("code=a"));
        assert_eq!(found(&jar(&[&line]), 160), None, "too late");
        assert_eq!(found(&jar(&[]), 100), None, "nothing there");
        assert_eq!(found(&jar(&[&line, &other]), 100), None, "two of them");
        let foreign = answers("other-app");
        assert!(
            foreign.find(&jar(&[&line]), slot, 100).is_none(),
            "not ours"
        );
        let elsewhere = Slot::parse(if slot == Slot(0) { "1" } else { "0" }).unwrap();
        let moved = line.to_str().unwrap();
        let moved = moved.replacen(&names.answer(slot), &names.answer(elsewhere), 1);
        let moved = jar(&[&HeaderValue::try_from(moved).unwrap()]);
        assert!(ours.find(&moved, elsewhere, 100).is_none(), "moved");
    }

    #[test]
    fn the_longest_answer_fits_a_cookie() {
        let root_url = RootUrl::parse("https://app.test/").unwrap();
        let names = CookieNames::new("flask-app", &root_url);
        let keys = Keys::new(&SessionSecrets::random());
        let answers = PostedAnswers(CookieSeal {
            names: &names,
            keys: &keys,
            client_id: "flask-app",
            root_origin: "https://app.test",
        });
        let keep = |length| answers.keep(&state(1), &"x".repeat(length), 0, &SystemRandom);
        let line = keep(MAX_ANSWER).unwrap();
        assert!(line.len() <= 4096, "{}", line.len());
        assert!(keep(MAX_ANSWER + 1).is_err());
    }

    #[test]
    fn only_slots_that_exist_are_read() {
        for (text, exists) in [
            ("0", true),
            ("1", true),
            ("2", false),
            ("-1", false),
            ("", false),
            ("00", true),
        ] {
            assert_eq!(Slot::parse(text).is_some(), exists, "{text}");
        }
    }
}
