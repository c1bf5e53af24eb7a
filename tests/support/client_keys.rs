//! Private keys of clients.

macro_rules! testdata {
    ($name:literal) => {
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../crates/oidc-login-core/src/protocol/client_key/testdata/",
            $name
        )
    };
}

/// Files with keys for `RS256`, `ES256` and `EdDSA`.
pub const CLIENT_KEYS: [&str; 3] = [
    testdata!("rsa.pkcs8.pem"),
    testdata!("p256.pkcs8.pem"),
    testdata!("ed25519.jwk.json"),
];
