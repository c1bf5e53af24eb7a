//! One operation to count, and the process that runs them all.

use std::rc::Rc;

use benches::{OneClient, World, section_of_ours};
use oidc_login_dev_provider::SigningKeys;
use oidc_login_tests::clock::HandClock;
use tokio::runtime::{Builder, Runtime};

use crate::{Failure, login, logout_token, parts, refresh, requests};

/// An operation: what to do so many times.
pub(crate) struct Scenario {
    pub(crate) name: String,
    /// The scenario whose cost is not ours: a no-op layer, a signature check.
    pub(crate) floor: Option<String>,
    /// Whether it may not exceed a bound; others are there to compare with.
    pub(crate) is_ours: bool,
    pub(crate) times: u32,
    pub(crate) work: Box<dyn FnMut(u32)>,
}

/// What all scenarios share.
pub(crate) struct Stage {
    pub(crate) runtime: Rc<Runtime>,
    pub(crate) rs256: Rc<World>,
    pub(crate) es256: Rc<World>,
    /// Of an app that keeps no values of its own.
    pub(crate) logins_only: Rc<World>,
    /// Where alice signs in over and over, which ends her oldest sessions.
    pub(crate) logins: Rc<World>,
    /// The same, where the app asks userinfo too.
    pub(crate) userinfo: Rc<World>,
    /// The same, where time passes by hand.
    pub(crate) by_hand: Rc<World>,
    pub(crate) clock: HandClock,
}

impl Stage {
    fn new() -> Result<Self, Failure> {
        let (keys, clock) = (SigningKeys::generate()?, HandClock::new());
        Ok(Self {
            runtime: Rc::new(Builder::new_current_thread().enable_all().build()?),
            rs256: Rc::new(World::new(OneClient::Rs256, keys.clone())),
            logins_only: Rc::new(World::with_logins_only(OneClient::Rs256, keys.clone())),
            logins: Rc::new(World::new(OneClient::Rs256, keys.clone())),
            userinfo: Rc::new(World::with_userinfo(OneClient::Rs256, keys.clone())),
            by_hand: Rc::new(World::with_clock(OneClient::Rs256, keys.clone(), &clock)),
            clock,
            es256: Rc::new(World::new(OneClient::Es256, keys)),
        })
    }
}

/// The scenarios whose name holds the text.
pub(crate) fn all(only: &str) -> Result<impl Iterator<Item = Scenario>, Failure> {
    let stage = Stage::new()?;
    let scenarios = requests::scenarios(&stage)
        .chain(parts::scenarios(&stage))
        .chain(login::scenarios(&stage))
        .chain([refresh::scenario(&stage), logout_token::scenario(&stage)]);
    Ok(scenarios.filter(move |scenario| scenario.name.contains(only)))
}

/// Runs each in two sections: a few times to warm up, then as often as counts. A line on the
/// standard output says which ones.
pub(crate) fn run(only: &str) -> Result<(), Failure> {
    for mut scenario in all(only)? {
        let (work, times) = (&mut scenario.work, scenario.times);
        section_of_ours(&mut || work(3));
        section_of_ours(&mut || work(times));
        let floor = scenario.floor.unwrap_or_default();
        println!("{}\t{floor}\t{}\t{times}", scenario.name, scenario.is_ours);
    }
    Ok(())
}
