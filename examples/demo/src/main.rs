//! The Flask tutorial's app in Rust: `/` is open, `/secure` is behind login.
mod settings;
fn main() {}
