//! The store and its settings.

use std::{sync::Arc, time::Duration};

use oidc_login_core::{
    seams::{Clock, Random as _, SystemRandom},
    session::StoreError,
};
use redis::{
    Client, IntoConnectionInfo as _, ProtocolVersion, Script, ScriptInvocation, TlsCertificates,
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use time::OffsetDateTime;

use crate::{
    connection::Connection,
    error::{Failure, RedisConfigError},
};

/// Keeps logins, and the app's values, in Redis. Cheap to clone; all clones share a connection.
///
/// See the [crate's documentation](crate) for what it guarantees.
#[derive(Clone)]
pub struct RedisStore(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) connection: Connection,
    prefix: String,
    clock: Option<Arc<dyn Clock>>,
}

/// Settings of a [`RedisStore`].
#[must_use]
pub struct RedisStoreBuilder {
    url: String,
    prefix: String,
    timeout: Duration,
    max_waiting: usize,
    root_certificate: Option<Vec<u8>>,
    clock: Option<Arc<dyn Clock>>,
}

impl RedisStore {
    /// A store with its defaults at `redis://[user:password@]host[:port][/database]`, or
    /// `rediss://…` for TLS. Connects when it is first used, so an app starts while Redis is down.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(url: impl Into<String>) -> Result<Self, RedisConfigError> {
        Self::builder(url).build()
    }

    /// Settings to fill in; every one has a default.
    pub fn builder(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder {
            url: url.into(),
            prefix: "oidc-login:".to_owned(),
            timeout: Duration::from_secs(2),
            max_waiting: 1024,
            root_certificate: None,
            clock: None,
        }
    }

    /// Asks the server for a sign of life, for a readiness check.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let call =
            async |mut connection| redis::cmd("PING").query_async::<()>(&mut connection).await;
        Ok(self.0.connection.call(call).await?)
    }
}

impl RedisStoreBuilder {
    /// What all keys begin with. Default: `oidc-login:`. Apps with one prefix share their sessions.
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long a call may take, connecting included. Default: 2 seconds. A call that takes longer
    /// is an error, never an anonymous visitor.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many calls may wait for an answer; one more is an error at once. Default: 1024.
    pub fn max_waiting(mut self, calls: usize) -> Self {
        self.max_waiting = calls;
        self
    }

    /// The certificate of the server's authority, in PEM, instead of the platform's.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificate = Some(pem.into());
        self
    }

    /// Another clock, for tests. Default: the server's, so that nodes whose clocks differ agree on
    /// what has ended.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Checks the settings; connects to nothing.
    ///
    /// For `rediss://` it makes aws-lc-rs the process's TLS provider, unless the app chose one.
    ///
    /// # Errors
    /// When the address or the certificate cannot be read.
    pub fn build(self) -> Result<RedisStore, RedisConfigError> {
        let address = self.url.as_str();
        let info = address
            .into_connection_info()
            .map_err(|_| RedisConfigError::Url)?;
        // Only RESP3 tells at once that a connection has ended.
        let settings = info.redis_settings().clone();
        let info = info.set_redis_settings(settings.set_protocol(ProtocolVersion::RESP3));
        // Two TLS providers in one binary, and none chosen, is a panic in rustls.
        let is_tls = matches!(info.addr(), redis::ConnectionAddr::TcpTls { .. });
        if is_tls && rustls::crypto::CryptoProvider::get_default().is_none() {
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        }
        let client = match self.root_certificate {
            Some(pem) => {
                let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
                if found.is_ok_and(|found| found.is_empty()) {
                    return Err(RedisConfigError::RootCertificate);
                }
                let root_cert = Some(pem);
                let certificates = TlsCertificates {
                    client_tls: None,
                    root_cert,
                };
                Client::build_with_tls(info, certificates)
                    .map_err(|_| RedisConfigError::RootCertificate)?
            }
            None => Client::open(info).map_err(|_| RedisConfigError::Url)?,
        };
        Ok(RedisStore(Arc::new(Inner {
            connection: Connection::new(client, self.timeout, self.max_waiting),
            prefix: self.prefix,
            clock: self.clock,
        })))
    }
}

impl Inner {
    /// A key of one kind.
    pub(crate) fn key(&self, kind: &str, id: &[u8]) -> String {
        use std::fmt::Write as _;
        let mut key = format!("{}{kind}:", self.prefix);
        for byte in id {
            let _ = write!(key, "{byte:02x}");
        }
        key
    }

    /// A script on a key, with the time as its first argument.
    pub(crate) fn on<'a>(&self, script: &'a Script, key: String) -> ScriptInvocation<'a> {
        let now = self.clock.as_ref().map(|clock| milliseconds(clock.now()));
        let mut invocation = script.key(key);
        invocation.arg(now.map(|now| now.to_string()).unwrap_or_default());
        invocation
    }

    /// One script on one key.
    pub(crate) async fn run<T: redis::FromRedisValue>(
        &self,
        invocation: &ScriptInvocation<'_>,
    ) -> Result<T, Failure> {
        let call = async |mut connection| invocation.invoke_async(&mut connection).await;
        self.connection.call(call).await
    }
}

pub(crate) fn milliseconds(time: OffsetDateTime) -> i128 {
    time.unix_timestamp_nanos() / 1_000_000
}

pub(crate) fn at(milliseconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// A number nobody had before, for versions and leases: a counter would repeat itself after a
/// server lost its latest writes.
pub(crate) fn fresh_number() -> u64 {
    let mut bytes = [0; 8];
    SystemRandom.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

impl std::fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.0.prefix)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for RedisStoreBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisStoreBuilder")
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .field("max_waiting", &self.max_waiting)
            .finish_non_exhaustive()
    }
}
