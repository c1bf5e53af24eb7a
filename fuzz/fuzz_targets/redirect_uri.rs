//! Redirect URIs and their patterns.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oidc_login_core::fuzzing::redirect_uri(data));
