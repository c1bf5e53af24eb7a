//! What was measured, as a table.

use std::{fmt, time::Duration};

use benches::{Plot, Spread, Table, Variant};

use crate::load::Load;

/// The figures of every variant, by round.
pub(crate) struct Report(Vec<(Variant, Vec<Figures>)>);

#[derive(Clone, Copy)]
struct Figures {
    requests_per_second: f64,
    cpu_microseconds: Option<f64>,
}

impl Report {
    pub(crate) fn new(variants: impl Iterator<Item = Variant>) -> Self {
        Self(variants.map(|variant| (variant, Vec::new())).collect())
    }

    /// Adds a bar for each variant that is not its own floor.
    pub(crate) fn plot(&self, plot: &mut Plot) {
        for (variant, rounds) in &self.0 {
            let ratio = Spread::of(self.cpu_ratios(*variant, rounds));
            if let Some(ratio) = ratio.filter(|_| variant.floor() != *variant) {
                plot.bar(variant.name(), ratio);
            }
        }
    }

    /// What of the no-op layer's throughput is left, in each round.
    fn cpu_ratios(&self, variant: Variant, rounds: &[Figures]) -> impl Iterator<Item = f64> {
        let pairs = rounds.iter().zip(self.floor(variant));
        pairs.filter_map(|(own, floor)| Some(floor.cpu_microseconds? / own.cpu_microseconds?))
    }

    #[allow(clippy::cast_precision_loss)] // of numbers of requests
    pub(crate) fn add(&mut self, variant: Variant, load: &Load, cpu_time: Option<Duration>) {
        let requests = load.requests as f64;
        let figures = Figures {
            requests_per_second: requests / load.time.as_secs_f64(),
            cpu_microseconds: cpu_time.map(|time| time.as_secs_f64() * 1e6 / requests),
        };
        let rounds = self.0.iter_mut().find(|(known, _)| *known == variant);
        rounds.expect("a row for each variant").1.push(figures);
    }

    fn floor(&self, of: Variant) -> &[Figures] {
        let floor = self.0.iter().find(|(variant, _)| *variant == of.floor());
        floor.map_or(&[], |(_, rounds)| rounds)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new([
            "GET /hello",
            "requests/s",
            "÷ no-op layer",
            "CPU µs/request",
            "no-op layer's CPU ÷",
        ]);
        for (variant, rounds) in &self.0 {
            let pairs = || rounds.iter().zip(self.floor(*variant));
            table.row([
                variant.name().to_owned(),
                show(rounds.iter().map(|own| own.requests_per_second), 0),
                show(
                    pairs().map(|(own, floor)| own.requests_per_second / floor.requests_per_second),
                    3,
                ),
                show(rounds.iter().filter_map(|own| own.cpu_microseconds), 2),
                show(self.cpu_ratios(*variant, rounds), 3),
            ]);
        }
        write!(
            f,
            "Median of the rounds (and where half of them lie).\n\n{table}"
        )
    }
}

fn show(figures: impl Iterator<Item = f64>, decimals: usize) -> String {
    Spread::of(figures).map_or_else(|| "–".to_owned(), |spread| spread.show(decimals))
}
