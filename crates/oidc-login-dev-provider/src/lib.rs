//! oidc-login-dev-provider
