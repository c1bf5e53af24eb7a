//! The time that this thread had a processor.

use std::time::Duration;

/// A moment by the time that this thread has had a processor: unlike the time of day, it stands still
/// while others have it. Elsewhere than on Unix it is the time that has passed.
#[derive(Clone, Copy, Debug)]
pub struct ProcessorTime(Duration);

impl ProcessorTime {
    /// This moment.
    pub fn now() -> Self {
        Self(own_time())
    }

    /// How much of it has passed since.
    pub fn elapsed(self) -> Duration {
        own_time().saturating_sub(self.0)
    }
}

#[cfg(unix)]
fn own_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(not(unix))]
fn own_time() -> Duration {
    use std::{sync::OnceLock, time::Instant};

    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

#[cfg(all(test, unix))]
mod tests {
    use std::{hint::black_box, thread};

    use super::*;

    #[test]
    fn the_work_of_another_thread_is_not_in_it() {
        let work = || {
            let start = ProcessorTime::now();
            (0..10_000_000).for_each(|number| {
                black_box(number);
            });
            start.elapsed()
        };
        let start = ProcessorTime::now();
        let others = thread::spawn(work).join().unwrap();
        assert!(start.elapsed() < others);
    }
}
