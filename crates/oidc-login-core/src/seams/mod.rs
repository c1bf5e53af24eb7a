//! What the core is given: time, chance, tasks and a way to send a request.

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
