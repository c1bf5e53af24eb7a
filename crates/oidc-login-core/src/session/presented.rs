//! The session cookies of one request.

use std::ops::Deref;

use http::HeaderMap;

use super::{
    cookies,
    id::{SessionId, SessionKey},
};

/// Session cookies of one request that are worth looking up.
const MAX: usize = 4;

/// The session cookies the browser sent, each once; reads as their keys.
pub(crate) struct Presented {
    keys: PresentedKeys,
    ids: [Option<SessionId>; MAX],
}

/// Keys of the session cookies the browser sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct PresentedKeys {
    keys: [SessionKey; MAX],
    len: usize,
}

impl Presented {
    /// The ids in cookies of this name.
    pub(crate) fn of(headers: &HeaderMap, name: &str) -> Self {
        let mut presented = Self {
            keys: PresentedKeys {
                keys: [SessionKey::of_nobody(); MAX],
                len: 0,
            },
            ids: [const { None }; MAX],
        };
        let values = cookies::all(headers).filter(|(found, _)| *found == name);
        for id in values.filter_map(|(_, value)| SessionId::of_cookie(value)) {
            let keys = &mut presented.keys;
            if keys.len == MAX {
                break;
            }
            if !keys.contains(&id.key()) {
                keys.keys[keys.len] = id.key();
                presented.ids[keys.len] = Some(id);
                keys.len += 1;
            }
        }
        presented
    }

    /// What tells two browsers apart, and opens nothing.
    pub(crate) fn keys(&self) -> PresentedKeys {
        self.keys
    }

    /// The ids.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &SessionId> {
        self.ids.iter().flatten()
    }

    /// The only id, if there is exactly one.
    pub(crate) fn only(&self) -> Option<&SessionId> {
        self.ids[0].as_ref().filter(|_| self.keys.len == 1)
    }

    /// The id behind one of the keys.
    pub(crate) fn id(&self, key: SessionKey) -> Option<&SessionId> {
        self.ids().find(|id| id.key() == key)
    }
}

impl Deref for Presented {
    type Target = [SessionKey];

    fn deref(&self) -> &[SessionKey] {
        &self.keys
    }
}

impl Deref for PresentedKeys {
    type Target = [SessionKey];

    fn deref(&self) -> &[SessionKey] {
        &self.keys[..self.len]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::{HeaderValue, header};

    use super::*;
    use crate::seams::SystemRandom;

    #[test]
    fn each_id_counts_once_and_few_count_at_all() {
        let ids: Vec<_> = (0..6).map(|_| SessionId::fresh(&SystemRandom)).collect();
        for (name, sent, expected) in [
            ("none", &[][..], &[][..]),
            ("one", &[0], &[0]),
            ("one twice", &[0, 0], &[0]),
            ("two", &[1, 0, 1], &[1, 0]),
            ("six", &[0, 1, 2, 3, 4, 5], &[0, 1, 2, 3]),
        ] {
            let pairs = sent
                .iter()
                .map(|at: &usize| format!("s={}", *ids[*at].to_text()));
            let line = format!("other=1; s=short; {}", pairs.collect::<Vec<_>>().join("; "));
            let line = HeaderValue::try_from(line).unwrap();
            let headers = HeaderMap::from_iter([(header::COOKIE, line)]);
            let presented = Presented::of(&headers, "s");
            let keys: Vec<_> = expected.iter().map(|at: &usize| ids[*at].key()).collect();
            assert_eq!(presented[..], keys, "{name}");
            for (at, id) in ids.iter().enumerate() {
                let found = presented.id(id.key()).map(SessionId::secret);
                let sent = expected.contains(&at).then_some(id.secret());
                assert_eq!(found, sent, "{name}: {at}");
            }
        }
    }
}
