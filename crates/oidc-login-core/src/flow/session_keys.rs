//! What of ours stands in a `tower_sessions::Session`: the claims, and whose values they are.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::session::Login;

/// Under this key of a `tower_sessions::Session` stand the claims of the user who is signed in, as
/// [`SessionClaims`] writes them. The key is ours: what an app stores under it is not kept.
pub const CLAIMS_KEY: &str = "oidc_login.claims.v1";

/// What stands under [`CLAIMS_KEY`]: the claims, never a token.
pub type SessionClaims = Map<String, Value>;

/// Under this key stands whose values a session holds, so that nobody else finds them when that
/// user's login has ended by itself.
pub(super) const OWNER_KEY: &str = "oidc_login.owner.v1";

/// The claims as they stand in a session, decoded only when an app looks into its session.
pub(super) fn claims_value(login: &Login) -> Value {
    Value::Object(login.claims().as_map().clone())
}

/// A hash of (`iss`, `sub`).
pub(super) fn owner_value(login: &Login) -> Value {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(login.issuer().as_bytes());
    context.update(b"\0");
    context.update(login.subject().as_bytes());
    URL_SAFE_NO_PAD.encode(context.finish().as_ref()).into()
}

/// Whether values with this owner may be seen by this user; what belongs to nobody, by everybody.
pub(super) fn may_see(owner: Option<&Value>, login: Option<&Login>) -> bool {
    owner.is_none_or(|owner| login.is_some_and(|login| owner_value(login) == *owner))
}
