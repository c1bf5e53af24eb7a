//! What an answer shows.

use http::StatusCode;
use oidc_login_tests::user_agent::Page;

use crate::plan::NAMES;

/// What an answer shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    /// Who is signed in, if the answer says so at all.
    pub(crate) who: Option<Who>,
    /// Whose claims stand in the session.
    pub(crate) claims: Option<Who>,
    /// The values, if the answer shows them.
    pub(crate) values: Option<[Option<u32>; NAMES.len()]>,
    pub(crate) cookie: CookieChange,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Nobody,
    User(String),
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
            let mut words = text.split(' ');
            words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
        };
        let values = NAMES.map(word);
        let values = values.iter().all(Option::is_some).then_some(values);
        Self {
            status: page.status,
            who: word("who").map(Who::of).or_else(|| who_am_i(page)),
            claims: word("claims").map(Who::of),
            values: values.map(|values| values.map(|value| value?.parse().ok())),
            cookie: CookieChange::of(page),
        }
    }

    /// The user, if somebody is signed in.
    pub(crate) fn name(&self) -> Option<&str> {
        match self.who.as_ref()? {
            Who::Nobody => None,
            Who::User(name) => Some(name),
        }
    }
}

fn who_am_i(page: &Page) -> Option<Who> {
    let answer: serde_json::Value = serde_json::from_slice(&page.body).ok()?;
    answer.get("authenticated")?;
    let claims = answer.get("claims");
    let name = claims.and_then(|claims| claims["preferred_username"].as_str());
    Some(Who::of(name.unwrap_or("-")))
}

impl Who {
    fn of(name: &str) -> Self {
        match name {
            "-" => Self::Nobody,
            name => Self::User(name.to_owned()),
        }
    }
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
