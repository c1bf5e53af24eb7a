//! Whole flows in one process: a browser with a cookie jar, a clock moved by hand, no sockets.

mod again;
mod tutorial;
