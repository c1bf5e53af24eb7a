//! Finding logins by the provider's session and by user.

use bytes::Bytes;
use futures_util::future::try_join_all;
use oidc_login_core::session::{
    ENDED_FOR, EndBy, LoginIndex, MAX_SESSIONS_OF_USER, SessionKey, SubjectKey, UserSession,
};
use redis::{RedisError, aio::MultiplexedConnection};
use time::OffsetDateTime;

use crate::{
    scripts::{END_INDEXED, INDEX_ADD, INDEX_END, INDEX_LIST, LOOK},
    store::{Inner, at, milliseconds},
};

/// What became of a login on its way into the index.
#[derive(PartialEq, Eq)]
pub(crate) enum Indexed {
    Added,
    /// Its logout was here first.
    Ended,
}

impl Inner {
    pub(crate) fn login_key(&self, key: &SessionKey) -> String {
        self.key("login", key.as_bytes())
    }

    fn index_key(&self, index_key: &[u8]) -> String {
        self.key("of", index_key)
    }

    /// Puts a login under all its keys.
    pub(crate) async fn add_to_index(
        &self,
        connection: &MultiplexedConnection,
        key: &SessionKey,
        index: &LoginIndex,
    ) -> Result<Indexed, RedisError> {
        let (member, keys) = (encode(index), index.keys().collect::<Vec<_>>());
        let add = |index_key| self.add_to_one(connection, key, index_key, &member);
        let added = try_join_all(keys.iter().map(add)).await?;
        if added.contains(&Indexed::Ended) {
            return Ok(Indexed::Ended);
        }
        Ok(Indexed::Added)
    }

    async fn add_to_one(
        &self,
        connection: &MultiplexedConnection,
        key: &SessionKey,
        index_key: &[u8; 32],
        member: &[u8],
    ) -> Result<Indexed, RedisError> {
        loop {
            let mut script = self.on(&INDEX_ADD, self.index_key(index_key));
            script
                .arg(key.as_bytes())
                .arg(member)
                .arg(MAX_SESSIONS_OF_USER);
            let answer: Vec<Vec<u8>> = script.invoke_async(&mut connection.clone()).await?;
            match &answer[..] {
                [said, oldest] if said == b"full" => {
                    self.end_indexed(connection, oldest, index_key).await?;
                }
                [said] if said == b"ended" => return Ok(Indexed::Ended),
                _ => return Ok(Indexed::Added),
            }
        }
    }

    /// Takes a login out of the index; what fails here is found ended later, and expires.
    pub(crate) async fn remove_from_index(
        &self,
        connection: &MultiplexedConnection,
        key: &[u8],
        index_keys: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<(), RedisError> {
        let removals = index_keys.into_iter().map(|index_key| {
            let mut command = redis::cmd("HDEL");
            command.arg(self.index_key(index_key.as_ref())).arg(key);
            let mut connection = connection.clone();
            async move { command.query_async::<()>(&mut connection).await }
        });
        try_join_all(removals).await.map(drop)
    }

    /// Ends what a logout means: first the mark, then each session, and only then the index.
    pub(crate) async fn end_by(
        &self,
        connection: &MultiplexedConnection,
        logout: EndBy<'_>,
    ) -> Result<Vec<SessionKey>, RedisError> {
        let until = logout.logged_in_until();
        let kept_for = if logout.leaves_mark() {
            milliseconds_of_mark()
        } else {
            0
        };
        let ended = try_join_all(logout.keys().into_iter().map(async |index_key| {
            let mut script = self.on(&INDEX_END, self.index_key(&index_key));
            script.arg(until).arg(kept_for);
            let found: Vec<Vec<u8>> = script.invoke_async(&mut connection.clone()).await?;
            let ends = found
                .iter()
                .map(|key| self.end_indexed(connection, key, &index_key));
            try_join_all(ends).await?;
            Ok::<_, RedisError>(found)
        }))
        .await?;
        let mut keys: Vec<_> = ended
            .concat()
            .iter()
            .filter_map(|key| session_key(key))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    async fn end_indexed(
        &self,
        connection: &MultiplexedConnection,
        key: &[u8],
        index_key: &[u8; 32],
    ) -> Result<(), RedisError> {
        let mut script = self.on(&END_INDEXED, self.key("login", key));
        script.arg(milliseconds_of_mark()).arg(index_key);
        let index_keys: Vec<u8> = script.invoke_async(&mut connection.clone()).await?;
        let index_keys = index_keys.chunks_exact(32).chain([&index_key[..]]);
        self.remove_from_index(connection, key, index_keys).await
    }

    /// The living sessions under all keys of a user.
    pub(crate) async fn sessions_of(
        &self,
        connection: &MultiplexedConnection,
        user: &[SubjectKey],
    ) -> Result<Vec<UserSession>, RedisError> {
        let sessions = try_join_all(user.iter().map(async |subject| {
            let script = self.on(&INDEX_LIST, self.index_key(subject.as_bytes()));
            let members: Vec<(Vec<u8>, Vec<u8>)> =
                script.invoke_async(&mut connection.clone()).await?;
            let looks = members.into_iter().map(async |(key, member)| {
                let mut script = self.on(&LOOK, self.key("login", &key));
                script.arg(subject.as_bytes());
                let deadline: Option<i64> = script.invoke_async(&mut connection.clone()).await?;
                let session = deadline.and_then(|deadline| {
                    let (logged_in_at, about) = decode(&member)?;
                    let key = session_key(&key)?;
                    Some(UserSession::new(key, logged_in_at, at(deadline), about))
                });
                Ok::<_, RedisError>(session)
            });
            try_join_all(looks).await
        }))
        .await?;
        let mut sessions: Vec<_> = sessions.into_iter().flatten().flatten().collect();
        sessions.sort_by_key(|session| (std::cmp::Reverse(session.logged_in_at), session.key));
        sessions.dedup_by_key(|session| session.key);
        Ok(sessions)
    }
}

pub(crate) fn milliseconds_of_mark() -> u128 {
    ENDED_FOR.as_millis()
}

pub(crate) fn session_key(bytes: &[u8]) -> Option<SessionKey> {
    bytes.try_into().ok().map(SessionKey::from_bytes)
}

fn encode(index: &LoginIndex) -> Vec<u8> {
    let (logged_in_at, ends_at) = (
        index.logged_in_at.unix_timestamp(),
        milliseconds(index.ends_at),
    );
    let mut member = format!("{logged_in_at} {ends_at} ").into_bytes();
    member.extend_from_slice(&index.about);
    member
}

fn decode(member: &[u8]) -> Option<(OffsetDateTime, Bytes)> {
    let mut parts = member.splitn(3, |byte| *byte == b' ');
    let logged_in_at = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    let about = parts.nth(1)?;
    let logged_in_at = OffsetDateTime::from_unix_timestamp(logged_in_at).ok()?;
    Some((logged_in_at, Bytes::copy_from_slice(about)))
}
