//! Private keys in PEM.

use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};

use super::{CURVES, ClientKey, ClientKeyError, Pair};

pub(super) fn parse(text: &str) -> Result<ClientKey, ClientKeyError> {
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(ClientKeyError::Encrypted);
    }
    let der = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| ClientKeyError::NoKey)?;
    let pair = match &der {
        PrivateKeyDer::Pkcs1(der) => rsa(RsaKeyPair::from_der(der.secret_pkcs1_der())),
        PrivateKeyDer::Sec1(der) => elliptic(der.secret_sec1_der()),
        PrivateKeyDer::Pkcs8(der) => {
            let der = der.secret_pkcs8_der();
            rsa(RsaKeyPair::from_pkcs8(der))
                .or_else(|| elliptic(der))
                .or_else(|| {
                    Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
                        .ok()
                        .map(Pair::Ed)
                })
        }
        _ => None,
    };
    pair.map(ClientKey::new).ok_or(ClientKeyError::Unusable)
}

fn rsa(pair: Result<RsaKeyPair, aws_lc_rs::error::KeyRejected>) -> Option<Pair> {
    pair.ok().map(Pair::Rsa)
}

fn elliptic(der: &[u8]) -> Option<Pair> {
    CURVES.iter().find_map(|(_, curve)| {
        EcdsaKeyPair::from_private_key_der(curve, der)
            .ok()
            .map(Pair::Ec)
    })
}
