//! `Claims`, `Option<Claims>`, `Claims<T>` and `Oidc` in handlers.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::{Router, extract::State, routing::get};
use http::{Method, StatusCode};
use oidc_login::{Claims, DetailSetting, Oidc};
use oidc_login_tests::{
    user_agent::script,
    world::{APP, World, routes},
};
use serde::{Deserialize, Deserializer};

fn world(routes: Router) -> World {
    let detail = |settings: oidc_login::RelyingPartyBuilder| settings.detail(DetailSetting::Full);
    World::with(|client| client, detail, self::routes().merge(routes))
}

static DECODED: AtomicU32 = AtomicU32::new(0);

struct Counted {
    name: String,
}

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Plain {
            preferred_username: String,
        }
        DECODED.fetch_add(1, Ordering::SeqCst);
        let plain = Plain::deserialize(deserializer)?;
        Ok(Self {
            name: plain.preferred_username,
        })
    }
}

#[tokio::test]
async fn a_type_of_the_app_is_decoded_once_per_login() {
    let name = |counted: Claims<Counted>| async move {
        format!(
            "{} {:p}",
            counted.name,
            std::ptr::from_ref::<Counted>(&counted)
        )
    };
    let optional = |counted: Option<Claims<Counted>>| async move {
        counted
            .map(|counted| counted.name.clone())
            .unwrap_or_default()
    };
    let mut world = world(
        Router::new()
            .route("/name", get(name))
            .route("/optional", get(optional)),
    );
    let first = world.sign_in("alice", "/name").await.text();
    assert!(first.starts_with("alice "), "{first}");
    for _ in 0..3 {
        assert_eq!(
            world.browser.get(&format!("{APP}/name")).await.text(),
            first
        );
    }
    assert_eq!(
        world.browser.get(&format!("{APP}/optional")).await.text(),
        "alice"
    );
    assert_eq!(DECODED.load(Ordering::SeqCst), 1);

    world.browser.open(&format!("{APP}/auth/login")).await;
    world.browser.get(&format!("{APP}/name")).await;
    assert_eq!(
        DECODED.load(Ordering::SeqCst),
        2,
        "once more for the next login"
    );
}

#[derive(Deserialize)]
struct Employee {
    #[allow(dead_code)]
    department: String,
}

#[tokio::test]
async fn claims_that_do_not_fit_are_an_error_that_names_the_field() {
    let routes = Router::new()
        .route("/employee", get(|_: Claims<Employee>| async { "passed" }))
        .route(
            "/optional",
            get(|_: Option<Claims<Employee>>| async { "passed" }),
        );
    let mut world = world(routes);
    let page = world.browser.get(&format!("{APP}/optional")).await;
    assert_eq!(
        page.text(),
        "passed",
        "a visitor has no claims that could be wrong"
    );
    world.sign_in("alice", "/secure").await;
    for path in ["/employee", "/optional"] {
        let page = world.browser.get(&format!("{APP}{path}")).await;
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        let text = page.text();
        for part in ["claims_mismatch", "missing field `department`", "Employee"] {
            assert!(text.contains(part), "{path}, {part}: {text}");
        }
        let page = world
            .browser
            .request(script(Method::GET, &format!("{APP}{path}")))
            .await;
        assert_eq!(page.json()["error"], "claims_mismatch", "{path}");
    }
}

#[derive(Clone)]
struct OwnState;

#[tokio::test]
async fn they_work_with_any_state_of_the_router() {
    let routes = Router::new()
        .route(
            "/state",
            get(
                |State(OwnState): State<OwnState>, claims: Claims| async move {
                    claims.sub().to_owned()
                },
            ),
        )
        .with_state(OwnState);
    let mut world = world(routes);
    let page = world.sign_in("alice", "/state").await;
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test]
async fn oidc_builds_links_that_work() {
    async fn links(oidc: Oidc) -> String {
        let login = oidc.login_url("/secure?a=b&c=d");
        format!(
            "{login} {} {}",
            oidc.logout_url(),
            oidc.logout_url_to("/bye?e=f")
        )
    }
    async fn checkout(oidc: Oidc) -> axum::response::Redirect {
        oidc.login_redirect("/secure?step=2")
    }
    let routes = Router::new()
        .route("/links", get(links))
        .route("/checkout", get(checkout));
    let mut world = world(routes);
    let page = world.browser.get(&format!("{APP}/links")).await;
    let text = page.text();
    let links: Vec<_> = text.split(' ').collect();
    assert_eq!(
        links[1..],
        ["/auth/logout", "/auth/logout?return_to=%2Fbye%3Fe%3Df"]
    );

    let page = world.sign_in("alice", links[0]).await;
    assert_eq!(page.url.as_str(), format!("{APP}/secure?a=b&c=d"));
    let page = world.browser.open(&format!("{APP}/checkout")).await;
    assert_eq!(page.url.as_str(), format!("{APP}/secure?step=2"));
}
