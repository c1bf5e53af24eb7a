//! The claims of one login as the types that somebody asked for.

use std::{
    any::Any,
    sync::{Arc, OnceLock},
};

/// Claims decoded so far, each type once.
///
/// A list to which entries are only added: every request of a signed-in user reads it, and to read it
/// takes no lock and no locked instruction. It is as long as the app has types for claims.
#[derive(Default)]
pub(super) struct DecodedClaims(OnceLock<Box<Entry>>);

struct Entry<T: ?Sized = dyn Any + Send + Sync> {
    next: DecodedClaims,
    claims: T,
}

impl DecodedClaims {
    /// The claims as this type, if they were decoded.
    pub(super) fn get<T: Send + Sync + 'static>(&self) -> Option<&Arc<T>> {
        let mut rest = self;
        while let Some(entry) = rest.0.get() {
            if let Some(claims) = entry.claims.downcast_ref() {
                return Some(claims);
            }
            rest = &entry.next;
        }
        None
    }

    /// Keeps the claims as this type, unless somebody else was first: then theirs are what counts.
    pub(super) fn keep<T: Send + Sync + 'static>(&self, claims: &Arc<T>) -> &Arc<T> {
        let mut rest = self;
        loop {
            let entry = rest.0.get_or_init(|| {
                Box::new(Entry {
                    next: Self::default(),
                    claims: claims.clone(),
                })
            });
            if let Some(kept) = entry.claims.downcast_ref() {
                return kept;
            }
            rest = &entry.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_kept_once_and_found_among_others() {
        let decoded = DecodedClaims::default();
        assert_eq!(decoded.get::<u8>(), None);
        assert_eq!(**decoded.keep(&Arc::new(1_u8)), 1);
        assert_eq!(decoded.get::<u16>(), None);
        assert_eq!(**decoded.keep(&Arc::new(2_u16)), 2);
        assert_eq!(**decoded.keep(&Arc::new(3_u32)), 3);
        assert_eq!(**decoded.keep(&Arc::new(9_u16)), 2, "the first one counts");
        let found = (decoded.get(), decoded.get(), decoded.get());
        let expected = (&Arc::new(1_u8), &Arc::new(2_u16), &Arc::new(3_u32));
        assert_eq!(
            found,
            (Some(expected.0), Some(expected.1), Some(expected.2))
        );
    }
}
