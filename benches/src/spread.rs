//! Several figures of one thing.

/// The middle and the ends of several figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The smallest.
    pub least: f64,
    /// The one in the middle; of an even number, the mean of the two there.
    pub median: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// The spread of these; `None` without any.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (first, last) = (*sorted.first()?, *sorted.last()?);
        let half = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[half - 1], sorted[half])
        } else {
            sorted[half]
        };
        Some(Self {
            least: first,
            median,
            most: last,
        })
    }

    /// As `median (least–most)`.
    pub fn show(&self, decimals: usize) -> String {
        let Self {
            least,
            median,
            most,
        } = self;
        format!("{median:.decimals$} ({least:.decimals$}–{most:.decimals$})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_ends() {
        for (name, figures, expected) in [
            ("none", &[][..], None),
            ("one", &[2.0], Some("2.0 (2.0–2.0)")),
            ("odd", &[3.0, 1.0, 2.0], Some("2.0 (1.0–3.0)")),
            ("even", &[4.0, 1.0, 2.0, 3.0], Some("2.5 (1.0–4.0)")),
        ] {
            let shown = Spread::of(figures.iter().copied()).map(|spread| spread.show(1));
            assert_eq!(shown.as_deref(), expected, "{name}");
        }
    }
}
