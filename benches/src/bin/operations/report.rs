//! What was counted, as a table.

use std::fmt;

use benches::Table;

use crate::callgrind::Counted;

/// The counts of every scenario.
pub(crate) struct Report(Vec<Counted>);

impl Report {
    pub(crate) fn new(counted: Vec<Counted>) -> Self {
        Self(counted)
    }

    /// Every scenario with the instructions that are ours: what it takes over its floor.
    pub(crate) fn own(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().filter_map(|counted| {
            if counted.floor.is_empty() {
                return Some((counted.name.as_str(), counted.instructions));
            }
            let floor = self.floor(counted)?;
            let own = counted.instructions.saturating_sub(floor);
            (counted.name != counted.floor).then_some((counted.name.as_str(), own))
        })
    }

    fn floor(&self, of: &Counted) -> Option<u64> {
        let floor = self.0.iter().find(|counted| counted.name == of.floor)?;
        Some(floor.instructions)
    }
}

impl fmt::Display for Report {
    #[allow(clippy::cast_precision_loss)] // of numbers of instructions
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new(["", "instructions", "over its floor", "× floor"]);
        for counted in &self.0 {
            let floor = self.floor(counted);
            let (over, ratio) = match floor {
                Some(floor) => (
                    counted.instructions.cast_signed() - floor.cast_signed(),
                    counted.instructions as f64 / floor as f64,
                ),
                None => (0, 1.0),
            };
            let [over, ratio] = match floor {
                Some(_) => [format!("{over:+}"), format!("{ratio:.3}")],
                None => [String::new(), String::new()],
            };
            let count = counted.instructions.to_string();
            table.row([counted.name.clone(), count, over, ratio]);
        }
        table.fmt(f)
    }
}
