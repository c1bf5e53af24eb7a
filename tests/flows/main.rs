//! Whole flows in one process: a browser with a cookie jar, a clock moved by hand, no sockets.

mod app_sessions;
mod app_values;
mod cache;
mod extractors;
mod fail_closed;
mod guards;
mod hang_up;
mod hooks;
mod layout;
mod lifetimes;
mod local_logout;
mod logout;
mod logout_targets;
mod races;
mod roles;
mod sessions;
mod testkit;
mod tutorial;
mod two_nodes;
mod who_am_i;
