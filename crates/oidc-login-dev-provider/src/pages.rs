//! The pages that people see.

use std::sync::LazyLock;

use askama::Template;
use aws_lc_rs::digest;
use axum::response::{Html, IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderValue, StatusCode, header};
use url::Url;

/// The style of all pages, written into each: a page needs no second request.
pub(crate) const STYLE: &str = include_str!("../templates/style.css");

/// Sends a form off; without scripts the person does.
pub(crate) const SUBMIT: &str = "document.forms[0].submit()";

/// No `form-action`: browsers apply it to the redirects after a form too, and where those lead is the app's business.
static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'"
    )
});

pub(crate) fn respond(status: StatusCode, page: &impl Template) -> Response {
    respond_framing(status, page, &[])
}

/// A page with frames of these addresses.
pub(crate) fn respond_framing(
    status: StatusCode,
    page: &impl Template,
    frames: &[Url],
) -> Response {
    if frames.is_empty() {
        return respond_allowing(status, page, "");
    }
    let origins = frames.iter().map(|url| url.origin().ascii_serialization());
    let origins: Vec<_> = origins.collect();
    respond_allowing(status, page, &format!("; frame-src {}", origins.join(" ")))
}

/// A form that sends itself off.
pub(crate) fn respond_posting(page: &FormPostPage<'_>) -> Response {
    let script = STANDARD.encode(digest::digest(&digest::SHA256, SUBMIT.as_bytes()));
    let more = format!("; script-src 'sha256-{script}'");
    respond_allowing(StatusCode::OK, page, &more)
}

fn respond_allowing(status: StatusCode, page: &impl Template, more: &str) -> Response {
    let policy = format!("{}{more}", *CONTENT_SECURITY_POLICY);
    let policy = HeaderValue::try_from(policy).expect("base64 and origins are visible ASCII");
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    match page.render() {
        Ok(html) => (status, headers, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage<'a> {
    pub(crate) action: &'a str,
    pub(crate) client: &'a str,
    pub(crate) issuer: &'a str,
    /// The authorization request, to go on with afterwards.
    pub(crate) request: &'a str,
    pub(crate) csrf: &'a str,
    pub(crate) username: &'a str,
    pub(crate) failed: bool,
    /// What to type where a second factor is wished for.
    pub(crate) code: Option<&'a str>,
    pub(crate) hints: Vec<Hint<'a>>,
}

/// A development user, as the sign-in page tells it.
pub(crate) struct Hint<'a> {
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
    pub(crate) roles: String,
}

#[derive(Template)]
#[template(path = "consent.html")]
pub(crate) struct ConsentPage<'a> {
    pub(crate) action: &'a str,
    pub(crate) client: &'a str,
    pub(crate) person: &'a str,
    pub(crate) issuer: &'a str,
    /// The authorization request, to go on with afterwards.
    pub(crate) request: &'a str,
    pub(crate) csrf: &'a str,
    /// What is asked for: its name, and what that means.
    pub(crate) scopes: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage<'a> {
    pub(crate) action: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) client: Option<&'a str>,
    pub(crate) person: &'a str,
    pub(crate) request: &'a str,
    pub(crate) csrf: &'a str,
}

#[derive(Template)]
#[template(path = "form_post.html")]
pub(crate) struct FormPostPage<'a> {
    pub(crate) action: &'a str,
    pub(crate) fields: &'a [(&'static str, String)],
}

#[derive(Template)]
#[template(path = "signed_out.html")]
pub(crate) struct SignedOutPage<'a> {
    pub(crate) issuer: &'a str,
    /// What tells apps that the session is over.
    pub(crate) frames: &'a [Url],
    /// Where the browser goes when they are loaded.
    pub(crate) return_to: Option<&'a str>,
}

/// Says to a developer what is wrong, with what was asked and what would have been right.
#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage {
    title: String,
    text: String,
    facts: Vec<(String, Vec<String>)>,
}

impl ErrorPage {
    pub(crate) fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
            facts: Vec::new(),
        }
    }

    /// What it says, for a message.
    pub(crate) fn in_one_line(&self) -> String {
        format!("{}. {}", self.title, self.text)
    }

    pub(crate) fn fact<S: ToString>(
        mut self,
        label: &str,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        let values: Vec<_> = values.into_iter().map(|value| value.to_string()).collect();
        let values = if values.is_empty() {
            vec!["nothing".to_owned()]
        } else {
            values
        };
        self.facts.push((label.to_owned(), values));
        self
    }

    pub(crate) fn respond(&self, status: StatusCode) -> Response {
        respond(status, self)
    }
}
