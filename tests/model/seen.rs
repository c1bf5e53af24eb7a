//! What an answer shows.

use http::StatusCode;
use oidc_login_tests::user_agent::Page;

use crate::plan::NAMES;

/// What an answer shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    /// Who is signed in, if the answer says so at all.
    pub(crate) who: Option<Option<String>>,
    /// Whose claims stand in the session.
    pub(crate) claims: Option<Option<String>>,
    /// The values, if the answer shows them.
    pub(crate) values: Option<[Option<u32>; NAMES.len()]>,
    pub(crate) cookie: CookieChange,
}

/// What an answer does to the session's cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CookieChange {
    None,
    New(String),
    Removed,
}

impl Seen {
    pub(crate) fn of(page: &Page) -> Self {
        let text = page.text();
        let word = |name: &str| {
            let word = text
                .split(' ')
                .find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
            word.map(|word| (word != "-").then(|| word.to_owned()))
        };
        let value = |name: &str| {
            let value = word(name)?;
            Some(value.and_then(|value| value.parse().ok()))
        };
        let values = NAMES.map(value);
        let values = values
            .iter()
            .all(Option::is_some)
            .then(|| values.map(Option::flatten));
        Self {
            status: page.status,
            who: word("who").or_else(|| who_am_i(page)),
            claims: word("claims"),
            values,
            cookie: CookieChange::of(page),
        }
    }

    /// The user, if somebody is signed in.
    pub(crate) fn name(&self) -> Option<&str> {
        self.who.as_ref()?.as_deref()
    }
}

fn who_am_i(page: &Page) -> Option<Option<String>> {
    let answer: serde_json::Value = serde_json::from_slice(&page.body).ok()?;
    answer.get("authenticated")?;
    let name = answer
        .get("claims")
        .and_then(|claims| claims["preferred_username"].as_str());
    Some(name.map(str::to_owned))
}

impl CookieChange {
    fn of(page: &Page) -> Self {
        let lines = page.set_cookies();
        let mut session = lines.iter().filter(|line| line.starts_with("oidc_session"));
        let Some(line) = session.next() else {
            return Self::None;
        };
        assert!(session.next().is_none(), "two session cookies: {lines:?}");
        let pair = line.split(';').next().unwrap_or_default();
        let value = pair.split_once('=').map_or("", |(_, value)| value);
        if value.is_empty() {
            return Self::Removed;
        }
        Self::New(value.to_owned())
    }
}
