//! One small app in several variants.

use std::{hint::black_box, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use oidc_login::{Claims, RequireLoginLayer, protocol::StandardClaims};
use oidc_login_dev_provider::SigningKeys;

use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

use crate::{
    boxing::BoxingLayer,
    least::{Found, LeastLayer},
    side_by_side::{App, Failure},
    user::Employee,
    world::{OneClient, World},
};

/// A variant of the app: `GET /hello` answers `hello alice`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// No layer at all.
    Plain,
    /// [`BoxingLayer`].
    Boxing,
    /// [`BoxingLayer`], a browser without a session.
    BoxingVisitor,
    /// A layer that finds the session and does nothing else.
    Least,
    /// `OidcLayer`, a route that asks nobody, a browser without a session.
    OpenVisitor,
    /// `OidcLayer`, a route that asks nobody, a browser with a session.
    Open,
    /// `Claims`.
    Claims,
    /// `Claims`, in an app that keeps no values of its own.
    LoginsOnly,
    /// `Option<Claims>`.
    OptionalClaims,
    /// `Claims<Employee>`.
    OwnClaims,
    /// `RequireLoginLayer`.
    Guarded,
    /// tower-sessions with its memory store; the claims are read from it.
    TowerSessions,
    /// `Claims`, the sessions in Redis, which every request asks.
    Redis,
    /// The same, asked once a second.
    RedisCached,
}

impl Variant {
    /// All that need nothing but this process.
    pub const ALL: [Self; 12] = [
        Self::Plain,
        Self::Boxing,
        Self::BoxingVisitor,
        Self::Least,
        Self::OpenVisitor,
        Self::Open,
        Self::Claims,
        Self::OwnClaims,
        Self::LoginsOnly,
        Self::OptionalClaims,
        Self::Guarded,
        Self::TowerSessions,
    ];

    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain axum",
            Self::Boxing => "no-op layer",
            Self::BoxingVisitor => "no-op layer, no cookie",
            Self::Least => "least possible",
            Self::OpenVisitor => "open route, no cookie",
            Self::Open => "open route",
            Self::Claims => "Claims",
            Self::OptionalClaims => "Option<Claims>",
            Self::OwnClaims => "Claims<T>",
            Self::LoginsOnly => "Claims, logins_only()",
            Self::Guarded => "RequireLoginLayer",
            Self::TowerSessions => "tower-sessions, get::<Claims>",
            Self::Redis => "Claims, Redis",
            Self::RedisCached => "Claims, Redis, cache of 1 s",
        }
    }

    /// Its name on a command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Boxing => "boxing",
            Self::BoxingVisitor => "boxing-visitor",
            Self::Least => "least",
            Self::OpenVisitor => "open-visitor",
            Self::Open => "open",
            Self::Claims => "claims",
            Self::OptionalClaims => "optional-claims",
            Self::OwnClaims => "own-claims",
            Self::LoginsOnly => "logins-only",
            Self::Guarded => "guarded",
            Self::TowerSessions => "tower-sessions",
            Self::Redis => "redis",
            Self::RedisCached => "redis-cached",
        }
    }

    /// The no-op layer with the same request, to compare with.
    pub const fn floor(self) -> Self {
        match self {
            Self::BoxingVisitor | Self::OpenVisitor => Self::BoxingVisitor,
            _ => Self::Boxing,
        }
    }

    /// Whether oidc-login is in it.
    pub const fn is_ours(self) -> bool {
        !matches!(
            self,
            Self::Plain | Self::Boxing | Self::BoxingVisitor | Self::Least | Self::TowerSessions
        )
    }

    /// The app, and the cookie of a browser in which alice is signed in.
    pub async fn app(self, world: &World) -> (Router, Option<String>) {
        let (routes, cookie) = self.routes(world).await;
        // As a server does once for each connection: without it, axum layers every request anew.
        (routes.with_state(()), cookie)
    }

    async fn routes(self, world: &World) -> (Router, Option<String>) {
        let open = || Router::new().route("/hello", get(hello));
        let claims = || Router::new().route("/hello", get(hello_claims));
        match self {
            Self::Plain => (open(), Some(world.sign_in().await)),
            Self::Boxing => (open().layer(BoxingLayer), Some(world.sign_in().await)),
            Self::BoxingVisitor => (open().layer(BoxingLayer), None),
            Self::Least => least(world).await,
            Self::OpenVisitor => (open().layer(world.layer()), None),
            Self::Open => signed_in(open(), world).await,
            Self::Claims | Self::LoginsOnly | Self::Redis | Self::RedisCached => {
                signed_in(claims(), world).await
            }
            Self::OptionalClaims => {
                let routes = Router::new().route("/hello", get(hello_optional));
                signed_in(routes, world).await
            }
            Self::OwnClaims => {
                let routes = Router::new().route("/hello", get(hello_employee));
                signed_in(routes, world).await
            }
            Self::Guarded => signed_in(open().route_layer(RequireLoginLayer::new()), world).await,
            Self::TowerSessions => tower_sessions(world).await,
        }
    }
}

/// It is at home in [`World`], wherever it is served.
impl App for Variant {
    fn all() -> Vec<Self> {
        Self::ALL.into()
    }

    fn with_redis() -> Vec<Self> {
        vec![Self::Redis, Self::RedisCached]
    }

    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn id(self) -> &'static str {
        Self::id(self)
    }

    fn floor(self) -> Self {
        Self::floor(self)
    }

    async fn app(
        self,
        _: SocketAddr,
        redis: Option<String>,
    ) -> Result<(Router, Option<String>), Failure> {
        let keys = SigningKeys::generate()?;
        let cache_time = match self {
            Self::Redis => Some(Duration::ZERO),
            Self::RedisCached => Some(Duration::from_secs(1)),
            _ => None,
        };
        let world = match redis.zip(cache_time) {
            Some((url, time)) => World::with_redis(OneClient::Rs256, keys, url, time),
            None if self == Self::LoginsOnly => World::with_logins_only(OneClient::Rs256, keys),
            None => World::new(OneClient::Rs256, keys),
        };
        Ok(Self::app(self, &world).await)
    }
}

async fn signed_in(routes: Router, world: &World) -> (Router, Option<String>) {
    let cookie = world.sign_in().await;
    (routes.layer(world.layer()), Some(cookie))
}

/// The claims of a login of ours, behind an id as long as ours.
async fn least(world: &World) -> (Router, Option<String>) {
    let signed_in = world.sign_in().await;
    let login = world.login(&signed_in).await;
    let claims = login.decode().expect("the claims of alice");
    let id = "i".repeat(43);
    let routes = Router::new().route("/hello", get(hello_found));
    let cookie = format!("{}={id}", LeastLayer::COOKIE);
    (routes.layer(LeastLayer::new(&id, claims)), Some(cookie))
}

/// The claims of a login of ours, kept the usual way in a session of tower-sessions.
async fn tower_sessions(world: &World) -> (Router, Option<String>) {
    let cookie = world.sign_in().await;
    let login = world.login(&cookie).await;
    let store = MemoryStore::default();
    let session = Session::new(None, Arc::new(store.clone()), None);
    let kept = session.insert("claims", login.claims().as_map()).await;
    kept.expect("a store in memory takes everything");
    session.save().await.expect("a store in memory");
    let id = session.id().expect("a saved session");
    let routes = Router::new().route("/hello", get(hello_session));
    let layer = SessionManagerLayer::new(store).with_secure(false);
    (routes.layer(layer), Some(format!("id={id}")))
}

/// Does with a name it knows what the others do with the name of who is signed in.
async fn hello() -> String {
    greet(Some(black_box("alice")))
}

async fn hello_claims(claims: Claims) -> String {
    greet(claims.preferred_username())
}

async fn hello_optional(claims: Option<Claims>) -> String {
    greet(
        claims
            .as_deref()
            .and_then(StandardClaims::preferred_username),
    )
}

async fn hello_employee(employee: Claims<Employee>) -> String {
    greet(Some(&employee.preferred_username))
}

async fn hello_found(found: Found) -> String {
    greet(found.0.preferred_username())
}

async fn hello_session(session: Session) -> String {
    let claims: Option<StandardClaims> = session.get("claims").await.expect("a session");
    greet(claims.as_ref().and_then(StandardClaims::preferred_username))
}

fn greet(name: Option<&str>) -> String {
    format!("hello {}", name.unwrap_or("stranger"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::{HeaderValue, StatusCode, header};
    use oidc_login_dev_provider::SigningKeys;
    use oidc_login_tests::redis::Redis;
    use tower::ServiceExt as _;

    use super::*;
    use crate::{request::get, world::OneClient};

    #[tokio::test]
    async fn a_signed_in_request_asks_redis_once() {
        const REQUESTS: u64 = 20;
        let redis = Redis::start().await;
        let keys = SigningKeys::generate().unwrap();
        let world = World::with_redis(OneClient::Rs256, keys, redis.url(), Duration::ZERO);
        let (app, cookie) = Variant::Redis.app(&world).await;
        let cookie = HeaderValue::try_from(cookie.unwrap()).unwrap();
        let request = async || {
            let mut request = get("/hello", None).map(|()| Body::empty());
            request.headers_mut().insert(header::COOKIE, cookie.clone());
            let response = app.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
        };
        // The first one brings the script to Redis and the record to us.
        request().await;
        let before = redis.reads().await;
        for _ in 0..REQUESTS {
            request().await;
        }
        // Asking for the number is one as well.
        assert_eq!(redis.reads().await - before - 1, REQUESTS);
    }
}
