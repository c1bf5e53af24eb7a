//! What axum handlers take as arguments.

mod claims;
mod oidc;
mod rejection;
mod same_origin;

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
