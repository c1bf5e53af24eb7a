//! Where to go after a login.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oidc_login_core::fuzzing::return_to(data));
