//! The provider's answer as a form.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oidc_login_core::fuzzing::posted_answer(data));
