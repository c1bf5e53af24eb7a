//! What axum handlers take as arguments.

mod access_token;
mod claims;
mod oidc;
mod rejection;
mod same_origin;

pub use access_token::AccessToken;
pub use claims::Claims;
pub use oidc::Oidc;
pub use rejection::Rejection;
pub use same_origin::SameOrigin;

use std::sync::Arc;

use http::request::Parts;
use oidc_login_core::RequestContext;

fn context(parts: &Parts) -> Result<&Arc<RequestContext>, Rejection> {
    let context = parts.extensions.get();
    context.ok_or_else(Rejection::layer_missing)
}
