//! What `docs/testing.md` shows, as an app's author would write it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use axum::{Router, body::Body, routing::get};
use http::{Request, Response, header};
use oidc_login::{Claims, ClientConfig, OidcLayer};
use oidc_login_dev_provider::{Client, DevProvider};
use tower::ServiceExt as _;

fn app(login: OidcLayer) -> Router {
    let hello = get(|claims: Claims| async move { format!("Hello, {}!", claims.sub()) });
    Router::new().route("/hello", hello).layer(login)
}

/// Keeps the app's cookies, and follows no redirects.
struct Browser {
    app: Router,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    async fn get(&mut self, url: &str) -> Response<Body> {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let request = Request::get(url.replace("http://localhost:5000", ""))
            .header(header::HOST, "localhost:5000")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookies);
        let request = request.body(Body::empty()).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        for line in response.headers().get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        response
    }
}

fn location(response: &Response<Body>) -> String {
    response.headers()[header::LOCATION]
        .to_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn alice_signs_in_and_comes_back() {
    let client = Client::public("shop").valid_redirect_uris(["http://localhost:5000/*"]);
    let provider = DevProvider::builder()
        .issuer("http://localhost:0")
        .client(client);
    let running = provider.bind().await.unwrap().spawn();
    let provider = running.provider();
    let client = ClientConfig::builder()
        .issuer(provider.issuer())
        .public_client("shop")
        .root_url("http://localhost:5000/")
        .build();
    let app = app(OidcLayer::new(client.unwrap()));
    let mut browser = Browser {
        app,
        cookies: BTreeMap::new(),
    };

    let to_sign_in = location(&browser.get("/hello").await);
    let to_provider = location(&browser.get(&to_sign_in).await);
    let to_app = provider.control().sign_in("alice", &to_provider).unwrap();
    let to_page = location(&browser.get(&to_app).await);

    assert_eq!(to_page, "/hello");
    let page = browser.get(&to_page).await;
    assert_eq!(page.status(), 200);
}

#[test]
fn the_guide_shows_this_file() {
    let (_, shown) = include_str!("your_own_tests.rs")
        .split_once("\n\nuse ")
        .unwrap();
    let (shown, _) = shown.split_once("\n#[test]\n").unwrap();
    let guide = include_str!("../../../docs/testing.md");
    let snippet = format!("```rust\nuse {}\n```", shown.trim_end());
    assert!(
        guide.contains(&snippet),
        "docs/testing.md is to have:\n{snippet}"
    );
}
