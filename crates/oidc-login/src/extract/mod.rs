//! What axum handlers take as arguments.

mod access_token;
mod claims;
mod oidc;
mod rejection;

pub use access_token::AccessToken;
pub use claims::Claims;
pub use oidc::Oidc;
pub use rejection::Rejection;

use std::sync::Arc;

use http::request::Parts;
use oidc_login_core::RequestContext;

fn context(parts: &Parts) -> Result<Arc<RequestContext>, Rejection> {
    let context = parts.extensions.get::<Arc<RequestContext>>();
    context.cloned().ok_or_else(Rejection::layer_missing)
}
