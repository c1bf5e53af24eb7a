//! One file per endpoint: load, decide, store, answer.

mod access;
mod app_session;
mod app_values;
mod backchannel_logout;
mod background_refresh;
mod callback;
mod client_address;
mod client_proof;
mod context;
mod counted;
mod cycle_id;
mod end_by;
mod end_session;
mod exchange;
mod finish;
mod flights;
mod forwarded;
mod frontchannel_logout;
mod handover;
mod host;
mod initiate;
mod jwks;
mod layout;
mod lease;
mod login;
mod login_loop;
mod login_parameters;
mod logout;
mod lost_login;
mod missing_cookies;
mod navigation;
mod outcome;
mod posted_answer;
mod refresh;
mod refresh_flights;
mod refresh_save;
mod refresh_task;
mod refreshed_login;
mod refused_login;
mod request_login;
mod respond;
mod revoke;
mod same_origin;
mod serve;
mod session;
mod session_end;
mod session_keys;
mod settle_values;
mod sign_out;
mod silent_login;
mod store_failure;
mod user_claims;
mod user_sessions;
mod userinfo;
mod verify;

#[cfg(feature = "fuzz")]
pub(crate) use {
    client_address::client_address, host::RequestOrigin,
    posted_answer::PARAMETERS as ANSWER_PARAMETERS,
};

pub use access::{Admitted, Policy};
pub(crate) use client_proof::ToldMethod;
pub use context::RequestContext;
pub(crate) use flights::CallbackFlights;
pub(crate) use layout::LayoutCheck;
pub(crate) use refresh_flights::RefreshFlights;
pub use respond::{DetailSetting, plain_error};
pub use serve::MAX_BODY;
pub use session_keys::{CLAIMS_KEY, SessionClaims};
