//! What is compared.

use std::net::SocketAddr;

use axum::Router;
use benches::{
    Employee, Variant,
    side_by_side::{App, Failure},
};

use crate::{
    axum_oidc_app, axum_oidc_client_app,
    axum_security_app::{self, Name},
    stage::Stage,
};

/// One of the libraries, or what they are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// oidc-login, or no login library.
    Own(Variant),
    /// With the name in its sessions.
    AxumSecurity,
    /// With the claims in its sessions.
    AxumSecurityClaims,
    AxumOidcClient,
    AxumOidc,
}

impl App for Peer {
    fn all() -> Vec<Self> {
        vec![
            Self::Own(Variant::Plain),
            Self::Own(Variant::Boxing),
            Self::Own(Variant::Claims),
            Self::Own(Variant::OwnClaims),
            Self::Own(Variant::LoginsOnly),
            Self::Own(Variant::TowerSessions),
            Self::AxumSecurity,
            Self::AxumSecurityClaims,
            Self::AxumOidcClient,
            Self::AxumOidc,
        ]
    }

    fn compared_with() -> Option<Self> {
        Some(Self::Own(Variant::Claims))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Own(Variant::Claims) => "oidc-login",
            Self::Own(Variant::OwnClaims) => "oidc-login, Claims<T>",
            Self::Own(Variant::LoginsOnly) => "oidc-login, Claims, logins_only()",
            Self::Own(variant) => variant.name(),
            Self::AxumSecurity => "axum-security 0.0.2, a name kept",
            Self::AxumSecurityClaims => "axum-security 0.0.2, claims kept",
            Self::AxumOidcClient => "axum-oidc-client 0.7.0",
            Self::AxumOidc => "axum-oidc 1.0.0-dev-2",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Own(variant) => variant.id(),
            Self::AxumSecurity => "axum-security",
            Self::AxumSecurityClaims => "axum-security-claims",
            Self::AxumOidcClient => "axum-oidc-client",
            Self::AxumOidc => "axum-oidc",
        }
    }

    fn floor(self) -> Self {
        Self::Own(Variant::Boxing)
    }

    async fn app(
        self,
        address: SocketAddr,
        redis: Option<String>,
    ) -> Result<(Router, Option<String>), Failure> {
        if let Self::Own(variant) = self {
            return App::app(variant, address, redis).await;
        }
        let stage = Stage::open(address).await?;
        let (app, login) = match self {
            Self::AxumOidc => (axum_oidc_app::app(&stage).await?, "/hello"),
            Self::AxumOidcClient => (
                axum_oidc_client_app::app(&stage).await?,
                "/auth?redirect=/hello",
            ),
            Self::AxumSecurityClaims => {
                (axum_security_app::app::<Employee>(&stage).await?, "/login")
            }
            Self::AxumSecurity | Self::Own(_) => {
                (axum_security_app::app::<Name>(&stage).await?, "/login")
            }
        };
        let cookies = stage.sign_in(&app, login).await;
        Ok((app, Some(cookies)))
    }
}
