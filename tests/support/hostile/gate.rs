//! Holds requests back, so that a test forces the order of things.

use tokio::sync::watch;

/// Requests wait at it until it is opened, or dropped.
#[derive(Debug)]
pub struct Gate {
    open: watch::Sender<bool>,
    arrivals: watch::Receiver<usize>,
}

#[derive(Clone)]
pub(super) struct Barrier {
    is_open: watch::Receiver<bool>,
    arrivals: watch::Sender<usize>,
}

pub(super) fn new() -> (Gate, Barrier) {
    let (open, is_open) = watch::channel(false);
    let (sender, arrivals) = watch::channel(0);
    let gate = Gate { open, arrivals };
    let barrier = Barrier {
        is_open,
        arrivals: sender,
    };
    (gate, barrier)
}

impl Gate {
    /// Waits until this many requests stand at the gate.
    pub async fn reached(&mut self, requests: usize) {
        let arrived = self.arrivals.wait_for(|arrived| *arrived >= requests).await;
        arrived.expect("the provider is still there");
    }

    /// Lets everybody through.
    pub fn open(&self) {
        self.open.send_replace(true);
    }
}

impl Barrier {
    pub(super) async fn pass(mut self) {
        self.arrivals.send_modify(|arrived| *arrived += 1);
        // A gate that is gone is open.
        let _ = self.is_open.wait_for(|is_open| *is_open).await;
    }
}
