//! How many marks a store takes for logouts that nobody signed.

use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

/// So many marks a minute. Each is kept for an hour, so a flood of them comes to 36,000.
const A_MINUTE: u32 = 600;
const MINUTE: i64 = 60;

/// A number of marks for each minute, for whoever comes first.
#[derive(Debug, Default)]
pub(crate) struct MarkBudget(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    taken: u32,
}

impl MarkBudget {
    /// Whether one more mark may be left now.
    pub(crate) fn take(&self, now: OffsetDateTime) -> bool {
        let number = now.unix_timestamp().div_euclid(MINUTE);
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back begins a minute as well.
        if minute.number != number {
            *minute = Minute { number, taken: 0 };
        }
        let has_room = minute.taken < A_MINUTE;
        minute.taken += u32::from(has_room);
        has_room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_minute_has_its_own_whatever_the_clock_does() {
        let budget = MarkBudget::default();
        for (second, asked, taken) in [
            (0, 1, 1),
            (59, 2 * A_MINUTE, A_MINUTE - 1),
            (60, 2 * A_MINUTE, A_MINUTE),
            (61, 1, 0),
            (-1, 2 * A_MINUTE, A_MINUTE),
            (60, 1, 1),
        ] {
            let now = OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(second);
            let got = (0..asked).filter(|_| budget.take(now)).count();
            assert_eq!(got, taken as usize, "at {second}");
        }
    }
}
