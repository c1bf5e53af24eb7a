//! The session cookies of one request.

use std::ops::Deref;

use http::HeaderMap;

use super::{cookies, id::SessionKey};

/// Session cookies of one request that are worth looking up.
const MAX: usize = 4;

/// Keys of the session cookies the browser sent, each once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct PresentedKeys {
    keys: [SessionKey; MAX],
    len: usize,
}

impl PresentedKeys {
    /// The keys in cookies of this name.
    pub(crate) fn of(headers: &HeaderMap, name: &str) -> Self {
        let mut presented = Self {
            keys: [SessionKey::of_nobody(); MAX],
            len: 0,
        };
        let values = cookies::all(headers).filter(|(found, _)| *found == name);
        for key in values.filter_map(|(_, value)| SessionKey::of_cookie(value)) {
            if presented.len == MAX {
                break;
            }
            if !presented.contains(&key) {
                presented.keys[presented.len] = key;
                presented.len += 1;
            }
        }
        presented
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
    use http::{HeaderValue, header};

    use super::*;
    use crate::{seams::SystemRandom, session::SessionId};

    #[test]
    fn each_key_counts_once_and_few_count_at_all() {
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
                .map(|at: &usize| format!("s={}", ids[*at].as_str()));
            let line = format!("other=1; s=short; {}", pairs.collect::<Vec<_>>().join("; "));
            let line = HeaderValue::try_from(line).unwrap();
            let headers = HeaderMap::from_iter([(header::COOKIE, line)]);
            let keys: Vec<_> = expected.iter().map(|at: &usize| ids[*at].key()).collect();
            assert_eq!(PresentedKeys::of(&headers, "s")[..], keys, "{name}");
        }
    }
}
