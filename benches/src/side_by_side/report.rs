//! What was measured, as a table.

use std::{fmt, time::Duration};

use super::{App, load::Load};
use crate::{Plot, Spread, Table};

/// The figures of every app, by round.
pub(super) struct Report<A>(Vec<(A, Vec<Figures>)>);

#[derive(Clone, Copy)]
struct Figures {
    requests_per_second: f64,
    cpu_microseconds: Option<f64>,
}

impl<A: App> Report<A> {
    pub(super) fn new(apps: &[A]) -> Self {
        Self(apps.iter().map(|app| (*app, Vec::new())).collect())
    }

    /// Adds a bar for each app that is not its own floor.
    pub(super) fn plot(&self, plot: &mut Plot) {
        for (app, rounds) in &self.0 {
            let ratio = Spread::of(self.cpu_ratios(*app, rounds));
            if let Some(ratio) = ratio.filter(|_| app.floor() != *app) {
                plot.bar(app.name(), ratio);
            }
        }
    }

    /// What of the no-op layer's throughput is left, in each round.
    fn cpu_ratios(&self, app: A, rounds: &[Figures]) -> impl Iterator<Item = f64> {
        let pairs = rounds.iter().zip(self.rounds(app.floor()));
        pairs.filter_map(|(own, floor)| Some(floor.cpu_microseconds? / own.cpu_microseconds?))
    }

    #[allow(clippy::cast_precision_loss)] // of numbers of requests
    pub(super) fn add(&mut self, app: A, load: &Load, cpu_time: Option<Duration>) {
        let requests = load.requests as f64;
        let figures = Figures {
            requests_per_second: requests / load.time.as_secs_f64(),
            cpu_microseconds: cpu_time.map(|time| time.as_secs_f64() * 1e6 / requests),
        };
        let rounds = self.0.iter_mut().find(|(known, _)| *known == app);
        rounds.expect("a row for each app").1.push(figures);
    }

    fn rounds(&self, of: A) -> &[Figures] {
        let row = self.0.iter().find(|(app, _)| *app == of);
        row.map_or(&[], |(_, rounds)| rounds)
    }
}

impl<A: App> fmt::Display for Report<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut headings = [
            "GET /hello",
            "requests/s",
            "÷ no-op layer",
            "CPU µs/request",
            "no-op layer's CPU ÷",
        ]
        .map(str::to_owned)
        .to_vec();
        if let Some(standard) = A::compared_with() {
            let name = standard.name();
            headings.extend([
                format!("{name}'s requests/s ÷ these"),
                format!("CPU ÷ {name}'s"),
            ]);
        }
        let mut table = Table::new(headings);
        for (app, rounds) in &self.0 {
            let with = |other: A| rounds.iter().zip(self.rounds(other));
            let floor = || with(app.floor());
            let mut cells = vec![
                app.name().to_owned(),
                show(rounds.iter().map(|own| own.requests_per_second), 0),
                show(
                    floor().map(|(own, floor)| own.requests_per_second / floor.requests_per_second),
                    3,
                ),
                show(rounds.iter().filter_map(|own| own.cpu_microseconds), 2),
                show(self.cpu_ratios(*app, rounds), 3),
            ];
            if let Some(standard) = A::compared_with() {
                cells.extend([
                    show(
                        with(standard).map(|(own, other)| {
                            other.requests_per_second / own.requests_per_second
                        }),
                        2,
                    ),
                    show(
                        with(standard).filter_map(|(own, other)| {
                            Some(own.cpu_microseconds? / other.cpu_microseconds?)
                        }),
                        2,
                    ),
                ]);
            }
            table.row(cells);
        }
        write!(
            f,
            "Median of the rounds (and where half of them lie).\n\n{table}"
        )
    }
}

/// The instructions of one request of every app.
pub(super) struct Counts<A>(Vec<Counted<A>>);

pub(super) struct Counted<A> {
    pub(super) app: A,
    pub(super) instructions: u64,
}

impl<A: App> Counts<A> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn add(&mut self, counted: Counted<A>) {
        self.0.push(counted);
    }

    #[allow(clippy::cast_precision_loss)] // of some millions
    fn ratio(&self, of: &Counted<A>, to: A) -> String {
        let other = self.0.iter().find(|counted| counted.app == to);
        other.map_or_else(String::new, |other| {
            format!("{:.2}", of.instructions as f64 / other.instructions as f64)
        })
    }
}

impl<A: App> fmt::Display for Counts<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut headings = ["GET /hello", "instructions", "÷ no-op layer"]
            .map(str::to_owned)
            .to_vec();
        headings.extend(A::compared_with().map(|standard| format!("÷ {}", standard.name())));
        let mut table = Table::new(headings);
        for counted in &self.0 {
            let mut cells = vec![
                counted.app.name().to_owned(),
                counted.instructions.to_string(),
                self.ratio(counted, counted.app.floor()),
            ];
            cells.extend(A::compared_with().map(|standard| self.ratio(counted, standard)));
            table.row(cells);
        }
        table.fmt(f)
    }
}

fn show(figures: impl Iterator<Item = f64>, decimals: usize) -> String {
    Spread::of(figures).map_or_else(|| "–".to_owned(), |spread| spread.show(decimals))
}
