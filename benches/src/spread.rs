//! Several figures of one thing.

/// The middle of several figures, and where half of them lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// A quarter of the figures is below.
    pub lower: f64,
    /// The one in the middle.
    pub median: f64,
    /// A quarter of the figures is above.
    pub upper: f64,
}

impl Spread {
    /// The spread of these; `None` without any.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        Some(Self {
            lower: sorted[last / 4],
            median: sorted[last / 2],
            upper: sorted[last - last / 4],
        })
    }

    /// As `median (lower–upper)`.
    pub fn show(&self, decimals: usize) -> String {
        let Self {
            lower,
            median,
            upper,
        } = self;
        format!("{median:.decimals$} ({lower:.decimals$}–{upper:.decimals$})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_quarters() {
        for (name, figures, expected) in [
            ("none", &[][..], None),
            ("one", &[2.0], Some("2.0 (2.0–2.0)")),
            ("three", &[3.0, 1.0, 2.0], Some("2.0 (1.0–3.0)")),
            ("five", &[5.0, 1.0, 9.0, 2.0, 3.0], Some("3.0 (2.0–5.0)")),
        ] {
            let shown = Spread::of(figures.iter().copied()).map(|spread| spread.show(1));
            assert_eq!(shown.as_deref(), expected, "{name}");
        }
    }
}
