//! Our own answers: pages, JSON and redirects, with the headers that belong to them.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{self, Entry},
};

use super::{context::RequestContext, navigation::RequestKind};
use crate::{
    error::{LoginError, LoginErrorKind},
    page::{DefaultPages, Detail, ErrorPage, Pages, content_security_policy},
    seams::fresh_bytes,
};

/// How much an error page tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DetailSetting {
    /// Everything, when root URL and peer are loopback and nothing is forwarded; else little.
    #[default]
    Auto,
    /// What happened, what to do, code and id.
    Short,
    /// Also the evidence and the causes.
    ///
    /// # Security
    /// Shows addresses and settings of the app to everybody.
    Full,
}

const FORWARDED_HEADERS: [&str; 6] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

impl RequestContext {
    /// The answer to a failure: logged, with an id that stands in the log and on the page.
    pub fn error_response(&self, error: LoginError, headers: &HeaderMap) -> Response<Bytes> {
        let error = self.log(error);
        let sign_in = match error.kind() {
            // After a mix-up or an attack nobody should be led on to the next try.
            LoginErrorKind::IssuerMismatch
            | LoginErrorKind::CrossOrigin
            | LoginErrorKind::NotSignedIn
            | LoginErrorKind::UnknownEndpoint => None,
            _ => Some(self.sign_in_again()),
        };
        let mut response = if RequestKind::of(&self.method, headers) == RequestKind::Script {
            error_json(&error, None)
        } else {
            let page = ErrorPage {
                error: &error,
                detail: self.detail(&error, headers),
                home: self.inner().client.home_url.as_str(),
                sign_in: sign_in.as_deref(),
            };
            self.page(error.status(), |pages| pages.error(&page))
        };
        if let Some(seconds) = error.retry_after() {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(error);
        response
    }

    /// A sign-in as the one that failed, if there was one.
    fn sign_in_again(&self) -> String {
        let wanted = self.outcome_so_far();
        let Some(wanted) = wanted.and_then(|outcome| outcome.wanted.clone()) else {
            return self.login_url(None);
        };
        let home = self.inner().client.home_url.as_str();
        let target = Some(wanted.return_to.as_str()).filter(|target| *target != home);
        self.login_url_with(target, &wanted.parameters)
    }

    /// A page of the app's, or ours in its place.
    pub(super) fn page(
        &self,
        status: StatusCode,
        draw: impl FnOnce(&dyn Pages) -> String,
    ) -> Response<Bytes> {
        let pages = &*self.inner().pages;
        let mut response = html(status, draw(pages));
        match HeaderValue::try_from(pages.content_security_policy()) {
            Ok(policy) => {
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            Err(error) => {
                tracing::error!(%error, "the pages' own policy is no header value, ours stays");
            }
        }
        response
    }

    /// Gives the error its id and writes it into the log.
    pub(super) fn log(&self, error: LoginError) -> LoginError {
        use std::fmt::Write as _;
        let mut id = String::new();
        for byte in fresh_bytes::<6>(&*self.inner().random) {
            let _ = write!(id, "{byte:02x}");
        }
        let error = error.with_id(id);
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::warn!(
            code = error.code(),
            id = error.id(),
            status = error.status().as_u16(),
            path = self.uri.path(),
            evidence = ?error.evidence(),
            provider = error.said_by_provider().map(tracing::field::debug),
            cause,
            "{error}"
        );
        error
    }

    pub(super) fn detail(&self, error: &LoginError, headers: &HeaderMap) -> Detail {
        let is_local = || {
            self.inner().client.root_url.is_loopback()
                && self
                    .peer
                    .is_some_and(|peer| peer.to_canonical().is_loopback())
                && !FORWARDED_HEADERS
                    .iter()
                    .any(|name| headers.contains_key(*name))
        };
        let is_full = match self.inner().detail {
            DetailSetting::Full => true,
            DetailSetting::Short => false,
            DetailSetting::Auto => is_local(),
        };
        // The only evidence of a denied login is the reason the app gave for the user's eyes.
        if is_full || error.kind() == LoginErrorKind::LoginDenied {
            Detail::Full
        } else {
            Detail::Short
        }
    }
}

/// The answer to a failure where no relying party is at work.
pub fn plain_error(error: LoginError) -> Response<Bytes> {
    let page = ErrorPage {
        error: &error,
        detail: Detail::Short,
        home: "/",
        sign_in: None,
    };
    let mut response = html(error.status(), DefaultPages.error(&page));
    response.extensions_mut().insert(error);
    response
}

/// A page of ours.
pub(super) fn html(status: StatusCode, page: String) -> Response<Bytes> {
    let mut response = own(status, Bytes::from(page));
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(
        headers,
        header::CONTENT_SECURITY_POLICY,
        content_security_policy(),
    );
    set(headers, header::X_FRAME_OPTIONS, "DENY");
    response
}

/// An answer for a script.
pub(super) fn json(status: StatusCode, value: &serde_json::Value) -> Response<Bytes> {
    let mut response = own(status, Bytes::from(value.to_string()));
    set(
        response.headers_mut(),
        header::CONTENT_TYPE,
        "application/json",
    );
    response
}

/// A failure for a script; `sign_in` where signing in would help.
pub(super) fn error_json(error: &LoginError, sign_in: Option<&str>) -> Response<Bytes> {
    let mut value = serde_json::json!({
        "error": error.code(),
        "message": error.to_string(),
        "what_to_do": error.kind().what_to_do(),
    });
    // What is no failure, as a visitor without a login, is not in the log.
    if !error.id().is_empty() {
        value["id"] = error.id().into();
    }
    if let Some(said) = error.said_by_provider() {
        value["said_by_provider"] = serde_json::json!({
            "error": said.error,
            "error_description": said.description,
        });
    }
    if let Some(sign_in) = sign_in {
        value["sign_in"] = sign_in.into();
    }
    json(error.status(), &value)
}

/// Sends the browser elsewhere.
pub(super) fn redirect(location: &str) -> Response<Bytes> {
    let mut response = own(StatusCode::SEE_OTHER, Bytes::new());
    let location = HeaderValue::try_from(location).expect("a URL is ASCII without controls");
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// An answer of ours is for one browser, once.
fn own(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    set(headers, header::CACHE_CONTROL, "no-store");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

pub(super) fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// Answers that depend on who asks are kept by no shared cache, unless the app said otherwise.
pub(super) fn keep_private(headers: &mut HeaderMap) {
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
    let by_cookie = HeaderValue::from_static("Cookie");
    match headers.entry(header::VARY) {
        Entry::Vacant(entry) => {
            entry.insert(by_cookie);
        }
        Entry::Occupied(mut entry) => {
            let mut varies = entry
                .iter()
                .filter_map(|line| line.to_str().ok())
                .flat_map(|line| line.split(',').map(str::trim));
            if !varies.any(|name| name == "*" || name.eq_ignore_ascii_case("cookie")) {
                entry.append(by_cookie);
            }
        }
    }
}
