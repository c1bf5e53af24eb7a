//! The Flask tutorial's app in Rust: `/` is open, `/secure` is behind login.
mod banner;
mod client;
mod embedded;
mod explained;
mod listen;
mod pages;
mod serve;
mod settings;
fn main() {}
