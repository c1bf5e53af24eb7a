#![allow(clippy::unwrap_used)]

use axum::body::Body;
use http::{Request, header, request};
use http_body_util::BodyExt as _;
use oidc_login::{ClientConfig, RelyingParty, seams::ReqwestClient};
use tower::ServiceExt as _;

use super::*;

struct Answer {
    status: StatusCode,
    location: String,
    body: String,
}

/// The app as a browser sees it when it opens a page.
async fn open(app: Router, path: &str) -> Answer {
    send(app, Request::get(path), "none", "").await
}

/// The app as a browser sees it when a form was sent from a page of this site.
async fn post(app: Router, path: &str, site: &str, form: &str) -> Answer {
    let request =
        Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    send(app, request, site, form).await
}

async fn send(app: Router, request: request::Builder, site: &str, body: &str) -> Answer {
    let request = request
        .header(header::HOST, "localhost:5000")
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("sec-fetch-site", site)
        .body(Body::from(body.to_owned()))
        .unwrap();
    answer(app, request).await
}

async fn answer(app: Router, request: Request<Body>) -> Answer {
    let response = app.oneshot(request).await.unwrap();
    let location = response.headers().get(header::LOCATION);
    Answer {
        status: response.status(),
        location: location
            .map_or("", |value| value.to_str().unwrap())
            .to_owned(),
        body: {
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            String::from_utf8(bytes.to_vec()).unwrap()
        },
    }
}

fn client() -> ClientConfig {
    ClientConfig::builder()
        .issuer("http://localhost:5001")
        .public_client("flask-app")
        .root_url("http://localhost:5000/")
        .valid_redirect_uris(["/*"])
        .build()
        .unwrap()
}

/// Nobody listens where its services should be.
fn state() -> App {
    let services = Services {
        http: ReqwestClient::new().unwrap(),
        relying_party: RelyingParty::builder(client()).build().unwrap(),
        resource: "http://127.0.0.1:1/".parse().unwrap(),
    };
    App {
        users_are_known: true,
        strong_acr: vec!["2".to_owned()],
        services,
    }
}

fn for_visitors() -> Router {
    app(OidcLayer::new(client()), state())
}

fn for_user(claims: Value) -> Router {
    app(oidc_login::test::signed_in(claims), state())
}

#[tokio::test]
async fn a_visitor_reads_the_open_page_and_is_sent_to_sign_in_by_the_others() {
    let home = open(for_visitors(), "/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.body.contains("Hello from the open endpoint"));
    assert!(home.body.contains("/auth/login?return_to="));
    for path in ["/secure", "/admin", "/sessions"] {
        let answer = open(for_visitors(), path).await;
        assert!(answer.status.is_redirection(), "{path}: {}", answer.status);
        assert!(
            answer.location.contains("/auth/login?return_to="),
            "{}",
            answer.location
        );
    }
}

#[tokio::test]
async fn the_api_answers_401_and_never_a_redirect() {
    let answer = open(for_visitors(), "/api/me").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.body, r#"{"error":"not_signed_in"}"#);
}

/// A request to what needs a token, by a script or by a person's browser.
async fn ask(app: Router, method: &str, path: &str, accept: &str) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost:5000")
        .header(header::ACCEPT, accept);
    if accept == "text/html" {
        request = request
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document");
    }
    answer(app, request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn what_needs_a_token_needs_a_login() {
    for (method, path, accept, status) in [
        ("GET", "/api/downstream", "application/json", 401),
        ("GET", "/api/downstream", "text/html", 303),
        ("POST", "/api/refresh", "application/json", 401),
        ("POST", "/api/refresh", "text/html", 401),
        ("GET", "/api/refresh", "application/json", 405),
    ] {
        let answer = ask(for_visitors(), method, path, accept).await;
        assert_eq!(answer.status, status, "{method} {path} {accept}");
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_said_so() {
    let alice = || for_user(json!({ "name": "Alice" }));
    let answer = ask(alice(), "GET", "/api/downstream", "application/json").await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert!(
        answer.body.contains("service_unreachable"),
        "{}",
        answer.body
    );
    for (accept, shown) in [
        ("application/json", r#""error":"provider_unavailable""#),
        ("text/html", "<code>provider_unavailable</code>"),
    ] {
        let answer = ask(alice(), "POST", "/api/refresh", accept).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
        assert!(answer.body.contains(shown), "{}", answer.body);
    }
}

#[tokio::test]
async fn who_is_signed_in_is_greeted_everywhere() {
    let alice = json!({ "name": "Alice <A>", "roles": ["admin"] });
    for (path, greeting) in [
        ("/", "Hello from the open endpoint"),
        ("/secure", "Hello from the secure endpoint"),
        ("/admin", "Hello from the admin endpoint"),
        ("/sessions", "this browser"),
    ] {
        let answer = open(for_user(alice.clone()), path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.body.contains(greeting), "{path}");
        assert!(answer.body.contains("Alice &#60;A&#62;"), "{path}");
    }
    let me = open(for_user(alice), "/api/me").await;
    assert_eq!(me.status, StatusCode::OK);
    assert!(me.body.contains(r#""name":"Alice <A>""#));
}

#[tokio::test]
async fn without_the_role_the_admin_page_stays_shut() {
    for claims in [json!({ "roles": ["staff"] }), json!({})] {
        let answer = open(for_user(claims), "/admin").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(!answer.body.contains("Hello from the admin endpoint"));
    }
}

#[tokio::test]
async fn a_page_that_asks_for_more_opens_with_more_and_asks_for_it_with_less() {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    for (path, claims, opens) in [
        ("/recent", json!({ "auth_time": now }), true),
        ("/recent", json!({ "auth_time": now - 1000 }), false),
        ("/recent", json!({}), false),
        ("/strong", json!({ "acr": "2" }), true),
        ("/strong", json!({ "acr": "1" }), false),
        ("/strong", json!({}), false),
    ] {
        let answer = open(for_user(claims.clone()), path).await;
        let hello = format!("Hello from the {} endpoint", &path[1..]);
        assert_eq!(answer.body.contains(&hello), opens, "{path} {claims}");
        let asks = answer.location.contains("/auth/login?return_to=");
        assert_eq!(asks, !opens, "{path} {claims}");
        assert_eq!(answer.location.contains("&with="), !opens, "{path}");
    }
}

const CHANGES: [&str; 3] = [
    "/sessions/end",
    "/sessions/end-others",
    "/admin/end-sessions",
];

#[tokio::test]
async fn what_ends_sessions_is_for_the_apps_own_forms_only() {
    for path in CHANGES {
        let form = format!("session={}&sub=alice", "A".repeat(22));
        for (site, expected) in [
            ("same-origin", StatusCode::SEE_OTHER),
            ("same-site", StatusCode::FORBIDDEN),
            ("cross-site", StatusCode::FORBIDDEN),
            ("none", StatusCode::FORBIDDEN),
        ] {
            let admin = for_user(json!({ "roles": ["admin"] }));
            let answer = post(admin, path, site, &form).await;
            assert_eq!(answer.status, expected, "{path} {site}");
        }
        let answer = post(for_visitors(), path, "same-origin", &form).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}, a visitor");
    }
    let answer = post(for_user(json!({})), CHANGES[2], "same-origin", "sub=alice").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "no administrator");
}

#[tokio::test]
async fn an_administrator_looks_for_a_user() {
    let admin = || for_user(json!({ "roles": ["admin"] }));
    let answer = open(admin(), "/admin?sub=al%3Cb%3Eice").await;
    assert!(
        answer
            .body
            .contains("<code>al&#60;b&#62;ice</code> is not signed in"),
        "{}",
        answer.body
    );
    let answer = open(admin(), "/admin?sub=+").await;
    assert!(!answer.body.contains("is not signed in"));
    let answer = post(admin(), CHANGES[2], "same-origin", "sub=a%0D%0Ab%26c").await;
    assert_eq!(answer.location, "/admin?sub=a%0D%0Ab%26c");
}

#[tokio::test]
async fn a_load_balancer_hears_what_is_missing() {
    let answer = open(for_visitors(), "/health/ready").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let told: Value = serde_json::from_str(&answer.body).unwrap();
    let expected = json!({
        "ready": false,
        "provider": "unknown",
        "last_failure_of_provider": null,
        "store": "answers",
    });
    assert_eq!(told, expected);
}

#[tokio::test]
async fn another_path_is_a_page_too_and_the_stylesheet_is_one() {
    let answer = open(for_visitors(), "/nowhere").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("There is no such page"));
    let style = open(for_visitors(), "/style.css").await;
    assert!(style.body.contains(".card"));
}
