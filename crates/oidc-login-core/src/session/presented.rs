//! The session cookies of one request.

use std::slice;

use http::HeaderMap;

use super::{
    cookies,
    id::{SessionId, SessionKey},
};

/// Session cookies of one request that are worth looking up.
const MAX: usize = 4;

/// The session cookies the browser sent, each once: one, but for rare cases.
#[derive(Default)]
pub(crate) enum Presented {
    #[default]
    None,
    Only(SessionId),
    Several(Vec<SessionId>),
}

impl Presented {
    /// The ids in cookies of this name.
    pub(crate) fn of(headers: &HeaderMap, name: &str) -> Self {
        let ids = cookies::named(headers, name).filter_map(SessionId::of_cookie);
        ids.fold(Self::None, Self::with)
    }

    fn with(self, id: SessionId) -> Self {
        match self {
            known if known.id(id.key()).is_some() => known,
            Self::None => Self::Only(id),
            Self::Only(first) => Self::Several(vec![first, id]),
            Self::Several(ids) if ids.len() == MAX => Self::Several(ids),
            Self::Several(mut ids) => {
                ids.push(id);
                Self::Several(ids)
            }
        }
    }

    /// The ids.
    pub(crate) fn ids(&self) -> slice::Iter<'_, SessionId> {
        let ids = match self {
            Self::None => &[],
            Self::Only(id) => slice::from_ref(id),
            Self::Several(ids) => &ids[..],
        };
        ids.iter()
    }

    /// Their keys: what tells two browsers apart, and opens nothing.
    pub(crate) fn keys(&self) -> impl Iterator<Item = SessionKey> {
        self.ids().map(SessionId::key)
    }

    /// The only id, if there is exactly one.
    pub(crate) fn only(&self) -> Option<&SessionId> {
        match self {
            Self::Only(id) => Some(id),
            Self::None | Self::Several(_) => None,
        }
    }

    /// The id behind one of the keys.
    pub(crate) fn id(&self, key: SessionKey) -> Option<&SessionId> {
        self.ids().find(|id| id.key() == key)
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
            assert_eq!(presented.keys().collect::<Vec<_>>(), keys, "{name}");
            for (at, id) in ids.iter().enumerate() {
                let found = presented.id(id.key()).map(SessionId::secret);
                let sent = expected.contains(&at).then_some(id.secret());
                assert_eq!(found, sent, "{name}: {at}");
            }
        }
    }
}
