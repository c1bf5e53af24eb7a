//! Whole flows in one process: a browser with a cookie jar, a clock moved by hand, no sockets.

mod again;
mod callback;
mod discovery;
mod error_answer;
mod id_token;
mod return_to;
mod state;
mod tabs;
mod token_endpoint;
mod tutorial;
