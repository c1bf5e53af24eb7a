//! Callbacks, the least of them, and bare signature checks, timed in turn.

use axum::{Router, body::Body};
use benches::{ProcessorTime, new_session};
use http::{Request, Response};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::ready::Ready;

/// What one of each took in one round, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) callback: f64,
    pub(crate) least: f64,
    pub(crate) signature: f64,
}

/// Times one round: some callbacks, the least that can be done with the same tokens, and the checks of
/// their signatures.
pub(crate) fn round(runtime: &Runtime, ready: Ready) -> Round {
    let Ready { app, first, logins } = ready;
    let times = f64::from(u32::try_from(logins.len()).unwrap_or(u32::MAX));
    let each = |start: ProcessorTime| start.elapsed().as_secs_f64() * 1e6 / times;
    let answer = |callback| call(runtime, &app, callback);
    let mut answers = Vec::with_capacity(logins.len());
    let (mut callbacks, mut tokens) = (Vec::new(), Vec::new());
    for login in logins {
        callbacks.push(login.callback);
        tokens.push((login.signature, login.least));
    }
    new_session(&answer(first.callback));
    let start = ProcessorTime::now();
    answers.extend(callbacks.into_iter().map(answer));
    let callback = each(start);
    for answer in &answers {
        new_session(answer);
    }
    first.least.sign_in();
    let start = ProcessorTime::now();
    let found: Vec<_> = tokens.iter().map(|(_, least)| least.sign_in()).collect();
    let least = each(start);
    drop(found);
    first.signature.check();
    let start = ProcessorTime::now();
    for (signature, _) in &tokens {
        signature.check();
    }
    let signature = each(start);
    Round {
        callback,
        least,
        signature,
    }
}

fn call(runtime: &Runtime, app: &Router, request: Request<Body>) -> Response<Body> {
    let Ok(answer) = runtime.block_on(app.clone().oneshot(request));
    answer
}
