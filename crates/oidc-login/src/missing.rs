//! A guard or an extractor without the layer fails closed and says why.

use http::Response;
use oidc_login_core::{LoginError, LoginErrorKind};

use crate::body::Body;

/// The answer of a route that asks for a login where no layer can say who it is.
pub(crate) fn layer_missing<B>() -> Response<Body<B>> {
    let error = LoginError::new(LoginErrorKind::LayerMissing);
    tracing::error!(
        code = error.code(),
        "{error}: {}",
        error.kind().what_to_do()
    );
    oidc_login_core::plain_error(error).map(Body::own)
}
