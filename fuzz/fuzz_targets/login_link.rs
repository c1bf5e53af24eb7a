//! The sealed part of a sign-in link.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oidc_login_core::fuzzing::login_link(data));
