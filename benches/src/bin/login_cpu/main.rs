//! The processor's time of a login's callback, beside that of the check of its ID token's signature.
//!
//! The logins are made ready before: browsers at the callback, and the token endpoint's answers. What is
//! timed is then the app's own work and nothing of the provider's; some callbacks in a row, the least that
//! can be done with the same tokens, the bare checks of their signatures, and again.

mod arguments;
mod ready;
mod timing;

use std::{error::Error, process::ExitCode};

use arguments::Arguments;
use benches::{OneClient, Spread, Table};
use oidc_login_dev_provider::SigningKeys;
use ready::Ready;
use tokio::runtime::Builder;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let done = Arguments::parse(std::env::args().skip(1)).and_then(|arguments| run(&arguments));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let keys = SigningKeys::generate()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut table = Table::new([
        "",
        "callback, µs",
        "least possible, µs",
        "signature check, µs",
        "callback × signature check",
        "least × signature check",
    ]);
    for (name, client) in [("RS256", OneClient::Rs256), ("ES256", OneClient::Es256)] {
        let ready = || Ready::new(&runtime, client, keys.clone(), arguments.logins);
        // The first round warms up.
        let rounds = (0..=arguments.rounds).map(|_| timing::round(&runtime, ready()));
        let rounds: Vec<_> = rounds.skip(1).collect();
        let show = |figure: fn(&timing::Round) -> f64, decimals| {
            let spread = Spread::of(rounds.iter().map(figure));
            spread.map_or_else(String::new, |spread| spread.show(decimals))
        };
        table.row([
            name.to_owned(),
            show(|round| round.callback, 1),
            show(|round| round.least, 1),
            show(|round| round.signature, 1),
            show(|round| round.callback / round.signature, 2),
            show(|round| round.least / round.signature, 2),
        ]);
    }
    println!(
        "{} rounds of {} logins. Median of the rounds (and where half of them lie).\n\n{table}",
        arguments.rounds, arguments.logins
    );
    Ok(())
}
