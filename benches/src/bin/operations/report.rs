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
        let ours = self.0.iter().filter(|counted| counted.is_ours);
        ours.map(|counted| {
            let floor = self.floor(counted).unwrap_or_default();
            let own = counted.instructions.saturating_sub(floor);
            (counted.name.as_str(), own)
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
            let [over, ratio] = match self.floor(counted) {
                Some(floor) => [
                    format!(
                        "{:+}",
                        counted.instructions.cast_signed() - floor.cast_signed()
                    ),
                    format!("{:.3}", counted.instructions as f64 / floor as f64),
                ],
                None => [String::new(), String::new()],
            };
            let count = counted.instructions.to_string();
            table.row([counted.name.clone(), count, over, ratio]);
        }
        table.fmt(f)
    }
}
