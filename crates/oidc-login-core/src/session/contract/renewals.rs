//! What a session became that got another id.

use std::collections::BTreeSet;

use time::Duration;

use super::{
    bench::{Bench, User, at_once, fail, session_key},
    cases,
};
use crate::session::{EndBy, Expected, LoginIndex, Put, RENEWED_FOR, SessionKey};

cases!(Bench:
    a_key_leads_to_the_one_that_renews_it,
    a_key_leads_to_another_for_a_moment,
    of_parallel_renewals_each_is_known,
    a_renewal_and_a_sign_out_at_once_leave_nothing,
    a_logout_by_the_provider_ends_what_a_session_became,
);

impl Bench {
    /// Saves a login of this user that gets a new key in place of `old`.
    async fn renew(&self, old: SessionKey, user: &User) -> (SessionKey, Put) {
        let key = session_key();
        let index = LoginIndex {
            renews: Some(old),
            ..user.index(self.now())
        };
        (key, self.put(&key, b"record", Expected::New(&index)).await)
    }

    async fn followers(&self, key: &SessionKey) -> Vec<SessionKey> {
        self.store.followers(key).await.unwrap_or_else(fail)
    }
}

async fn a_key_leads_to_the_one_that_renews_it(bench: Bench) {
    let user = User::new();
    let old = bench.sign_in(&user).await;
    assert_eq!(bench.followers(&old).await, [], "a new login");
    let (new, put) = bench.renew(old, &user).await;
    assert!(matches!(put, Put::Stored(_)), "{put:?}");
    assert_eq!(bench.followers(&old).await, [new], "both are alive");
    assert!(bench.end(&old).await);
    assert_eq!(bench.followers(&old).await, [new], "the old one has ended");
    assert!(bench.is_alive(&new).await);
    let (newer, _) = bench.renew(new, &user).await;
    assert_eq!(bench.followers(&old).await, [new], "the next one only");
    assert_eq!(bench.followers(&new).await, [newer]);
    bench.end(&new).await;
    assert_eq!(bench.followers(&old).await, [new], "has ended too");
    assert_eq!(bench.followers(&newer).await, []);
    assert_eq!(bench.followers(&session_key()).await, [], "a made-up key");
}

async fn a_key_leads_to_another_for_a_moment(bench: Bench) {
    let user = User::new();
    let old = bench.sign_in(&user).await;
    let (new, _) = bench.renew(old, &user).await;
    bench.end(&old).await;
    let kept_for = Duration::try_from(RENEWED_FOR).expect("seconds");
    bench.clock.advance(kept_for - Duration::SECOND);
    assert_eq!(bench.followers(&old).await, [new]);
    bench.clock.advance(Duration::SECOND);
    assert_eq!(bench.followers(&old).await, []);
    assert!(bench.is_alive(&new).await);
}

async fn of_parallel_renewals_each_is_known(bench: Bench) {
    let old = bench.sign_in(&User::new()).await;
    let renewals = at_once(16, |_| {
        let bench = bench.clone();
        async move { bench.renew(old, &User::new()).await.0 }
    })
    .await;
    let known = bench.followers(&old).await;
    assert_eq!(BTreeSet::from_iter(known), BTreeSet::from_iter(renewals));
}

/// As the library does it: who renews ends what it saved where the old key is ended first, and who
/// signs out ends the old key, and then what followed it.
async fn a_renewal_and_a_sign_out_at_once_leave_nothing(bench: Bench) {
    for _ in 0..16 {
        let old = bench.sign_in(&User::new()).await;
        let new = at_once(8, |number| {
            let bench = bench.clone();
            async move {
                if number % 2 == 0 {
                    let (new, _) = bench.renew(old, &User::new()).await;
                    if !bench.end(&old).await {
                        bench.end(&new).await;
                    }
                    return Some(new);
                }
                bench.end(&old).await;
                for new in bench.followers(&old).await {
                    bench.end(&new).await;
                }
                None
            }
        })
        .await;
        for key in new.into_iter().flatten().chain([old]) {
            assert!(!bench.is_alive(&key).await);
        }
    }
}

async fn a_logout_by_the_provider_ends_what_a_session_became(bench: Bench) {
    let user = User::new();
    let old = bench.sign_in(&user).await;
    let (new, _) = bench.renew(old, &user).await;
    bench.end(&old).await;
    let ended = bench.store.end_by(EndBy::Sid(&user.sid)).await;
    assert_eq!(ended.unwrap_or_else(fail), [new]);
    assert!(!bench.is_alive(&new).await);
    let (late, put) = bench.renew(new, &user).await;
    assert_eq!(put, Put::Gone, "the mark refuses it");
    assert!(!bench.is_alive(&late).await);
}
