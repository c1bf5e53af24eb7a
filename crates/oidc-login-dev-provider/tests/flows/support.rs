//! A provider with one browser, and what flows are made of.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, AtomicU8, Ordering},
    },
};

use aws_lc_rs::digest;
use axum::{Router, body::Body};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use oidc_login_dev_provider::{Client, DevProvider, DevProviderBuilder, SigningKeys};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tower::ServiceExt;
use url::{Url, form_urlencoded};

pub(crate) const ISSUER: &str = "http://localhost:5001/realms/dev";
pub(crate) const CALLBACK: &str = "http://localhost:5000/auth/callback";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const START: i64 = 1_800_000_000;

/// RSA keys take long to make in a debug build.
pub(crate) static KEYS: LazyLock<SigningKeys> = LazyLock::new(|| SigningKeys::generate().unwrap());

pub(crate) type Form = BTreeMap<&'static str, String>;

pub(crate) fn form<const N: usize>(fields: [(&'static str, &str); N]) -> Form {
    fields
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

pub(crate) fn encode(form: &Form) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish()
}

pub(crate) fn public_client() -> Client {
    Client::public("flask-app")
        .name("Flask <app>")
        .root_url("http://localhost:5000/")
        .valid_redirect_uris(["/auth/*"])
        .valid_post_logout_redirect_uris(["/", "/bye"])
}

pub(crate) fn confidential_client() -> Client {
    Client::confidential("web", "s:cret& x").valid_redirect_uris([CALLBACK])
}

/// A provider and one browser.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) provider: DevProvider,
    pub(crate) router: Router,
    pub(crate) cookies: BTreeMap<String, String>,
    now: Arc<AtomicI64>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(settings: impl FnOnce(DevProviderBuilder) -> DevProviderBuilder) -> Self {
        let now = Arc::new(AtomicI64::new(START));
        let (clock, dice) = (Arc::clone(&now), AtomicU8::new(0));
        let builder = DevProvider::builder()
            .issuer(ISSUER)
            .client(public_client())
            .client(confidential_client())
            .keys(KEYS.clone())
            .clock(move || {
                OffsetDateTime::from_unix_timestamp(clock.load(Ordering::SeqCst)).unwrap()
            })
            .random(move |bytes| {
                let seed = dice.fetch_add(1, Ordering::SeqCst);
                bytes.copy_from_slice(
                    &digest::digest(&digest::SHA256, &[seed]).as_ref()[..bytes.len()],
                );
            });
        let provider = settings(builder).build().unwrap();
        Self {
            router: provider.router(),
            provider,
            cookies: BTreeMap::new(),
            now,
        }
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Another browser at the same provider.
    pub(crate) fn another_browser(&self) -> Self {
        Self {
            cookies: BTreeMap::new(),
            ..self.clone()
        }
    }

    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request
                .headers_mut()
                .insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        for line in response.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(
            Request::get(format!("{ISSUER}{path}"))
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &Form) -> Answer {
        self.send(post(path, form)).await
    }

    pub(crate) async fn authorize(&mut self, request: &Form) -> Answer {
        self.get(&format!("/authorize?{}", encode(request))).await
    }

    /// Opens the sign-in page and types what it asks for.
    pub(crate) async fn type_password(
        &mut self,
        request: &Form,
        username: &str,
        password: &str,
    ) -> Answer {
        let page = self.authorize(request).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let mut form = page.hidden_fields();
        form.insert("username", username.into());
        form.insert("password", password.into());
        self.post("/sign-in", &form).await
    }

    pub(crate) async fn code(&mut self, request: &Form, username: &str) -> String {
        let answer = self.type_password(request, username, username).await;
        answer
            .redirect_param("code")
            .unwrap_or_else(|| panic!("{} {}", answer.status, answer.body))
    }

    pub(crate) async fn tokens(&mut self, username: &str) -> Value {
        self.tokens_of("flask-app", username).await
    }

    /// The tokens that a public client gets of this user.
    pub(crate) async fn tokens_of(&mut self, client_id: &str, username: &str) -> Value {
        let mut request = authorization();
        request.insert("client_id", client_id.into());
        let code = self.code(&request, username).await;
        let mut exchange = exchange(&code);
        exchange.insert("client_id", client_id.into());
        let answer = self.post("/token", &exchange).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }

    pub(crate) async fn refresh(&mut self, token: &Value) -> Answer {
        let token = token.as_str().unwrap();
        self.post(
            "/token",
            &form([
                ("grant_type", "refresh_token"),
                ("client_id", "flask-app"),
                ("refresh_token", token),
            ]),
        )
        .await
    }

    pub(crate) async fn userinfo(&mut self, token: &Value) -> Answer {
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        self.send(
            Request::get(format!("{ISSUER}/userinfo"))
                .header(header::AUTHORIZATION, bearer)
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    /// Verifies a token as an independent library does, with the published keys.
    pub(crate) async fn verified(
        &mut self,
        token: &Value,
        algorithm: Algorithm,
        audience: &str,
    ) -> Value {
        let token = token.as_str().unwrap();
        let keys: JwkSet = serde_json::from_str(&self.get("/jwks").await.body).unwrap();
        let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&[audience]);
        validation.set_issuer(&[ISSUER]);
        // It reads the real clock, and what userinfo says has no end.
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["aud", "iss"]);
        let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
        jsonwebtoken::decode::<Value>(token, &key, &validation)
            .unwrap()
            .claims
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn location(&self) -> Option<Url> {
        let location = self.headers.get(header::LOCATION)?.to_str().unwrap();
        Some(Url::parse(location).unwrap())
    }

    pub(crate) fn redirect_param(&self, name: &str) -> Option<String> {
        self.location()?
            .query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The hidden fields of the form on this page, as a browser would send them.
    pub(crate) fn hidden_fields(&self) -> Form {
        let field = |name: &'static str| {
            let start = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
            let value = self
                .body
                .split_once(&start)
                .unwrap()
                .1
                .split_once('"')
                .unwrap()
                .0;
            (name, value.replace("&#38;", "&"))
        };
        [field("csrf"), field("request")].into()
    }
}

pub(crate) fn post(path: &str, form: &Form) -> Request<Body> {
    Request::post(format!("{ISSUER}{path}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(encode(form).into())
        .unwrap()
}

pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

/// A valid authorization request of the public client.
pub(crate) fn authorization() -> Form {
    form([
        ("response_type", "code"),
        ("client_id", "flask-app"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile email"),
        ("state", "the state & more"),
        ("nonce", "the nonce"),
        ("code_challenge", &challenge(VERIFIER)),
        ("code_challenge_method", "S256"),
    ])
}

/// A valid token request of the public client.
pub(crate) fn exchange(code: &str) -> Form {
    form([
        ("grant_type", "authorization_code"),
        ("client_id", "flask-app"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ])
}

/// Checks an error answer of the token endpoint.
pub(crate) fn assert_error(answer: &Answer, status: u16, error: &str, case: &str) {
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (status, &json!(error)),
        "{case}: {}",
        answer.body
    );
    assert_eq!(answer.header(header::CACHE_CONTROL), "no-store", "{case}");
}
