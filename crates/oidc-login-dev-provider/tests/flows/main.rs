//! Whole flows through the router, with a browser that keeps cookies and a clock moved by hand.
#![allow(clippy::unwrap_used)]

mod authorization;
mod client_assertion;
mod client_authentication;
mod consent;
mod control;
mod end_session;
mod hosts;
mod pushed_requests;
mod refresh;
mod revocation;
mod second_factor;
mod sessions;
mod settings;
mod sign_in;
mod sign_in_without_page;
mod sockets;
mod support;
mod telling_apps;
mod token;
mod tokens;
mod userinfo;
