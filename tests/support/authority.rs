//! A certificate authority of the test run's own, and the certificates that it issues.

#![allow(
    clippy::missing_panics_doc,
    reason = "every function here panics when there is no certificate"
)]

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

use crate::folder::Folder;

const CA_FILE: &str = "ca.pem";

/// An authority that nobody trusts who was not told to. Its key is gone with it.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    folder: Folder,
}

impl Authority {
    /// A new one; all bear the same name, so that only their keys tell them apart.
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = params(&[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let name = "oidc-login tests";
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&key).expect("a certificate");
        let folder = Folder::new();
        folder.write(CA_FILE, &certificate.pem());
        Self {
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, key),
            folder,
        }
    }

    /// The file with its certificate, as it is told to a relying party.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path(CA_FILE)
    }

    /// What a server of these names shows: a certificate of its own, and the authority's.
    pub fn acceptor(&self, names: &[&str]) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let mut params = params(names);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &self.issuer);
        let certificate = certificate.expect("a certificate").der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS #8");
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate, self.certificate.clone()], key);
        TlsAcceptor::from(Arc::new(config.expect("a certificate with its key")))
    }

    /// A home folder where Chromium finds it among the authorities that its user trusts; `certutil` writes that down.
    pub fn home_that_trusts_it(&self) -> &Path {
        let database = self.folder.path(".pki/nssdb");
        std::fs::create_dir_all(&database).expect("a folder");
        let database = format!("sql:{}", database.display());
        let file = self.ca_file();
        let file = file.to_str().expect("a path in UTF-8");
        certutil(&["-d", &database, "-N", "--empty-password"]);
        certutil(&[
            "-d", &database, "-A", "-n", "tests", "-t", "C,,", "-i", file,
        ]);
        self.folder.root()
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    // Nobody moves the clock of a browser by hand.
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::days(1);
    params.not_after = now + Duration::days(2);
    params
}

fn certutil(arguments: &[&str]) {
    let done = Command::new("certutil").args(arguments).output();
    let done = done.expect("certutil is installed: scripts/install does it");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{arguments:?}: {said}");
}
