//! `GET|POST /auth/initiate`: a login that somebody else asks for, the provider's portal, say
//! (OpenID Connect Core §4).

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use url::form_urlencoded;

use super::{context::RequestContext, navigation::may_start_login, respond::redirect};
use crate::{
    config::Endpoint,
    error::{LoginError, LoginErrorKind},
    protocol::{
        LoginParameters,
        parameters::{Parameter, Parameters},
    },
};

/// What it takes; the rest is not looked at.
const PARAMETERS: [&str; 3] = ["iss", "login_hint", "target_link_uri"];
/// The longest value that is taken, in bytes.
const MAX_VALUE: usize = 2048;

impl RequestContext {
    /// Begins a login at the provider that it was asked for, if that is ours. It signs nobody in and
    /// nobody out by itself, so anybody may ask.
    pub(super) async fn serve_initiate(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Response<Bytes>, LoginError> {
        if !may_start_login(headers) {
            return Err(LoginErrorKind::NotANavigation.into());
        }
        let is_form = self.method == Method::POST;
        let query = self.uri.query().unwrap_or_default().as_bytes();
        let parameters = Parameters::parse(if is_form { body } else { query });
        self.check_issuer(&parameters)?;
        if is_form {
            return Ok(redirect(&self.as_query(&parameters)));
        }
        if let Some(root) = self.root_url_for_this_host(headers, &parameters) {
            return Ok(redirect(&root));
        }
        let return_to = self.return_to(parameters.get("target_link_uri").once());
        let asked = hinted(&parameters);
        self.begin_login(&return_to, asked, 0, headers).await
    }

    /// The issuer is that of our provider, letter by letter.
    fn check_issuer(&self, parameters: &Parameters) -> Result<(), LoginError> {
        let issuer = self.inner().provider.issuer();
        let found = match parameters.get("iss") {
            Parameter::Once(found) if found == issuer => return Ok(()),
            Parameter::Once(found) => found,
            Parameter::Missing => "nothing",
            Parameter::Repeated => "several",
        };
        Err(LoginError::new(LoginErrorKind::InitiatorUnknown)
            .with_evidence("issuer asked for", found)
            .with_evidence("configured issuer", issuer))
    }

    /// The same request as a GET of this site. A form of another site comes without our cookies, and
    /// a login that cannot see the others under way would add to them without end.
    fn as_query(&self, parameters: &Parameters) -> String {
        let kept = PARAMETERS.into_iter().filter_map(|name| {
            let value = parameters.get(name).once()?;
            (value.len() <= MAX_VALUE).then_some((name, value))
        });
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .finish();
        let path = self.inner().client.endpoints.path(Endpoint::Initiate);
        format!("{path}?{query}")
    }
}

fn hinted(parameters: &Parameters) -> LoginParameters {
    let Some(hint) = parameters.get("login_hint").once() else {
        return LoginParameters::default();
    };
    let asked = LoginParameters::builder().login_hint(hint).build();
    asked.unwrap_or_else(|error| {
        tracing::info!(%error, "the login_hint of a sign-in asked for from outside is ignored");
        LoginParameters::default()
    })
}
