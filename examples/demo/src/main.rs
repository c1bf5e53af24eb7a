//! The Flask tutorial's app in Rust: `/` is open, `/secure` is behind login.
//!
//! What is worth copying stands in `app.rs`; the rest reads settings and draws pages.

mod app;
mod banner;
mod client;
mod embedded;
mod explained;
mod health;
mod listen;
mod pages;
mod resource;
mod serve;
mod services;
mod settings;

use std::{
    error::Error,
    io::{self, IsTerminal as _},
    process::ExitCode,
};

use oidc_login::OidcLayer;
use tracing_subscriber::EnvFilter;

use crate::{
    app::App,
    banner::Banner,
    explained::Explained,
    settings::{Provider, Settings},
};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", Explained(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_environment()?;
    log(&settings.provider);
    let relying_party = client::relying_party(&settings)?;
    let listeners = listen::listen(settings.listen).await?;
    // Held until the end: it stops when it is dropped.
    let embedded = match settings.provider {
        Provider::Embedded { .. } => Some(embedded::start(&settings).await?),
        Provider::Issuer(_) => None,
    };
    let users_are_known = embedded.is_some();
    let services = client::services(&settings, &relying_party).await?;
    let state = App {
        users_are_known,
        strong_acr: settings.strong_acr.clone(),
        services,
    };
    let app = app::app(OidcLayer::new(relying_party), state);
    println!("{}", Banner(&settings));
    serve::serve(listeners, app).await?;
    Ok(())
}

/// `RUST_LOG` decides; without it, what the banner says of the embedded provider is not said again.
fn log(provider: &Provider) {
    let default = match provider {
        Provider::Embedded { .. } => {
            "info,oidc_login_core::config=error,oidc_login_dev_provider=error"
        }
        Provider::Issuer(_) => "info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
}
