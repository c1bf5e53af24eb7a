//! Alice in two browsers, and bob in one.

use oidc_login::{RelyingParty, RelyingPartyBuilder};

use crate::{
    clock::HandClock,
    steps::Gates,
    user_agent::UserAgent,
    world::{World, sign_in},
};

/// What a browser says of itself.
pub const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// Who is signed in with which values, by browser, at the beginning.
pub const ALL: [&str; 3] = [
    "who=alice color=red",
    "who=alice color=green",
    "who=bob color=blue",
];
/// The same without alice's phone.
pub const PHONE_ENDED: [&str; 3] = [ALL[0], "who=- color=-", ALL[2]];

/// Alice at her desk and on her phone, and bob. They signed in 10 s after each other, in that order.
pub struct People {
    /// Alice's, with [`FIREFOX`], from 192.0.2.1.
    pub desk: UserAgent,
    /// Alice's too, with `Phone/1.0`, from `2001:db8::1`.
    pub phone: UserAgent,
    /// Bob's, with `Bob/1.0`, from 192.0.2.2.
    pub bob: UserAgent,
    /// The clock of all.
    pub clock: HandClock,
    /// Where their requests can be held.
    pub gates: Gates,
    /// The app's.
    pub relying_party: RelyingParty,
}

/// Another browser, which says this of itself, from this address.
pub fn browser(world: &World, user_agent: &str, peer: &str) -> UserAgent {
    let mut browser = world.browser.other_browser();
    let user_agent = user_agent.parse().expect("a header");
    browser.headers.insert("user-agent", user_agent);
    browser.peer = Some(peer.parse().expect("an address"));
    browser
}

impl People {
    /// All of them signed in, and each with a color.
    pub async fn signed_in() -> Self {
        Self::signed_in_over(|builder, _| builder).await
    }

    /// With these stores, which go by the clock.
    pub async fn signed_in_over(
        stores: impl FnOnce(RelyingPartyBuilder, &HandClock) -> RelyingPartyBuilder,
    ) -> Self {
        let (world, relying_party, gates) = World::with_session_list_over(|client| client, stores);
        let mut people = Self {
            desk: browser(&world, FIREFOX, "192.0.2.1:1"),
            phone: browser(&world, "Phone/1.0", "[2001:db8::1]:1"),
            bob: browser(&world, "Bob/1.0", "192.0.2.2:1"),
            clock: world.clock,
            gates,
            relying_party,
        };
        for (browser, user, color) in [
            (&mut people.desk, "alice", "red"),
            (&mut people.phone, "alice", "green"),
            (&mut people.bob, "bob", "blue"),
        ] {
            sign_in(browser, user, "/secure").await;
            browser.steps(&format!("set=color:{color}")).await;
            people.clock.advance(10);
        }
        people
    }

    /// Checks who is signed in with which values, by browser.
    pub async fn are(&mut self, expected: [&str; 3]) {
        let browsers = [&mut self.desk, &mut self.phone, &mut self.bob];
        for (browser, expected) in browsers.into_iter().zip(expected) {
            assert_eq!(browser.steps("who&read=color").await, expected);
        }
    }
}
