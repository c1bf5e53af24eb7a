//! A request of the provider's sign-out page.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oidc_login_core::fuzzing::frontchannel_logout(data));
