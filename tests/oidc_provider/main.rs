//! npm's `oidc-provider`, a certified OpenID provider: the demo signs in there as each kind of client, and out again.

mod answers;
mod backchannel_logout;
mod clients;
mod keys;
mod pushed_requests;
mod refresh;
mod refusals;
mod silent_login;
mod stage;
mod step_up;
mod userinfo;
