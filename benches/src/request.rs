//! Requests as a server hands them on.

use axum::body::Body;
use http::{HeaderValue, Method, Request, Response, Uri, header};
use oidc_login_tests::{
    user_agent::{navigation, set},
    world,
};

use crate::world::Browser;

/// A path, and the headers that a script of the app sends.
///
/// # Panics
/// When the cookie is none.
pub fn get(path: &'static str, cookie: Option<&str>) -> Request<()> {
    let mut request = Request::new(());
    *request.uri_mut() = Uri::from_static(path);
    let headers = request.headers_mut();
    headers.insert(header::HOST, HeaderValue::from_static("localhost:5000"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    if let Some(cookie) = cookie {
        let cookie = HeaderValue::from_str(cookie).expect("a cookie");
        headers.insert(header::COOKIE, cookie);
    }
    request
}

/// A request with a path and a host instead of a URL.
///
/// # Panics
/// When there is no path.
pub fn as_served(mut request: Request<Body>) -> Request<Body> {
    set(&mut request, "host", "localhost:5000");
    let target = request.uri().path_and_query().expect("a path").clone();
    *request.uri_mut() = Uri::from(target);
    request
}

/// A browser that was sent to the callback.
#[derive(Clone, Debug)]
pub struct AtCallback {
    url: String,
    cookies: String,
}

impl AtCallback {
    /// Everything of alice's login before the callback's request.
    pub async fn of(mut browser: Browser) -> Self {
        let url = world::to_callback(&mut browser, "alice", "/auth/login").await;
        Self {
            url,
            cookies: browser.cookie_line("localhost"),
        }
    }

    /// The callback's request.
    pub fn request(&self) -> Request<Body> {
        let mut request = navigation(Method::GET, &self.url, Body::empty());
        set(&mut request, "cookie", &self.cookies);
        as_served(request)
    }
}

/// The session's cookie that an answer sets, as it stands in a request.
///
/// # Panics
/// When it sets none.
pub fn new_session<B>(answer: &Response<B>) -> &str {
    let lines = answer.headers().get_all(header::SET_COOKIE).iter();
    let mut pairs = lines.filter_map(|line| line.to_str().ok()?.split(';').next());
    pairs
        .find(|pair| pair.starts_with("oidc_session_"))
        .expect("an answer that signs in")
}
