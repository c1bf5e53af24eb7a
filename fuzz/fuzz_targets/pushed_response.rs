//! The answer to a pushed request.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oidc_login_core::fuzzing::pushed_response(data));
