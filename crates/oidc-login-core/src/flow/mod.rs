//! One file per endpoint: load, decide, store, answer.

mod access;
mod app_values;
mod callback;
mod context;
mod exchange;
mod finish;
mod flights;
mod host;
mod layout;
mod login;
mod logout;
mod navigation;
mod respond;
mod serve;
mod session;

pub use access::{Admitted, Policy};
pub use app_values::{CLAIMS_KEY, SessionClaims};
pub use context::RequestContext;
pub(crate) use flights::CallbackFlights;
pub(crate) use layout::LayoutCheck;
pub use respond::{DetailSetting, plain_error};
pub use serve::MAX_BODY;
