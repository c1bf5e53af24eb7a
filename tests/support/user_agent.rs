//! A browser without a window: cookies, redirects, forms.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
};

use axum::{Router, body::Body};
use bytes::Bytes;
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use oidc_login::LoginError;
use time::OffsetDateTime;
use url::{Url, form_urlencoded};

use crate::{clock::HandClock, wire::call};

/// A browser without a window. It keeps cookies as browsers do: by host, whatever the port.
#[derive(Clone)]
pub struct UserAgent {
    sites: BTreeMap<String, Router>,
    clock: HandClock,
    /// Cookies by host and name: value and, in seconds since 1970, their end.
    pub jar: BTreeMap<(String, String), (String, Option<i64>)>,
    /// Which of them are `SameSite=Strict`.
    strict: BTreeSet<(String, String)>,
    /// Headers that every request carries.
    pub headers: HeaderMap,
    /// The address its connections come from, where the server knows it.
    pub peer: Option<SocketAddr>,
}

/// What a request was answered with.
#[derive(Clone, Debug)]
pub struct Page {
    /// The URL of the request.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Why a login failed, if it did.
    pub error: Option<LoginError>,
}

impl Page {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// Where the answer sends the browser, if it does.
    pub fn location(&self) -> Option<Url> {
        let location = self.headers.get(header::LOCATION)?.to_str().ok()?;
        self.url.join(location).ok()
    }

    /// A header as text; empty when missing.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The `Set-Cookie` lines.
    pub fn set_cookies(&self) -> Vec<&str> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter();
        lines.filter_map(|line| line.to_str().ok()).collect()
    }

    /// The value of a form's field, by its name.
    pub fn field(&self, name: &str) -> Option<String> {
        let text = self.text();
        let marker = format!("name=\"{name}\"");
        let tag_end = text.find(&marker)?;
        let tag_start = text[..tag_end].rfind('<')?;
        let tag = &text[tag_start..tag_start + text[tag_start..].find('>')?];
        let value = tag.split_once("value=\"")?.1;
        Some(value[..value.find('"')?].to_owned())
    }
}

impl UserAgent {
    /// A browser without cookies that reaches these sites, by origin.
    pub fn new(sites: impl IntoIterator<Item = (String, Router)>, clock: HandClock) -> Self {
        Self {
            sites: sites.into_iter().collect(),
            clock,
            jar: BTreeMap::new(),
            strict: BTreeSet::new(),
            headers: HeaderMap::new(),
            peer: None,
        }
    }

    /// One more site that it reaches.
    pub fn add_site(&mut self, origin: String, site: Router) {
        self.sites.insert(origin, site);
    }

    /// Another browser: the same sites, no cookies.
    pub fn other_browser(&self) -> Self {
        Self {
            jar: BTreeMap::new(),
            headers: HeaderMap::new(),
            ..self.clone()
        }
    }

    /// Opens a page, without following redirects.
    pub async fn get(&mut self, url: &str) -> Page {
        self.request(navigation(Method::GET, url, Body::empty()))
            .await
    }

    /// Opens a page where a link or a redirect of another site leads, without following redirects.
    pub async fn arrive(&mut self, url: &str) -> Page {
        let mut request = navigation(Method::GET, url, Body::empty());
        set(&mut request, "sec-fetch-site", "cross-site");
        let kept = self.jar.clone();
        self.jar.retain(|cookie, _| !self.strict.contains(cookie));
        let page = self.request(request).await;
        let came = std::mem::replace(&mut self.jar, kept);
        self.jar.extend(came);
        page
    }

    /// Opens a page and follows redirects.
    pub async fn open(&mut self, url: &str) -> Page {
        let mut page = self.get(url).await;
        for _ in 0..10 {
            match page.location() {
                Some(location) if page.status.is_redirection() => {
                    page = self.get(location.as_str()).await;
                }
                _ => return page,
            }
        }
        panic!("more than ten redirects, the last to {:?}", page.location());
    }

    /// Sends a form from a page of the same origin, without following redirects.
    pub async fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut request = navigation(Method::POST, url, Body::from(form));
        set(
            &mut request,
            "content-type",
            "application/x-www-form-urlencoded",
        );
        set(&mut request, "sec-fetch-site", "same-origin");
        self.request(request).await
    }

    /// Sends a form from a page of another site, without following redirects: no cookie goes along,
    /// as long as none is `SameSite=None`.
    pub async fn post_from_elsewhere(&mut self, url: &str, form: String) -> Page {
        let mut request = navigation(Method::POST, url, Body::from(form));
        let kind = "application/x-www-form-urlencoded";
        set(&mut request, "content-type", kind);
        set(&mut request, "sec-fetch-site", "cross-site");
        set(&mut request, "origin", "https://elsewhere.test");
        let kept = std::mem::take(&mut self.jar);
        let page = self.request(request).await;
        let came = std::mem::replace(&mut self.jar, kept);
        self.jar.extend(came);
        page
    }

    /// Sends any request with this browser's cookies and keeps the ones that come back.
    pub async fn request(&mut self, mut request: Request<Body>) -> Page {
        let url = Url::parse(&request.uri().to_string()).expect("an absolute URL");
        let host = url.host_str().unwrap_or_default().to_owned();
        for (name, value) in &self.headers {
            request.headers_mut().insert(name.clone(), value.clone());
        }
        let cookies = self.cookie_line(&host);
        if !cookies.is_empty() {
            set(&mut request, "cookie", &cookies);
        }
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        let origin = url.origin().ascii_serialization();
        let Some(site) = self.sites.get(&origin) else {
            panic!("there is no site {origin} for {url}");
        };
        let (parts, body) = call(site, request).await.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        self.keep_cookies(&host, &parts.headers);
        Page {
            url,
            status: parts.status,
            error: parts.extensions.get::<LoginError>().cloned(),
            headers: parts.headers,
            body,
        }
    }

    /// Keeps the cookies of an answer, whoever asked for it: one that comes late, say.
    pub fn receive(&mut self, page: &Page) {
        let host = page.url.host_str().unwrap_or_default();
        self.keep_cookies(host, &page.headers);
    }

    /// The cookies of a host, as they stand in a request.
    pub fn cookie_line(&self, host: &str) -> String {
        let now = self.clock.seconds();
        let cookies = self
            .jar
            .iter()
            .filter(|((of, _), (_, end))| of == host && end.is_none_or(|end| end > now));
        let pairs: Vec<_> = cookies
            .map(|((_, name), (value, _))| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Names of the cookies of a host that hold this text.
    pub fn cookies_named(&self, host: &str, part: &str) -> Vec<String> {
        let now = self.clock.seconds();
        let cookies = self.jar.iter().filter(|((of, name), (_, end))| {
            of == host && name.contains(part) && end.is_none_or(|end| end > now)
        });
        cookies.map(|((_, name), _)| name.clone()).collect()
    }

    fn keep_cookies(&mut self, host: &str, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("ASCII").to_owned();
            let cookie = Cookie::parse(line).expect("a cookie");
            let key = (host.to_owned(), cookie.name().to_owned());
            if cookie.same_site() == Some(SameSite::Strict) {
                self.strict.insert(key.clone());
            } else {
                self.strict.remove(&key);
            }
            let after = |age: time::Duration| self.clock.seconds() + age.whole_seconds();
            let at = |end: OffsetDateTime| end.unix_timestamp();
            let end = cookie.max_age().map(after);
            let end = end.or_else(|| cookie.expires_datetime().map(at));
            self.jar.insert(key, (cookie.value().to_owned(), end));
        }
    }
}

/// A request as a browser makes it when somebody opens a page.
pub fn navigation(method: Method, url: &str, body: Body) -> Request<Body> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().expect("a URL");
    set(
        &mut request,
        "accept",
        "text/html,application/xhtml+xml,*/*;q=0.8",
    );
    set(&mut request, "sec-fetch-mode", "navigate");
    set(&mut request, "sec-fetch-dest", "document");
    set(&mut request, "sec-fetch-site", "none");
    request
}

/// A request as a script of the same origin makes it.
pub fn script(method: Method, url: &str) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().expect("a URL");
    set(&mut request, "accept", "*/*");
    set(&mut request, "sec-fetch-mode", "cors");
    set(&mut request, "sec-fetch-dest", "empty");
    set(&mut request, "sec-fetch-site", "same-origin");
    request
}

/// Sets a header.
pub fn set(request: &mut Request<Body>, name: &'static str, value: &str) {
    let value = HeaderValue::from_str(value).expect("a header value");
    request
        .headers_mut()
        .insert(HeaderName::from_static(name), value);
}
