//! Callbacks and bare signature checks, timed in turn.

use std::time::Duration;

use axum::{Router, body::Body};
use benches::{BareSignature, ProcessorTime, new_session};
use http::{Request, Response};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::ready::Ready;

/// What one of each took in one round, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) callback: f64,
    pub(crate) signature: f64,
}

/// Times one round: some callbacks, and then the checks of the same ID tokens' signatures.
pub(crate) fn round(runtime: &Runtime, ready: Ready) -> Round {
    let Ready { app, first, logins } = ready;
    let times = f64::from(u32::try_from(logins.len()).unwrap_or(u32::MAX));
    let each = |time: Duration| time.as_secs_f64() * 1e6 / times;
    let (callbacks, signatures): (Vec<_>, Vec<_>) = logins
        .into_iter()
        .map(|login| (login.callback, login.signature))
        .unzip();
    let answer = |callback| call(runtime, &app, callback);
    new_session(&answer(first.callback));
    let mut answers = Vec::with_capacity(callbacks.len());
    let start = ProcessorTime::now();
    answers.extend(callbacks.into_iter().map(answer));
    let callback = start.elapsed();
    for answer in &answers {
        new_session(answer);
    }
    first.signature.check();
    let start = ProcessorTime::now();
    signatures.iter().for_each(BareSignature::check);
    let signature = start.elapsed();
    Round {
        callback: each(callback),
        signature: each(signature),
    }
}

fn call(runtime: &Runtime, app: &Router, request: Request<Body>) -> Response<Body> {
    let Ok(answer) = runtime.block_on(app.clone().oneshot(request));
    answer
}
