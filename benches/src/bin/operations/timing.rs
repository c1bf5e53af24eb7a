//! How long each scenario takes, in turn, round after round.

use benches::{Spread, Table, time_of_ours};

use crate::{
    Failure,
    scenario::{self, Scenario},
};

/// Measures and prints; one round more than is asked for comes first, to warm up.
pub(crate) fn time(rounds: u32, only: &str) -> Result<(), Failure> {
    let mut measured: Vec<(Scenario, Vec<f64>)> = scenario::all(only)?
        .map(|scenario| (scenario, Vec::new()))
        .collect();
    for round in 0..=rounds {
        for (scenario, nanoseconds) in &mut measured {
            let (work, times) = (&mut scenario.work, scenario.times);
            let time = time_of_ours(&mut || work(times));
            if round > 0 {
                nanoseconds.push(time.as_secs_f64() * 1e9 / f64::from(times));
            }
        }
    }
    println!(
        "Median of the rounds (and where half of them lie).\n\n{}",
        table(&measured)
    );
    Ok(())
}

fn table(measured: &[(Scenario, Vec<f64>)]) -> Table {
    let mut table = Table::new(["", "ns", "× floor"]);
    for (scenario, nanoseconds) in measured {
        let floor = measured
            .iter()
            .find(|(other, _)| Some(&other.name) == scenario.floor.as_ref());
        let ratio = floor.and_then(|(_, floor)| {
            Spread::of(
                nanoseconds
                    .iter()
                    .zip(floor)
                    .map(|(own, floor)| own / floor),
            )
        });
        let time = Spread::of(nanoseconds.iter().copied());
        table.row([
            scenario.name.clone(),
            time.map_or_else(String::new, |time| time.show(0)),
            ratio.map_or_else(String::new, |ratio| ratio.show(2)),
        ]);
    }
    table
}
