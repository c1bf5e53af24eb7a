//! Where time and random bytes come from.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;

/// Where the provider reads the time.
pub(crate) type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// Where the provider gets its random bytes: codes, tokens, identifiers.
pub(crate) type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

pub(crate) fn system_clock() -> Clock {
    Arc::new(OffsetDateTime::now_utc)
}

pub(crate) fn system_random() -> Random {
    Arc::new(|bytes| {
        aws_lc_rs::rand::fill(bytes)
            .expect("aws-lc-rs aborts rather than run without a system source");
    })
}

/// 256 random bits as text that needs no escaping in a URL, a form or a cookie.
pub(crate) fn random_token(random: &Random) -> String {
    let mut bytes = [0; 32];
    random(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
