//! Our client at the provider.

use oidc_login::{
    FrontchannelLogout, PushedAuthorizationRequests, ResponseMode, UserInfo,
    config::{AssertionAudience, RedirectUri},
    protocol::SigningAlgorithm,
};
use url::form_urlencoded;

use super::{
    authentication::{Authentication, assertion_audience},
    error::SettingsError,
    provider::web_address,
    variables::Variables,
};

/// The client, in the words of the provider's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) authentication: Authentication,
    pub(crate) assertion_audience: AssertionAudience,
    pub(crate) valid_redirect_uris: Vec<String>,
    pub(crate) valid_post_logout_redirect_uris: Vec<String>,
    pub(crate) redirect_uri: RedirectUri,
    pub(crate) scopes: Vec<String>,
    pub(crate) auth_params: Vec<(String, String)>,
    pub(crate) response_mode: ResponseMode,
    pub(crate) pushed_requests: PushedAuthorizationRequests,
    pub(crate) frontchannel_logout: FrontchannelLogout,
    pub(crate) id_token_signing_algs: Option<Vec<SigningAlgorithm>>,
    pub(crate) logout_token_signing_algs: Option<Vec<SigningAlgorithm>>,
    pub(crate) userinfo: UserInfo,
}

impl Client {
    pub(super) fn new(variables: &Variables) -> Result<Self, SettingsError> {
        let list = |name, default: &str| {
            variables
                .list(name)
                .unwrap_or_else(|| default.split(' ').map(str::to_owned).collect())
        };
        let authentication = Authentication::new(variables)?;
        Ok(Self {
            id: variables
                .text("OIDC_CLIENT_ID")
                .unwrap_or("flask-app")
                .to_owned(),
            assertion_audience: assertion_audience(variables, &authentication)?,
            authentication,
            valid_redirect_uris: list("OIDC_VALID_REDIRECT_URIS", "/*"),
            valid_post_logout_redirect_uris: list("OIDC_VALID_POST_LOGOUT_REDIRECT_URIS", "+"),
            redirect_uri: redirect_uri(variables)?,
            scopes: list("OIDC_SCOPES", "openid email profile"),
            auth_params: auth_params(variables)?,
            response_mode: response_mode(variables)?,
            pushed_requests: pushed_requests(variables)?,
            frontchannel_logout: frontchannel_logout(variables)?,
            id_token_signing_algs: signing_algs(variables, "OIDC_ID_TOKEN_SIGNING_ALGS")?,
            logout_token_signing_algs: signing_algs(variables, "OIDC_LOGOUT_TOKEN_SIGNING_ALGS")?,
            userinfo: userinfo(variables)?,
        })
    }
}

fn redirect_uri(variables: &Variables) -> Result<RedirectUri, SettingsError> {
    let allowed = "fixed, from-host, or an address on the root URL's origin";
    let parsed = variables.parsed("OIDC_REDIRECT_URI", allowed, |text| match text {
        "fixed" => Some(RedirectUri::Fixed),
        "from-host" => Some(RedirectUri::FromHost),
        uri => web_address(uri).map(|_| RedirectUri::Uri(uri.to_owned())),
    })?;
    Ok(parsed.unwrap_or_default())
}

/// Which parameters may be sent is the library's to say.
fn auth_params(variables: &Variables) -> Result<Vec<(String, String)>, SettingsError> {
    let allowed = "parameters as a query string (ui_locales=de&prompt=login)";
    let parsed = variables.parsed("OIDC_AUTH_PARAMS", allowed, |text| {
        let query = text.strip_prefix('?').unwrap_or(text);
        let params: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let is_whole = |(name, value): &(String, String)| !name.is_empty() && !value.is_empty();
        (params.iter().all(is_whole) && !params.is_empty()).then_some(params)
    })?;
    Ok(parsed.unwrap_or_default())
}

fn response_mode(variables: &Variables) -> Result<ResponseMode, SettingsError> {
    let allowed = "query or form_post";
    let parsed = variables.parsed("OIDC_RESPONSE_MODE", allowed, |text| match text {
        "query" => Some(ResponseMode::Query),
        "form_post" => Some(ResponseMode::FormPost),
        _ => None,
    })?;
    Ok(parsed.unwrap_or_default())
}

fn pushed_requests(variables: &Variables) -> Result<PushedAuthorizationRequests, SettingsError> {
    let allowed = "auto, required or never";
    let parsed = variables.parsed("OIDC_PAR", allowed, |text| match text {
        "auto" => Some(PushedAuthorizationRequests::Auto),
        "required" => Some(PushedAuthorizationRequests::Required),
        "never" => Some(PushedAuthorizationRequests::Never),
        _ => None,
    })?;
    Ok(parsed.unwrap_or_default())
}

fn userinfo(variables: &Variables) -> Result<UserInfo, SettingsError> {
    let allowed = "auto, always or off";
    let parsed = variables.parsed("OIDC_USERINFO", allowed, |text| match text {
        "auto" => Some(UserInfo::Auto),
        "always" => Some(UserInfo::Always),
        "off" => Some(UserInfo::Off),
        _ => None,
    })?;
    Ok(parsed.unwrap_or_default())
}

fn frontchannel_logout(variables: &Variables) -> Result<FrontchannelLogout, SettingsError> {
    let name = "OIDC_FRONTCHANNEL_LOGOUT";
    let parsed = variables.parsed(name, "on or off", |text| match text {
        "on" => Some(FrontchannelLogout::On),
        "off" => Some(FrontchannelLogout::Off),
        _ => None,
    })?;
    Ok(parsed.unwrap_or_default())
}

fn signing_algs(
    variables: &Variables,
    name: &'static str,
) -> Result<Option<Vec<SigningAlgorithm>>, SettingsError> {
    let names: Vec<_> = SigningAlgorithm::ALL
        .iter()
        .map(|one| one.as_str())
        .collect();
    let names = names.join(" ");
    let allowed = format!("a list out of {names}");
    variables.parsed(name, &allowed, |text| {
        text.split_whitespace()
            .map(|name| name.parse().ok())
            .collect()
    })
}
