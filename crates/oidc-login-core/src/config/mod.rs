//! What the provider's console asks for, as types that cannot be wrong.

mod background_refresh;
mod client;
mod client_authentication;
mod client_builder;
mod client_keys;
mod client_secret;
mod credential_source;
mod endpoints;
#[cfg(test)]
mod hostile_urls;
mod lifetimes;
mod logout;
mod pattern_error;
mod pattern_warning;
mod post_logout_redirect_uris;
mod provider;
mod provider_endpoints;
mod pushed_authorization_requests;
mod redirect_uris;
mod refused;
mod return_to;
mod root_url;
mod shown_url;
mod silent_login;
mod store_entries;
mod store_failure;
#[cfg(test)]
mod test_folder;
#[cfg(test)]
mod test_urls;
mod trusted_proxies;
mod uri_part;
mod uri_pattern;
mod url_defect;
mod url_path;
mod userinfo;
mod web_url;

pub use background_refresh::BackgroundRefresh;
pub(crate) use client::OWN_PARAMETERS;
pub use client::{AccessTokenRoles, ClientConfig, RedirectUri, ResponseMode};
pub use client_authentication::{AssertionAudience, ClientAuthentication, HmacAlgorithm};
pub use client_builder::{ClientConfigBuilder, Dangerous};
pub use client_keys::ClientKeys;
pub use client_secret::ClientSecret;
pub use endpoints::{Endpoint, Endpoints};
pub use lifetimes::Lifetimes;
pub use logout::{FrontchannelLogout, TokenRevocation};
pub use pattern_error::{PatternError, PatternErrorKind};
pub use pattern_warning::PatternWarning;
pub use post_logout_redirect_uris::ValidPostLogoutRedirectUris;
pub use provider::{DangerousProvider, ProviderConfig, ProviderConfigBuilder};
pub(crate) use provider_endpoints::MetadataSource;
pub use pushed_authorization_requests::PushedAuthorizationRequests;
pub use redirect_uris::ValidRedirectUris;
pub use refused::{Nearest, Refused};
pub use return_to::{ReturnTo, ReturnToError};
pub use root_url::{RootUrl, RootUrlError, RootUrlErrorKind};
pub use silent_login::SilentLogin;
pub use store_entries::StoreEntries;
pub use store_failure::StoreFailure;
pub use trusted_proxies::{ForwardedFamily, TrustedProxies};
pub use uri_part::UriPart;
pub use url_defect::UrlDefect;
pub use userinfo::UserInfo;
pub use web_url::WebUrl;
