//! The demo's settings, from variables of the environment.
//!
//! A variable that cannot work, or that names something the demo cannot do yet, is an error; none
//! is ignored.

mod authentication;
mod client;
mod error;
mod listen;
mod nearest;
mod not_yet;
mod provider;
mod secret;
mod session_store;
mod variables;

#[cfg(test)]
pub(crate) mod test_settings;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, time::Duration};

use oidc_login::SilentLogin;

#[cfg(test)]
pub(crate) use self::listen::Bind;
pub(crate) use self::{
    authentication::{Authentication, Credential},
    client::Client,
    error::SettingsError,
    listen::Listen,
    provider::Provider,
    secret::Secret,
    session_store::SessionStore,
};
use self::{
    provider::{WEB_ADDRESS, web_address},
    variables::Variables,
};

/// Everything the demo can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) listen: Listen,
    /// As written: a provider compares the address after a logout letter by letter.
    pub(crate) root_url: String,
    pub(crate) provider: Provider,
    pub(crate) client: Client,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) trusted_proxies: Vec<String>,
    pub(crate) session_secret: Option<Secret>,
    pub(crate) session_store: SessionStore,
    /// How long a login is served without asking the store.
    pub(crate) login_cache_time: Duration,
    /// What `/api/downstream` calls; the demo's own service where it is not set.
    pub(crate) resource_url: Option<String>,
    /// The values of `acr` with which `/strong` opens.
    pub(crate) strong_acr: Vec<String>,
    /// Whether visitors are signed in where the provider knows them.
    pub(crate) silent_login: SilentLogin,
}

impl Settings {
    /// Reads the variables; those that are not the demo's are left alone.
    pub(crate) fn from(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let variables = Variables::new(variables)?;
        not_yet::refuse(&variables)?;

        let listen = Listen::new(&variables)?;
        let root_url = variables
            .parsed("OIDC_ROOT_URL", WEB_ADDRESS, |text| {
                web_address(text).map(|_| text.to_owned())
            })?
            .unwrap_or_else(|| format!("http://localhost:{}/", listen.port));
        Ok(Self {
            listen,
            provider: Provider::new(&variables, listen, &root_url)?,
            root_url,
            client: Client::new(&variables)?,
            ca_file: variables.text("OIDC_CA_FILE").map(PathBuf::from),
            trusted_proxies: variables.list("OIDC_TRUSTED_PROXIES").unwrap_or_default(),
            session_secret: variables.text("OIDC_SESSION_SECRET").map(Secret::new),
            session_store: SessionStore::new(&variables)?,
            login_cache_time: session_store::login_cache_time(&variables)?,
            resource_url: variables.parsed("OIDC_RESOURCE_URL", WEB_ADDRESS, |text| {
                web_address(text).map(|url| url.to_string())
            })?,
            strong_acr: variables
                .list("OIDC_STRONG_ACR")
                .unwrap_or_else(|| vec!["2".to_owned()]),
            silent_login: silent_login(&variables)?,
        })
    }

    /// The variables of this process.
    pub(crate) fn from_environment() -> Result<Self, SettingsError> {
        Self::from(std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            Some((name, value.to_string_lossy().into_owned()))
        }))
    }
}

fn silent_login(variables: &Variables) -> Result<SilentLogin, SettingsError> {
    let parsed = variables.parsed("OIDC_SILENT_LOGIN", "on or off", |text| match text {
        "on" => Some(SilentLogin::OnVisits),
        "off" => Some(SilentLogin::Off),
        _ => None,
    })?;
    Ok(parsed.unwrap_or_default())
}
