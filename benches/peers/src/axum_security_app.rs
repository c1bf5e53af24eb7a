//! axum-security, with its store in memory.

use axum::{
    Router,
    response::{IntoResponse, Redirect},
    routing::get,
};
use axum_security::{
    cookie::{CookieContext, CookieSession, MemStore},
    oidc::{AfterLoginCookies, OidcContext, OidcExt as _, OidcHandler, OidcTokenResponse},
};
use benches::side_by_side::Failure;

use crate::stage::{CLIENT_ID, CLIENT_SECRET, Stage};

/// What the app keeps of the claims is its own choice.
#[derive(Clone)]
struct User {
    name: String,
}

struct Login(CookieContext<User>);

impl OidcHandler for Login {
    async fn after_login(
        &self,
        tokens: OidcTokenResponse<'_>,
        cookies: &mut AfterLoginCookies<'_>,
    ) -> impl IntoResponse {
        let name = tokens.claims.preferred_username.unwrap_or("stranger");
        let user = User {
            name: name.to_owned(),
        };
        let session = self.0.create_session(user).await;
        cookies.add(session.expect("a store in memory"));
        Redirect::to("/hello")
    }
}

pub(crate) async fn app(stage: &Stage) -> Result<Router, Failure> {
    // Two libraries of this program ask jsonwebtoken for different backends: without a choice, it
    // panics. Another choice before is as good.
    let _chosen = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let cookies = CookieContext::builder()
        .dev_cookie(|cookie| cookie.name("session").path("/"))
        .use_dev_cookie(true)
        .store(MemStore::new())
        .build::<User>();
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
        .route("/hello", get(hello))
        .layer(cookies)
        .with_oidc(oidc))
}

async fn hello(session: CookieSession<User>) -> String {
    format!("hello {}", session.state.name)
}
