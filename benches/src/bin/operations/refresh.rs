//! New tokens for a login.

use benches::{get, section_of_others};

use crate::{
    parts::signature_check,
    scenario::{Scenario, Stage},
};

const TIMES: u32 = 30;
/// A refresh on demand is at most every ten seconds.
const SECONDS_BETWEEN: i64 = 11;

/// From a handler that wants another access token to the saved login: the lease, the request, the
/// check of the new ID token against the old one, the save. What the provider does is not counted.
pub(crate) fn scenario(stage: &Stage) -> Scenario {
    let (runtime, world) = (stage.runtime.clone(), stage.by_hand.clone());
    let clock = stage.clock.clone();
    Scenario {
        name: "refresh, RS256".to_owned(),
        floor: Some(signature_check("RS256")),
        is_ours: true,
        times: TIMES,
        work: Box::new(move |times| {
            let mut cookie = None;
            section_of_others(&mut || cookie = Some(runtime.block_on(world.sign_in())));
            let cookie = cookie.expect("a cookie");
            let request = get("/hello", Some(&cookie));
            for _ in 0..times {
                let mut before = None;
                section_of_others(&mut || {
                    clock.advance(SECONDS_BETWEEN);
                    before = Some(runtime.block_on(world.login(&cookie)));
                });
                let context = world.relying_party().context(&request, request.uri(), None);
                let refreshed = runtime.block_on(context.refresh());
                let refreshed = refreshed.expect("a provider that answers");
                let (before, after) = (before.expect("a login"), refreshed.expect("a login"));
                assert_ne!(before.id_token().secret(), after.id_token().secret());
            }
        }),
    }
}
