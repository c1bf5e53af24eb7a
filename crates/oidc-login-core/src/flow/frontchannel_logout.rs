//! `GET /auth/frontchannel-logout`: the provider's sign-out page frames it.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use url::Url;

use super::{
    context::{RequestContext, unavailable},
    respond::html,
};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::parameters::{Parameter, Parameters},
    relying_party::Inner,
    session::EndBy,
};

/// The same whether there was such a session or not.
const PAGE: &str =
    "<!doctype html><html lang=\"en\"><title>Signed out</title><p>Signed out.</p></html>";

impl RequestContext {
    /// Ends the provider's session that the request names (Front-Channel Logout §3).
    ///
    /// No cookie is looked at: browsers send none into a frame of another site, and one that came
    /// would say nothing about who asks.
    pub(super) async fn serve_frontchannel_logout(&self) -> Result<Response<Bytes>, LoginError> {
        let inner = self.inner();
        let query = Parameters::parse(self.uri.query().unwrap_or_default().as_bytes());
        let sid = sid_of(&query, inner.provider.issuer())?;
        let ended = inner.end_unsigned(sid).await?;
        if ended > 0 {
            tracing::info!(ended, "the provider's sign-out page ended sessions");
        }
        let mut response = html(StatusCode::OK, PAGE.to_owned());
        let headers = response.headers_mut();
        headers.remove(header::X_FRAME_OPTIONS);
        headers.insert(header::CONTENT_SECURITY_POLICY, inner.framed_by_provider());
        Ok(response)
    }
}

/// The `sid`, of a request that names it once, and our provider once.
fn sid_of<'a>(query: &'a Parameters, issuer: &str) -> Result<&'a str, LoginError> {
    let refused = |check| {
        LoginError::new(LoginErrorKind::FrontchannelLogoutRefused).with_evidence("check", check)
    };
    match query.get("iss") {
        Parameter::Once(iss) if iss == issuer => {}
        Parameter::Once(iss) => {
            let found: String = iss.chars().take(300).collect();
            return Err(refused("iss")
                .with_evidence("iss", found)
                .with_evidence("configured issuer", issuer));
        }
        Parameter::Missing => return Err(refused("iss is missing")),
        Parameter::Repeated => return Err(refused("iss is there more than once")),
    }
    match query.get("sid") {
        Parameter::Once(sid) => Ok(sid),
        Parameter::Missing => Err(refused("sid is missing")),
        Parameter::Repeated => Err(refused("sid is there more than once")),
    }
}

impl Inner {
    /// Ends the logins of a `sid` that nobody signed for; says how many. The user may sign in again,
    /// also where the provider's session goes on: whoever knows the `sid` could keep them out else.
    ///
    /// A flood of made-up ones must not fill the store with marks, nor push out those of signed
    /// logouts. Past the budget only a `sid` that leads to a login leaves one.
    async fn end_unsigned(&self, sid: &str) -> Result<usize, LoginError> {
        let keys = self
            .keys
            .sid_keys(self.provider.issuer(), &self.client.client_id, sid);
        let mut ended = 0;
        if !self.unsigned_marks.take(self.clock.now()) {
            let known = self.end_by(EndBy::KnownSid(&keys)).await;
            ended = known.map_err(unavailable)?.len();
            if ended == 0 {
                return Ok(0);
            }
        }
        let logged_in_until = self.clock.now();
        let all = EndBy::SidUntil {
            keys: &keys,
            logged_in_until,
        };
        let all = self.end_by(all).await;
        Ok(ended + all.map_err(unavailable)?.len())
    }

    /// The provider's pages may frame this answer, and nobody else's: those of its issuer and of
    /// the endpoints that browsers are sent to, where they are elsewhere.
    fn framed_by_provider(&self) -> HeaderValue {
        let issuer = Url::parse(self.provider.issuer()).ok();
        let metadata = self.provider.known_metadata();
        let endpoints = metadata.iter().flat_map(|metadata| {
            let metadata = &metadata.value;
            let end_session = metadata.end_session_endpoint.as_ref();
            end_session
                .into_iter()
                .chain([&metadata.authorization_endpoint])
        });
        let mut origins: Vec<String> = Vec::new();
        for origin in issuer.iter().chain(endpoints).filter_map(source) {
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        let origins = if origins.is_empty() {
            "'none'".to_owned()
        } else {
            origins.join(" ")
        };
        let policy = format!("default-src 'none'; base-uri 'none'; frame-ancestors {origins}");
        HeaderValue::try_from(policy).expect("origins of plain characters are a header value")
    }
}

/// A URL's origin as a policy can name it. A host may hold `;`, which would begin another directive.
fn source(url: &Url) -> Option<String> {
    let is_plain = |host: &str| {
        host.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte))
    };
    let is_named = url.host_str().is_some_and(is_plain);
    is_named.then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_session_of_exactly_our_provider_is_named() {
        let ours = "https://provider.test/realms/a";
        for (name, query, expected) in [
            ("right", "iss=ISS&sid=1", Some("1")),
            ("the other order", "sid=1&iss=ISS", Some("1")),
            ("others are ignored", "iss=ISS&sid=1&x=2", Some("1")),
            ("nothing", "", None),
            ("no sid", "iss=ISS", None),
            ("an empty sid", "iss=ISS&sid=", None),
            ("two sids", "iss=ISS&sid=1&sid=1", None),
            ("no iss", "sid=1", None),
            ("an empty iss", "iss=&sid=1", None),
            ("two iss", "iss=ISS&iss=ISS&sid=1", None),
            ("another iss", "iss=https://evil.test&sid=1", None),
            ("a slash more", "iss=ISS/&sid=1", None),
            (
                "upper case",
                "iss=HTTPS://provider.test/realms/a&sid=1",
                None,
            ),
            ("another name", "iss=ISS&session=1", None),
        ] {
            let query = query.replace("ISS", ours);
            let query = Parameters::parse(query.as_bytes());
            let found = sid_of(&query, ours);
            assert_eq!(found.ok(), expected, "{name}");
        }
    }

    #[test]
    fn a_policy_names_origins_and_nothing_else() {
        for (url, expected) in [
            (
                "https://provider.test/realms/a",
                Some("https://provider.test"),
            ),
            ("http://localhost:5001/x?y", Some("http://localhost:5001")),
            ("https://[::1]:5001/", Some("https://[::1]:5001")),
            ("https://a;sandbox/", None),
            ("https://a,b/", None),
            ("https://a'b/", None),
            ("data:text/html,x", None),
        ] {
            let url = Url::parse(url).expect("a URL");
            assert_eq!(source(&url).as_deref(), expected, "{url}");
        }
    }
}
