//! oidc-login
