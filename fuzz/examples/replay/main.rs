//! Runs every target on its corpus, and on mutations of it that are the same in each run: what a
//! stable compiler can do, and enough to see that the targets work.
//!
//! ```sh
//! cargo run --manifest-path fuzz/Cargo.toml --no-default-features --example replay -- [MUTATIONS] [TARGET]
//! ```

mod mutation;

use std::{fs, path::Path, process::ExitCode};

use mutation::Mutator;
use oidc_login_core::fuzzing::{TARGETS, Target};

const MUTATIONS: u32 = 10_000;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mutations = arguments.next().map_or(Ok(MUTATIONS), |text| text.parse());
    let Ok(mutations) = mutations else {
        eprintln!("replay [MUTATIONS of each target] [TARGET]");
        return ExitCode::FAILURE;
    };
    let only = arguments.next();
    let chosen = |name: &str| only.as_deref().is_none_or(|only| only == name);
    for (name, target) in TARGETS.into_iter().filter(|(name, _)| chosen(name)) {
        let corpus = corpus(name);
        replay(name, target, &corpus, mutations);
        println!("{name}: {} inputs, {mutations} mutations", corpus.len());
    }
    ExitCode::SUCCESS
}

/// The inputs of a target, in the same order everywhere.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}: no inputs", folder.display());
    let read = |file| fs::read(file).expect("a file of the corpus");
    files.iter().map(read).collect()
}

fn replay(name: &str, target: Target, corpus: &[Vec<u8>], mutations: u32) {
    for input in corpus {
        run(name, target, input);
    }
    let mut mutator = Mutator::new(corpus);
    for _ in 0..mutations {
        run(name, target, &mutator.next());
    }
}

/// Names the input that a target panics at, to be put into its corpus.
fn run(name: &str, target: Target, input: &[u8]) {
    let result = std::panic::catch_unwind(|| target(input));
    if let Err(panic) = result {
        eprintln!("{name} fails with the input b\"{}\"", input.escape_ascii());
        std::panic::resume_unwind(panic);
    }
}
