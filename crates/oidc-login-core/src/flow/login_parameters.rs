//! What a sign-in link asks the provider for.

use super::context::RequestContext;
use crate::{
    config::OWN_PARAMETERS,
    error::{LoginError, LoginErrorKind},
    protocol::{
        LoginParameters,
        extra_parameters::Request,
        parameters::{Parameter, Parameters},
        shown::Shown,
    },
};

/// Names what our own links carry, sealed.
const SEALED: &str = "with";
/// The longest value that is taken from a link, in bytes.
const MAX_VALUE: usize = 256;

impl RequestContext {
    /// Where a login with these parameters starts, with the place to come back to. The link carries
    /// them sealed: a browser can neither read nor change them, and after an hour the link leads to a
    /// page that says so.
    pub fn login_url_with(&self, return_to: Option<&str>, parameters: &LoginParameters) -> String {
        let mut url = self.login_url(return_to);
        if !parameters.is_empty() {
            let inner = self.inner();
            let now = inner.clock.unix_timestamp();
            let sealed = inner.login_links().seal(parameters, now, &*inner.random);
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(SEALED);
            url.push('=');
            url.push_str(&sealed);
        }
        url
    }

    /// What a sign-in link asks for: what we sealed into it, and what the app lets anybody ask.
    pub(super) fn asked_in(&self, query: &Parameters) -> Result<LoginParameters, LoginError> {
        let mut asked = match query.get(SEALED) {
            Parameter::Missing => LoginParameters::default(),
            Parameter::Once(sealed) => self.opened(sealed)?,
            Parameter::Repeated => return Err(LoginErrorKind::LoginLinkUnusable.into()),
        };
        self.add_what_anybody_may(&mut asked, query);
        Ok(asked)
    }

    fn opened(&self, sealed: &str) -> Result<LoginParameters, LoginErrorKind> {
        let inner = self.inner();
        let now = inner.clock.unix_timestamp();
        let opened = inner.login_links().open(sealed, now);
        opened.ok_or(LoginErrorKind::LoginLinkUnusable)
    }

    /// What was sealed goes before what stands beside it in the link.
    fn add_what_anybody_may(&self, asked: &mut LoginParameters, query: &Parameters) {
        let allowed = &self.inner().client.login_parameters;
        for name in allowed {
            let value = query.get(name);
            if value == Parameter::Missing || asked.authorization_parameter(name).is_some() {
                continue;
            }
            if let Some(more) = with_one_more(asked, name, value) {
                *asked = more;
            } else {
                tracing::debug!(
                    name,
                    "a parameter of a sign-in link is no use and is ignored"
                );
            }
        }
        let is_known = |name: &&str| allowed.iter().any(|allowed| allowed == name);
        let ignored = query
            .names()
            .filter(|name| !is_known(name) && !OWN_PARAMETERS.contains(name));
        let ignored = Shown::list(ignored);
        if !ignored.as_str().is_empty() {
            tracing::debug!(names = %ignored, "parameters of a sign-in link are ignored; login_parameters allows them");
        }
    }
}

fn with_one_more(
    asked: &LoginParameters,
    name: &str,
    value: Parameter<'_>,
) -> Option<LoginParameters> {
    let value = value.once().filter(|value| value.len() <= MAX_VALUE)?;
    let mut more = asked.clone();
    more.add(Request::Authorization, name, value).ok()?;
    (more.bytes() <= LoginParameters::MAX_BYTES).then_some(more)
}
