//! Tokens in forms, so that no other site sends them.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue};

use crate::{
    cookies::{self, Purpose},
    issuer::Issuer,
    seams::{Random, random_token},
};

/// Which form a token is for: one for signing in signs nobody out.
#[derive(Clone, Copy)]
pub(crate) enum Form<'a> {
    SignIn,
    /// In this session, and about this request.
    Consent {
        sid: &'a str,
        encoded: &'a str,
    },
    EndSession,
}

/// Ties a form to the browser it was shown in: a cookie holds a random value, the form a MAC over it.
pub(crate) struct Csrf(hmac::Key);

/// What goes into the form, and the cookie to set when the browser had none.
pub(crate) struct CsrfToken {
    pub(crate) token: String,
    pub(crate) set_cookie: Option<HeaderValue>,
}

impl Csrf {
    pub(crate) fn new(random: &Random) -> Self {
        let mut key = [0; 32];
        random(&mut key);
        Self(hmac::Key::new(hmac::HMAC_SHA256, &key))
    }

    pub(crate) fn issue(
        &self,
        form: Form<'_>,
        headers: &HeaderMap,
        issuer: &Issuer,
        random: &Random,
    ) -> CsrfToken {
        let known = cookies::read(headers, Purpose::Csrf, issuer)
            .filter(|cookie| !cookie.is_empty())
            .map(str::to_owned);
        let is_new = known.is_none();
        let cookie = known.unwrap_or_else(|| random_token(random));
        CsrfToken {
            token: URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, &message(form, &cookie))),
            set_cookie: is_new.then(|| cookies::set(Purpose::Csrf, issuer, &cookie)),
        }
    }

    pub(crate) fn check(
        &self,
        form: Form<'_>,
        headers: &HeaderMap,
        issuer: &Issuer,
        token: Option<&str>,
    ) -> bool {
        let Some(token) = token.and_then(|token| URL_SAFE_NO_PAD.decode(token).ok()) else {
            return false;
        };
        cookies::read_all(headers, Purpose::Csrf, issuer)
            .any(|cookie| hmac::verify(&self.0, &message(form, cookie), &token).is_ok())
    }
}

fn message(form: Form<'_>, cookie: &str) -> Vec<u8> {
    // A browser may hold a cookie with anything in it; a `sid` is ours.
    let message = match form {
        Form::SignIn => format!("sign-in {cookie:?}"),
        Form::Consent { sid, encoded } => format!("consent {cookie:?} {sid} {encoded}"),
        Form::EndSession => format!("end-session {cookie:?}"),
    };
    message.into_bytes()
}
