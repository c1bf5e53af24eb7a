//! Runs the scenarios under callgrind and reads what it counted.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::Failure;

/// What one scenario took.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub(crate) name: String,
    pub(crate) floor: String,
    pub(crate) is_ours: bool,
    /// Instructions of one time.
    pub(crate) instructions: u64,
}

/// Counts the scenarios whose name holds the text.
pub(crate) fn count(only: &str) -> Result<Vec<Counted>, Failure> {
    let directory = std::env::temp_dir().join(format!("instructions-{}", std::process::id()));
    fs::create_dir_all(&directory)?;
    let counted = run(only, &directory.join("counts"));
    fs::remove_dir_all(&directory)?;
    counted
}

fn run(only: &str, file: &Path) -> Result<Vec<Counted>, Failure> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        // Of several patterns that begin alike, callgrind follows one only.
        .arg("--toggle-collect=*section_of_ours*")
        .arg("--toggle-collect=*paused_for_others*")
        .arg("--dump-after=benches::counting::section_of_ours")
        .arg(std::env::current_exe()?)
        .args(["--run", only])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("valgrind cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("the scenarios failed: {}", output.status).into());
    }
    let lines = String::from_utf8(output.stdout)?;
    let counted = lines.lines().enumerate().map(|(at, line)| {
        // Files are numbered from one, and the first of each two is for warming up.
        let part = file.with_extension(format!("{}", 2 * at + 2));
        let columns: Vec<_> = line.split('\t').collect();
        let [name, floor, is_ours, times] = columns[..] else {
            return Err(format!("not a scenario: {line}").into());
        };
        Ok(Counted {
            name: name.to_owned(),
            floor: floor.to_owned(),
            is_ours: is_ours.parse()?,
            instructions: total(&fs::read_to_string(part)?)? / times.parse::<u64>()?,
        })
    });
    counted.collect()
}

/// The sum in a file of counts.
fn total(counts: &str) -> Result<u64, Failure> {
    let line = counts
        .lines()
        .find_map(|line| line.strip_prefix("totals: "));
    Ok(line.ok_or("counts without a total")?.trim().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_found() {
        let counts = "version: 1\nevents: Ir\nfn=(1)\n0 5\n\ntotals: 120\n";
        assert_eq!(total(counts).unwrap(), 120);
        assert!(total("events: Ir\n").is_err());
    }
}
