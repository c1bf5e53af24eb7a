//! Whole flows in one process: a browser with a cookie jar, a clock moved by hand, no sockets.

mod app_values;
mod fail_closed;
mod guards;
mod lifetimes;
mod races;
mod sessions;
mod tutorial;
