//! axum-security, with its store in memory. What the app keeps of the claims is its own choice.

use axum::{
    Router,
    response::{IntoResponse, Redirect},
    routing::get,
};
use axum_security::{
    cookie::{CookieContext, CookieSession, MemStore},
    oidc::{AfterLoginCookies, OidcContext, OidcExt as _, OidcHandler, OidcTokenResponse},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use benches::{Employee, side_by_side::Failure};

use crate::stage::{CLIENT_ID, CLIENT_SECRET, Stage};

/// What an app keeps of who signed in.
pub(crate) trait Kept: Clone + Send + Sync + 'static {
    fn of(tokens: &OidcTokenResponse<'_>) -> Self;

    fn name(&self) -> &str;
}

/// The name, and nothing else: the least there is.
#[derive(Clone)]
pub(crate) struct Name(String);

impl Kept for Name {
    fn of(tokens: &OidcTokenResponse<'_>) -> Self {
        Self(tokens.claims.preferred_username.expect("a name").to_owned())
    }

    fn name(&self) -> &str {
        &self.0
    }
}

/// The claims, as `Claims<Employee>` has them.
impl Kept for Employee {
    fn of(tokens: &OidcTokenResponse<'_>) -> Self {
        let claims = tokens.id_token.split('.').nth(1).expect("an ID token");
        let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
        serde_json::from_slice(&claims).expect("the claims of alice")
    }

    fn name(&self) -> &str {
        &self.preferred_username
    }
}

struct Login<K>(CookieContext<K>);

impl<K: Kept> OidcHandler for Login<K> {
    async fn after_login(
        &self,
        tokens: OidcTokenResponse<'_>,
        cookies: &mut AfterLoginCookies<'_>,
    ) -> impl IntoResponse {
        let session = self.0.create_session(K::of(&tokens)).await;
        cookies.add(session.expect("a store in memory"));
        Redirect::to("/hello")
    }
}

pub(crate) async fn app<K: Kept>(stage: &Stage) -> Result<Router, Failure> {
    // Two libraries of this program ask jsonwebtoken for different backends: without a choice, it
    // panics. Another choice before is as good.
    let _chosen = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let cookies = CookieContext::builder()
        .dev_cookie(|cookie| cookie.name("session").path("/"))
        .use_dev_cookie(true)
        .store(MemStore::new())
        .build::<K>();
    let oidc = OidcContext::discover("provider", &stage.issuer)
        .await?
        .client_id(CLIENT_ID)
        .client_secret(CLIENT_SECRET)
        .redirect_url(format!("{}/callback", stage.origin))
        .login_path("/login")
        .scopes(&["openid", "profile", "email"])
        .use_dev_cookies(true)
        .random_cookie_secret()
        .build(Login(cookies.clone()));
    Ok(Router::new()
        .route("/hello", get(hello::<K>))
        .layer(cookies)
        .with_oidc(oidc))
}

async fn hello<K: Kept>(session: CookieSession<K>) -> String {
    format!("hello {}", session.state.name())
}
