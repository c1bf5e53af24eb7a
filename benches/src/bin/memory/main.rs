//! What sessions take of memory, and what a storm of logins leaves behind.
//!
//! `memory 1000 100000 1000000` fills a store with so many sessions each, `--storm 100000` begins so
//! many logins, `--sockets 3000` lets so many come at once over connections of their own, and `--check`
//! fails when something takes more than it may.

mod app;
mod heap;
mod sessions;
mod sockets;
mod storm;

use std::process::ExitCode;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The most that a session may take beyond its claims and tokens, in bytes.
const MOST_OF_SESSION: i64 = 1024;
/// The most that abandoned logins may leave, all together, in bytes.
const MOST_OF_ABANDONED: i64 = 4096;

/// The most by which a later crowd may take more than the one before, for each in it, in bytes: tables
/// grow a little as keys fall into them, and the least that is kept of a login is more.
const MOST_OF_CROWD: i64 = 128;

const USAGE: &str = "memory [--check] [--storm LOGINS] [--sockets LOGINS] [SESSIONS]...";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), Failure> {
    let mut is_checked = false;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => is_checked = true,
            "--storm" => storm(arguments.next().ok_or(USAGE)?.parse()?, is_checked).await?,
            "--sockets" => sockets(arguments.next().ok_or(USAGE)?.parse()?, is_checked).await?,
            number => sessions(number.parse().map_err(|_| USAGE)?, is_checked).await?,
        }
    }
    Ok(())
}

async fn sessions(count: usize, is_checked: bool) -> Result<(), Failure> {
    let figures = sessions::measure(count).await?;
    println!(
        "{count} sessions: each takes {} bytes beyond claims and tokens ({} without the app's values); \
         the store counts {} bytes; a look-up {:.0} ns",
        figures.overhead, figures.overhead_of_login, figures.counted, figures.look_up
    );
    if is_checked && figures.overhead > MOST_OF_SESSION {
        return Err(format!("a session takes more than {MOST_OF_SESSION} bytes").into());
    }
    Ok(())
}

async fn storm(logins: usize, is_checked: bool) -> Result<(), Failure> {
    let figures = storm::measure(logins).await?;
    println!(
        "{logins} abandoned logins leave {} bytes together; a forged answer {} bytes, a login {} bytes",
        figures.abandoned, figures.forged, figures.finished
    );
    if is_checked && figures.abandoned > MOST_OF_ABANDONED {
        return Err(format!("abandoned logins leave more than {MOST_OF_ABANDONED} bytes").into());
    }
    Ok(())
}

async fn sockets(logins: usize, is_checked: bool) -> Result<(), Failure> {
    let figures = sockets::measure(logins).await?;
    println!(
        "{logins} logins at once through sockets: all went well; abandoned they leave {} bytes together; \
         when their sessions have ended, the next crowd takes {} bytes more than they took",
        figures.abandoned, figures.grown
    );
    if is_checked && figures.abandoned > MOST_OF_ABANDONED {
        return Err(format!("abandoned logins leave more than {MOST_OF_ABANDONED} bytes").into());
    }
    if is_checked && figures.grown > MOST_OF_CROWD * i64::try_from(logins)? {
        return Err(format!("each login leaves more than {MOST_OF_CROWD} bytes").into());
    }
    Ok(())
}
