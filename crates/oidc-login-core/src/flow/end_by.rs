//! Sessions that are ended from outside: by another session of their user, an administrator, or the
//! provider.

use crate::{
    relying_party::{Inner, Sessions},
    session::{EndBy, EndedOf, SessionKey, StoreError},
};

impl Inner {
    /// Ends the logins that a logout means, and what the app kept with them. Returns the sessions
    /// that were found; some may have been over before.
    ///
    /// A login that is still on its way is refused when it comes, in every process.
    pub(super) async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        let ended = self.logins.end_by(logout).await?;
        for key in &ended {
            self.clean_up_after(key).await;
        }
        Ok(ended)
    }

    /// Ends one login, whatever its id is by now, and what the app kept with it; says whether there
    /// was one.
    pub(super) async fn end_one(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let (mut keys, mut was_alive, mut number) = (vec![*key], false, 0);
        while let Some(key) = keys.get(number).copied() {
            was_alive |= self.logins.end(&key).await?.is_some();
            self.clean_up_after(&key).await;
            // Only now: a renewal is known before it ends the old id.
            self.add_followers(&mut keys, number).await?;
            number += 1;
        }
        Ok(was_alive)
    }

    /// A session's keys: this one, and those that followed it a moment ago.
    pub(super) async fn line_of(&self, key: SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        let (mut keys, mut number) = (vec![key], 0);
        while number < keys.len() {
            self.add_followers(&mut keys, number).await?;
            number += 1;
        }
        Ok(keys)
    }

    /// Puts down what followed the key of this number, if anything did.
    pub(super) async fn add_followers(
        &self,
        keys: &mut Vec<SessionKey>,
        number: usize,
    ) -> Result<(), StoreError> {
        let mut followers = self.logins.followers(&keys[number]).await?;
        followers.retain(|follower| !keys.contains(follower));
        keys.extend(followers);
        Ok(())
    }

    async fn clean_up_after(&self, key: &SessionKey) {
        self.decoded.remove(key);
        // Before the values go: from here on what a request still writes for it is dropped.
        self.ended.mark(*key, EndedOf::Login, self.clock.now());
        if self.sessions == Sessions::Own
            && let Err(error) = self.values.delete(&key.app_session_id()).await
        {
            tracing::warn!(%error, "a login has ended, but its values are still there");
        }
    }
}

#[cfg(all(test, feature = "tokio"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use time::Duration;
    use tower_sessions_core::session::Record;

    use super::*;
    use crate::{
        config::ClientConfig,
        relying_party::RelyingParty,
        seams::SystemRandom,
        session::{Expected, Loaded, Login, LoginRecord, MAX_SESSIONS_OF_USER, SessionId},
    };

    const ISSUER: &str = "https://provider.test";

    fn relying_party() -> RelyingParty {
        let client = ClientConfig::builder()
            .issuer(ISSUER)
            .public_client("flask-app")
            .root_url("http://localhost:5000/");
        client.build().unwrap().into()
    }

    /// A login this many seconds ago, and values of the app with it.
    async fn sign_in(rp: &RelyingParty, sub: &str, sid: &str, ago: i64) -> SessionKey {
        let (inner, id) = (&rp.0, SessionId::fresh(&SystemRandom));
        let now = inner.clock.now();
        let logged_in_at = now.unix_timestamp() - ago;
        let ends_at = now + Duration::HOUR;
        let login = Login::new(LoginRecord {
            issuer: ISSUER.into(),
            client_id: "flask-app".into(),
            subject: sub.into(),
            sid: Some(sid.into()),
            issued_at: logged_in_at,
            logged_in_at,
            ends_at: ends_at.unix_timestamp(),
            ..LoginRecord::sample()
        });
        let (index, key) = (inner.keys.index_of(&login), id.key());
        let record = inner.login_records.write(&id, &login);
        let put = inner
            .logins
            .put_if(&key, record, ends_at, Expected::New(&index));
        put.await.unwrap();
        let record = Record {
            id: key.app_session_id(),
            data: [("color".to_owned(), "red".into())].into(),
            expiry_date: ends_at,
        };
        inner.values.create(&id, record).await.unwrap();
        assert_eq!(is_there(rp, &key).await, (true, true));
        key
    }

    async fn is_there(rp: &RelyingParty, key: &SessionKey) -> (bool, bool) {
        let login = rp.0.logins.load(key, None).await.unwrap();
        let has_values = rp.0.values.exist(*key).await.unwrap();
        (login != Loaded::Gone, has_values)
    }

    #[tokio::test]
    async fn the_providers_session_ends_with_all_that_was_kept_of_it() {
        let rp = relying_party();
        let ended = [
            sign_in(&rp, "alice", "1", 9).await,
            sign_in(&rp, "alice", "1", 5).await,
        ];
        let others = [
            sign_in(&rp, "alice", "2", 5).await,
            sign_in(&rp, "bob", "3", 5).await,
        ];
        let begun = rp.0.ended.now();
        let sid = rp.0.keys.sid_keys(ISSUER, "flask-app", "1");
        let mut found = rp.0.end_by(EndBy::Sid(&sid)).await.unwrap();
        let mut expected = ended;
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
        for key in &ended {
            assert_eq!(is_there(&rp, key).await, (false, false));
            assert!(
                rp.0.ended.is_after(key, begun, rp.0.clock.now()),
                "late writers"
            );
        }
        for key in &others {
            assert_eq!(is_there(&rp, key).await, (true, true));
            assert!(!rp.0.ended.is_after(key, begun, rp.0.clock.now()));
        }
        assert_eq!(rp.0.end_by(EndBy::Sid(&sid)).await.unwrap(), []);
    }

    #[tokio::test]
    async fn an_app_that_keeps_its_own_sessions_keeps_them() {
        let client = relying_party().client().clone();
        let rp = RelyingParty::builder(client)
            .app_sessions()
            .build()
            .unwrap();
        let key = sign_in(&rp, "alice", "1", 9).await;
        assert!(rp.0.end_one(&key).await.unwrap());
        assert_eq!(is_there(&rp, &key).await, (false, true));
        assert!(!rp.0.end_one(&key).await.unwrap(), "once more");
    }

    #[tokio::test]
    async fn a_user_with_too_many_sessions_loses_the_oldest_and_sees_the_rest() {
        let rp = relying_party();
        let oldest = sign_in(&rp, "alice", "oldest", 5_000).await;
        for ago in (0..4_000).rev().take(MAX_SESSIONS_OF_USER) {
            sign_in(&rp, "alice", &ago.to_string(), ago).await;
        }
        assert_eq!(
            rp.sessions_of("alice").await.unwrap().len(),
            MAX_SESSIONS_OF_USER
        );
        assert!(!is_there(&rp, &oldest).await.0);
        let ended = rp.end_sessions_of("alice").await.unwrap();
        assert_eq!(ended, MAX_SESSIONS_OF_USER);
        assert_eq!(rp.sessions_of("alice").await.unwrap(), []);
    }
}
