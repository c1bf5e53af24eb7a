//! ID tokens of our own that clients show us again.

use crate::{jwt, provider::Provider};

/// An ID token of ours that a client shows to us again. It may have expired,
/// [RP-Initiated Logout §4](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#ValidationAndErrorHandling).
pub(crate) struct IdTokenHint {
    pub(crate) client_id: String,
    pub(crate) sub: String,
}

impl IdTokenHint {
    pub(crate) fn verify(provider: &Provider, token: &str) -> Option<Self> {
        let claims = jwt::verify(&provider.keys(), "JWT", token)?;
        let text = |name: &str| claims[name].as_str().map(str::to_owned);
        (claims["iss"] == provider.settings.issuer.as_str())
            .then(|| {
                Some(Self {
                    client_id: text("aud")?,
                    sub: text("sub")?,
                })
            })
            .flatten()
    }
}
