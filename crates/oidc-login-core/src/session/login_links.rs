//! The parameters of a login in a link to it: sealed, and good for an hour.

use super::seal::{Keys, Purpose};
use crate::{protocol::LoginParameters, seams::Random};

/// How long a link is good, in seconds: as long as a page with it may stand open.
const LIFETIME: i64 = 3600;

/// How far the clocks of two nodes may be apart, in seconds.
const CLOCKS_APART: i64 = 60;

/// Seals and opens what the links of one client carry.
pub(crate) struct LoginLinks<'a> {
    pub(crate) keys: &'a Keys,
    pub(crate) client_id: &'a str,
    pub(crate) root_origin: &'a str,
}

impl LoginLinks<'_> {
    /// The parameters as a text for a URL.
    pub(crate) fn seal(
        &self,
        parameters: &LoginParameters,
        now: i64,
        random: &dyn Random,
    ) -> String {
        let mut plain = now.saturating_add(LIFETIME).to_be_bytes().to_vec();
        plain.extend(parameters.to_bytes());
        self.keys
            .seal(Purpose::LoginLink, &self.context(), &plain, random)
    }

    /// The parameters, if we sealed them not too long ago.
    pub(crate) fn open(&self, sealed: &str, now: i64) -> Option<LoginParameters> {
        let plain = self
            .keys
            .open(Purpose::LoginLink, &self.context(), sealed)?;
        let (until, parameters) = plain.split_first_chunk::<8>()?;
        let until = i64::from_be_bytes(*until);
        // A clock that was ahead does not make it live much longer.
        let is_good = now < until && until - now <= LIFETIME + CLOCKS_APART;
        is_good.then(|| LoginParameters::from_bytes(parameters))?
    }

    fn context(&self) -> [&str; 2] {
        [self.client_id, self.root_origin]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{seams::SystemRandom, session::SessionSecrets};

    #[test]
    fn a_link_opens_for_its_client_and_an_hour() {
        let (keys, others) = (SessionSecrets::random(), SessionSecrets::random());
        let (keys, others) = (Keys::new(&keys), Keys::new(&others));
        let links = |keys, client_id, root_origin| LoginLinks {
            keys,
            client_id,
            root_origin,
        };
        let ours = links(&keys, "app", "http://localhost:5000");
        let parameters = LoginParameters::builder().prompt("login").build().unwrap();
        let sealed = ours.seal(&parameters, 10_000, &SystemRandom);
        assert_eq!(ours.open(&sealed, 10_000), Some(parameters.clone()));
        assert_eq!(ours.open(&sealed, 9_940), Some(parameters.clone()));
        assert_eq!(ours.open(&sealed, 13_599), Some(parameters.clone()));
        for (name, links, now) in [
            ("too late", &ours, 13_600),
            ("from the future", &ours, 9_939),
            (
                "other client",
                &links(&keys, "b", "http://localhost:5000"),
                10_000,
            ),
            (
                "other origin",
                &links(&keys, "app", "http://localhost"),
                10_000,
            ),
            (
                "other key",
                &links(&others, "app", "http://localhost:5000"),
                10_000,
            ),
        ] {
            assert_eq!(links.open(&sealed, now), None, "{name}");
        }
        assert_eq!(ours.open("", 10_000), None);
        assert_eq!(ours.open(&sealed[..40], 10_000), None);
    }
}
