//! Whole flows in one process: a browser with a cookie jar, a clock moved by hand, no sockets.

mod again;
mod app_values;
mod callback;
mod cookies;
mod detail;
mod discovery;
mod endpoints;
mod error_answer;
mod fail_closed;
mod guards;
mod host;
mod http_client;
mod id_token;
mod lifetimes;
mod pages;
mod races;
mod return_to;
mod root_url;
mod sealed;
mod sessions;
mod signature;
mod state;
mod tabs;
mod token_endpoint;
mod tutorial;
