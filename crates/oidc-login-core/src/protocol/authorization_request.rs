//! The authorization request (OpenID Connect Core §3.1.2.1, PKCE: RFC 7636).

use openidconnect::{
    AuthUrl, ClientId, CsrfToken, IssuerUrl, JsonWebKeySet, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope,
    core::{CoreAuthenticationFlow, CoreClient},
};
use url::Url;

use super::{extra_parameters::ExtraParameters, pending_login::PendingLogin};

/// What every authorization request of a client says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AuthorizationRequest<'a> {
    /// The provider's authorization endpoint.
    pub(crate) endpoint: &'a Url,
    /// Our client id.
    pub(crate) client_id: &'a str,
    /// The `response_mode`, unless it is the usual one.
    pub(crate) response_mode: Option<&'static str>,
    /// The scopes; `openid` is added when it is missing.
    pub(crate) scopes: &'a [String],
    /// Parameters of the app's own.
    pub(crate) extra: &'a ExtraParameters,
}

impl AuthorizationRequest<'_> {
    /// The parameters of that address, but for those that the endpoint itself has.
    ///
    /// # Errors
    /// As [`url`](Self::url).
    pub(crate) fn parameters(
        &self,
        pending: &PendingLogin,
    ) -> Result<Vec<(String, String)>, url::ParseError> {
        let url = self.url(pending)?;
        let own = self.endpoint.query_pairs().count();
        Ok(url
            .query_pairs()
            .skip(own)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect())
    }

    /// The address the browser is sent to for this login.
    ///
    /// # Errors
    /// When the issuer or the redirect URI is no URL.
    pub(crate) fn url(&self, pending: &PendingLogin) -> Result<Url, url::ParseError> {
        let client = CoreClient::new(
            ClientId::new(self.client_id.to_owned()),
            IssuerUrl::new(pending.issuer.clone())?,
            JsonWebKeySet::default(),
        )
        .set_auth_uri(AuthUrl::from_url(self.endpoint.clone()))
        .set_redirect_uri(RedirectUrl::new(pending.redirect_uri.clone())?);
        let state = CsrfToken::new(pending.state.clone());
        let nonce = openidconnect::Nonce::new(pending.nonce.secret().to_owned());
        let verifier = PkceCodeVerifier::new(pending.code_verifier.secret().to_owned());
        let scopes = self.scopes.iter().filter(|scope| *scope != "openid");
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || state,
                move || nonce,
            )
            .add_scopes(scopes.cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if let Some(mode) = self.response_mode {
            request = request.add_extra_param("response_mode", mode);
        }
        for (name, value) in self.extra.pairs() {
            request = request.add_extra_param(name.to_owned(), value.to_owned());
        }
        let (url, _state, _nonce) = request.url();
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        LoginParameters,
        extra_parameters::Request,
        parameters::Parameters,
        tokens::{CodeVerifier, Nonce},
    };

    fn pending() -> PendingLogin {
        PendingLogin {
            state: "the-state".into(),
            nonce: Nonce::new("the-nonce"),
            // RFC 7636 appendix B
            code_verifier: CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            return_to: "/".into(),
            redirect_uri: "http://localhost:5000/auth/callback".into(),
            issuer: "http://localhost:5001".into(),
            started_at: 0,
            had_app_session: false,
            round: 0,
            parameters: LoginParameters::default(),
        }
    }

    #[test]
    fn every_parameter_stands_there_once() {
        let endpoint = Url::parse("http://localhost:5001/authorize?tenant=a").unwrap();
        let scopes = ["openid".to_owned(), "profile".to_owned()];
        let mut extra = ExtraParameters::default();
        for (name, value) in [
            ("ui_locales", "de"),
            ("resource", "https://a.test/"),
            ("resource", "https://b.test/"),
        ] {
            extra.add(Request::Authorization, name, value).unwrap();
        }
        let request = AuthorizationRequest {
            endpoint: &endpoint,
            client_id: "flask-app",
            response_mode: Some("form_post"),
            scopes: &scopes,
            extra: &extra,
        };
        let url = request.url(&pending()).unwrap();
        let parameters = Parameters::parse(url.query().unwrap().as_bytes());
        for (name, value) in [
            ("tenant", "a"),
            ("response_type", "code"),
            ("client_id", "flask-app"),
            ("scope", "openid profile"),
            ("redirect_uri", "http://localhost:5000/auth/callback"),
            ("state", "the-state"),
            ("nonce", "the-nonce"),
            (
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ),
            ("code_challenge_method", "S256"),
            ("response_mode", "form_post"),
            ("ui_locales", "de"),
        ] {
            assert_eq!(parameters.get(name).once(), Some(value), "{name}");
        }
        let resources = url.query_pairs().filter(|(name, _)| name == "resource");
        assert_eq!(resources.count(), 2);
    }
}
