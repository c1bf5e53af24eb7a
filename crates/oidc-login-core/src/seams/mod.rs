//! What the core is given: time, chance, tasks and a way to send a request.
//!
//! Each has a default, with the feature `tokio`, so most apps name none of them. Tests give a clock of
//! their own; an app on another runtime gives a [`Spawn`], a [`Timer`] and, as reqwest needs tokio, an
//! [`HttpClient`]. An [`Arc`](std::sync::Arc) of a seam is one as well.
//!
//! ```
//! # use oidc_login_core as oidc_login;
//! use std::{future::Future, pin::Pin, time::Duration};
//! use oidc_login::{RelyingParty, config::ClientConfig, seams::{Spawn, Timer}};
//! # mod executor {
//! #     pub(super) fn spawn(_: impl Future<Output = ()> + Send + 'static) {}
//! #     pub(super) async fn sleep(_: std::time::Duration) {}
//! # }
//!
//! struct OnExecutor;
//!
//! impl Spawn for OnExecutor {
//!     fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
//!         executor::spawn(task);
//!     }
//! }
//!
//! impl Timer for OnExecutor {
//!     fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
//!         Box::pin(executor::sleep(time))
//!     }
//! }
//!
//! # fn relying_party(client: ClientConfig) -> Result<RelyingParty, oidc_login::ConfigError> {
//! let relying_party = RelyingParty::builder(client)
//!     .spawn(OnExecutor)
//!     .timer(OnExecutor)
//!     .build()?;
//! # Ok(relying_party)
//! # }
//! ```

mod clock;
mod http_client;
mod random;
#[cfg(feature = "tokio")]
mod reqwest_client;
mod shared;
mod spawn;
mod timer;

pub use clock::{Clock, SystemClock};
pub use http_client::{HttpClient, HttpError, HttpErrorKind};
pub use random::{Random, SystemRandom};
pub(crate) use random::{fresh_bytes, fresh_token};
#[cfg(feature = "tokio")]
pub use reqwest_client::{ReqwestClient, ReqwestClientBuilder};
pub use spawn::Spawn;
pub(crate) use spawn::SpawnInSpan;
#[cfg(feature = "tokio")]
pub use spawn::TokioSpawn;
pub use timer::Timer;
#[cfg(feature = "tokio")]
pub use timer::TokioTimer;
pub(crate) use timer::within;
