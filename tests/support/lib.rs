//! Support for the whole-flow tests: a browser with a cookie jar, a clock moved by hand, and an app
//! and a provider in one process; and a real browser, real providers, and two nodes behind a proxy.

pub mod authority;
pub mod browser;
pub mod client_keys;
pub mod clock;
pub mod demo;
pub mod folder;
pub mod forward;
pub mod fresh_login;
pub mod hostile;
pub mod https;
pub mod keycloak;
pub mod log;
pub mod oidc_provider;
pub mod open_logins;
pub mod open_stores;
pub mod people;
pub mod redis;
pub mod round_robin;
mod server_process;
pub mod session_list;
pub mod steps;
pub mod store_tap;
pub mod stores;
pub mod tasks;
pub mod timer;
pub mod tokens;
pub mod user_agent;
pub mod visitor;
pub mod watched_store;
pub mod wire;
pub mod world;

use std::path::PathBuf;

/// Where screenshots and logs of a test run are kept: `test-output/` of the project.
pub(crate) fn output_folder() -> PathBuf {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../test-output"));
    std::fs::create_dir_all(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    folder
}

/// The snippets of the guide compile, with the stores that it names.
#[cfg(doctest)]
#[doc = include_str!("../../docs/sessions.md")]
struct SessionsGuide;
