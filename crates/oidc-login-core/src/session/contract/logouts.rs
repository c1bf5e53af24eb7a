//! Logouts by the provider's session and by user, and what a user's list of sessions shows.

use time::{Duration, OffsetDateTime};

use super::{
    bench::{Bench, IDLE, User, at_once, session_key, stored},
    cases,
};
use crate::session::{
    ENDED_FOR, EndBy, Expected, MAX_SESSIONS_OF_USER, Put, SessionKey, UserSession,
};

cases!(Bench:
    a_logout_by_sid_ends_its_sessions_only,
    a_logout_by_user_ends_logins_up_to_its_time_only,
    one_secret_in_common_finds_the_login,
    a_logout_before_the_session_is_saved_wins,
    a_logout_of_known_sessions_leaves_no_mark,
    a_logout_by_sid_that_nobody_signed_lets_later_logins_in,
    a_mark_by_user_lets_later_logins_in,
    the_latest_mark_by_user_counts,
    a_mark_is_forgotten_in_time,
    logins_and_their_logout_at_once_leave_none,
    a_login_renewed_during_its_logout_does_not_survive,
    a_logout_again_finds_nothing_more,
    the_sessions_of_a_user_are_listed,
    one_session_too_many_ends_the_oldest,
);

impl Bench {
    async fn end_by(&self, logout: EndBy<'_>) -> Vec<SessionKey> {
        let ended = self.store.end_by(logout).await;
        ended.expect("the store answers")
    }

    async fn end_sid(&self, user: &User) -> Vec<SessionKey> {
        self.end_by(EndBy::Sid(&user.sid)).await
    }

    async fn end_user(&self, user: &User, logged_in_until: OffsetDateTime) -> Vec<SessionKey> {
        let keys = &user.subject;
        self.end_by(EndBy::Subject {
            keys,
            logged_in_until,
        })
        .await
    }

    async fn of(&self, user: &User) -> Vec<UserSession> {
        let sessions = self.store.of(&user.subject).await;
        sessions.expect("the store answers")
    }
}

async fn a_logout_by_sid_ends_its_sessions_only(bench: Bench) {
    let user = User::new();
    let (one, two) = (bench.sign_in(&user).await, bench.sign_in(&user).await);
    let elsewhere = bench.sign_in(&user.elsewhere()).await;
    let other = bench.sign_in(&User::new()).await;
    let versions = (bench.version(&elsewhere).await, bench.version(&other).await);
    let mut ended = bench.end_sid(&user).await;
    ended.sort_unstable();
    let mut expected = vec![one, two];
    expected.sort_unstable();
    assert_eq!(ended, expected);
    assert!(!bench.is_alive(&one).await && !bench.is_alive(&two).await);
    let after = (bench.version(&elsewhere).await, bench.version(&other).await);
    assert_eq!(after, versions, "others are untouched");
}

async fn a_logout_by_user_ends_logins_up_to_its_time_only(bench: Bench) {
    let user = User::new();
    let before = bench.sign_in(&user).await;
    bench.clock.advance(Duration::SECOND);
    let at_that_time = bench.sign_in(&user.elsewhere()).await;
    let time = bench.now();
    bench.clock.advance(Duration::SECOND);
    let later = bench.sign_in(&user).await;
    let other = bench.sign_in(&User::new()).await;
    let ended = bench.end_user(&user, time).await;
    assert_eq!(ended.len(), 2, "each once: {}", ended.len());
    for (name, key, is_alive) in [
        ("before", before, false),
        ("in the same second", at_that_time, false),
        ("later", later, true),
        ("another user", other, true),
    ] {
        assert_eq!(bench.is_alive(&key).await, is_alive, "{name}");
        assert_eq!(!ended.contains(&key), is_alive, "{name}");
    }
    bench.end_user(&user, bench.now()).await;
    assert!(!bench.is_alive(&later).await, "it is still found");
}

async fn one_secret_in_common_finds_the_login(bench: Bench) {
    for number in 0..2 {
        let user = User::new();
        let key = bench.sign_in(&user).await;
        assert_eq!(bench.of_one(&user, number).await, [key]);
        bench.end_by(EndBy::Sid(&user.sid[number..=number])).await;
        assert!(!bench.is_alive(&key).await, "by sid, secret {number}");

        let user = User::new();
        let key = bench.sign_in(&user).await;
        let (keys, logged_in_until) = (&user.subject[number..=number], bench.now());
        bench
            .end_by(EndBy::Subject {
                keys,
                logged_in_until,
            })
            .await;
        assert!(!bench.is_alive(&key).await, "by user, secret {number}");
        let put = bench.put_new(&session_key(), &user, b"late").await;
        assert_eq!(put, Put::Gone, "its mark is seen, secret {number}");
    }
}

impl Bench {
    async fn of_one(&self, user: &User, number: usize) -> Vec<SessionKey> {
        let sessions = self.store.of(&user.subject[number..=number]).await;
        let sessions = sessions.expect("the store answers");
        sessions.into_iter().map(|session| session.key).collect()
    }
}

async fn a_logout_of_known_sessions_leaves_no_mark(bench: Bench) {
    let user = User::new();
    let known = EndBy::KnownSid(&user.sid);
    assert_eq!(bench.end_by(known).await, []);
    let key = bench.sign_in(&user).await;
    let other = bench.sign_in(&User::new()).await;
    assert_eq!(bench.end_by(known).await, [key]);
    assert!(!bench.is_alive(&key).await && bench.is_alive(&other).await);
    assert_eq!(bench.of(&user).await, []);
    let put = bench.put_new(&key, &user, b"late").await;
    assert_eq!(put, Put::Gone, "the session itself has ended");
    let later = bench.sign_in(&user).await;
    assert_eq!(bench.end_sid(&user).await, [later]);
    assert_eq!(bench.end_by(known).await, []);
    let put = bench.put_new(&session_key(), &user, b"late").await;
    assert_eq!(put, Put::Gone, "the mark of another logout stays");
}

async fn a_logout_by_sid_that_nobody_signed_lets_later_logins_in(bench: Bench) {
    let user = User::new();
    let unsigned = EndBy::SidUntil {
        keys: &user.sid,
        logged_in_until: bench.now(),
    };
    let key = bench.sign_in(&user).await;
    let other = bench.sign_in(&User::new()).await;
    assert_eq!(bench.end_by(unsigned).await, [key]);
    assert!(!bench.is_alive(&key).await && bench.is_alive(&other).await);
    let put = bench.put_new(&session_key(), &user, b"late").await;
    assert_eq!(put, Put::Gone, "it was on its way");
    bench.clock.advance(Duration::SECOND);
    let later = bench.sign_in(&user).await;
    assert_eq!(bench.end_by(unsigned).await, []);
    assert!(bench.is_alive(&later).await, "the same logout again");
    assert_eq!(bench.end_sid(&user).await, [later]);
    bench.end_by(unsigned).await;
    bench.clock.advance(Duration::SECOND);
    let put = bench.put_new(&session_key(), &user, b"late").await;
    assert_eq!(put, Put::Gone, "the mark of a signed logout stays");
}

async fn a_logout_before_the_session_is_saved_wins(bench: Bench) {
    let user = User::new();
    assert_eq!(bench.end_sid(&user).await, []);
    let key = session_key();
    assert_eq!(bench.put_new(&key, &user, b"late").await, Put::Gone);
    assert!(!bench.is_alive(&key).await);
    assert_eq!(bench.of(&user).await, []);
    bench.sign_in(&user.elsewhere()).await;
    bench.sign_in(&User::new()).await;
}

async fn a_mark_by_user_lets_later_logins_in(bench: Bench) {
    let user = User::new();
    bench.end_user(&user, bench.now()).await;
    let put = bench.put_new(&session_key(), &user, b"late").await;
    assert_eq!(put, Put::Gone);
    bench.clock.advance(Duration::SECOND);
    let later = bench.sign_in(&user).await;
    assert!(bench.is_alive(&later).await);
}

async fn the_latest_mark_by_user_counts(bench: Bench) {
    let user = User::new();
    bench.end_user(&user, bench.now()).await;
    bench.end_user(&user, bench.now() - IDLE).await;
    let put = bench.put_new(&session_key(), &user, b"late").await;
    assert_eq!(put, Put::Gone, "logout tokens overtake each other");
}

async fn a_mark_is_forgotten_in_time(bench: Bench) {
    let user = User::new();
    bench.end_sid(&user).await;
    bench
        .clock
        .advance(Duration::try_from(ENDED_FOR).expect("an hour") - Duration::SECOND);
    let put = bench.put_new(&session_key(), &user, b"late").await;
    assert_eq!(put, Put::Gone);
    bench.clock.advance(Duration::SECOND);
    bench.sign_in(&user).await;
}

/// Whatever the order, each login is refused or ended.
async fn logins_and_their_logout_at_once_leave_none(bench: Bench) {
    for round in 0..16 {
        let user = std::sync::Arc::new(User::new());
        let keys = at_once(16, |number| {
            let (bench, user) = (bench.clone(), user.clone());
            async move {
                let key = session_key();
                match (number, round % 2) {
                    (0, 0) => drop(bench.end_sid(&user).await),
                    (0, _) => drop(bench.end_user(&user, bench.now()).await),
                    _ => drop(bench.put_new(&key, &user, b"record").await),
                }
                key
            }
        })
        .await;
        for key in keys {
            assert!(!bench.is_alive(&key).await, "round {round}");
        }
        assert_eq!(bench.of(&user).await, []);
    }
}

/// A session's id is renewed by saving the login under the new one, then ending the old one.
async fn a_login_renewed_during_its_logout_does_not_survive(bench: Bench) {
    for round in 0..16 {
        let user = std::sync::Arc::new(User::new());
        let old = bench.sign_in(&user).await;
        let new = session_key();
        at_once(2, |number| {
            let (bench, user) = (bench.clone(), user.clone());
            async move {
                if number == 0 {
                    bench.end_sid(&user).await;
                } else {
                    bench.put_new(&new, &user, b"record").await;
                    drop(bench.ended(&old).await);
                }
            }
        })
        .await;
        assert!(
            !bench.is_alive(&old).await && !bench.is_alive(&new).await,
            "round {round}"
        );
    }
}

async fn a_logout_again_finds_nothing_more(bench: Bench) {
    let user = User::new();
    let key = bench.sign_in(&user).await;
    assert_eq!(bench.end_sid(&user).await, [key]);
    assert_eq!(bench.end_sid(&user).await, []);
    assert_eq!(bench.end_user(&user, bench.now()).await, []);
}

async fn the_sessions_of_a_user_are_listed(bench: Bench) {
    let user = User::new();
    assert_eq!(bench.of(&user).await, []);
    let first = bench.sign_in(&user).await;
    bench.clock.advance(Duration::minutes(1));
    let ended = bench.sign_in(&user).await;
    bench.end(&ended).await;
    bench.sign_in(&User::new()).await;
    let second = bench.sign_in(&user.elsewhere()).await;
    let deadline = bench.now() + IDLE * 2;
    let touched = bench.store.touch(&first, deadline).await;
    touched.expect("the store answers");
    let version = bench.version(&first).await;
    stored(bench.put(&first, b"refreshed", Expected::At(version)).await);

    let about = user.index(bench.now()).about;
    let session = |key, ago: Duration| UserSession {
        key,
        logged_in_at: bench.now() - ago,
        deadline: bench.now() + IDLE,
        about: about.clone(),
    };
    let newest_first = [
        session(second, Duration::ZERO),
        session(first, Duration::minutes(1)),
    ];
    assert_eq!(bench.of(&user).await, newest_first);
    bench.clock.advance(IDLE);
    assert_eq!(bench.of(&user).await, [], "idle ones have ended");
}

async fn one_session_too_many_ends_the_oldest(bench: Bench) {
    let user = User::new();
    let oldest = bench.sign_in(&user).await;
    bench.clock.advance(Duration::SECOND);
    let second = bench.sign_in(&user).await;
    bench.clock.advance(Duration::SECOND);
    for _ in 2..MAX_SESSIONS_OF_USER {
        bench.sign_in(&user).await;
    }
    assert!(bench.is_alive(&oldest).await);
    let newest = bench.sign_in(&user).await;
    assert!(!bench.is_alive(&oldest).await);
    assert!(bench.is_alive(&second).await && bench.is_alive(&newest).await);
    let sessions = bench.of(&user).await;
    assert_eq!(sessions.len(), MAX_SESSIONS_OF_USER);
    assert_eq!(bench.end_sid(&user).await.len(), MAX_SESSIONS_OF_USER);
    assert!(!bench.is_alive(&newest).await);
}
