//! Logout tokens, as an honest provider makes them.

use serde_json::json;

use super::{IdToken, Signature, State};
use crate::world::ISSUER;

impl State {
    pub(super) fn honest_logout_token(&mut self) -> IdToken {
        self.logout_tokens += 1;
        let now = self.clock.seconds();
        IdToken {
            header: self.signing_key.header("logout+jwt"),
            claims: json!({
                "iss": ISSUER,
                "aud": "flask-app",
                "iat": now,
                "exp": now + 120,
                "jti": format!("logout-{}", self.logout_tokens),
                "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
                "sid": "sid-of-alice",
            }),
            signature: Signature::By(self.signing_key.clone()),
        }
    }
}
