//! For an app's own tests: handlers with a user, without a provider.

use serde_json::Value;

use crate::OidcLayer;

/// A layer under which every request is made by a user with these claims.
///
/// What is missing is filled in: `iss` is `https://provider.test`, `sub` is `test-user`. Roles come
/// from where they come by default, `realm_access.roles` and `roles`.
///
/// ```
/// # use axum::{Router, body::Body, routing::get};
/// # use http::Request;
/// # use tower::ServiceExt as _;
/// use oidc_login::{Claims, test};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// async fn hello(claims: Claims) -> String {
///     format!("Hello, {}!", claims.name().unwrap_or_default())
/// }
///
/// let app = Router::new()
///     .route("/", get(hello))
///     .layer(test::signed_in(serde_json::json!({ "name": "Alice" })));
/// let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
/// assert_eq!(response.status(), 200);
/// # });
/// ```
///
/// # Panics
/// When the claims are no JSON object.
pub fn signed_in(claims: Value) -> OidcLayer {
    OidcLayer::new(oidc_login_core::testing::signed_in(claims))
}
