//! Texts that look like URLs, for property tests.

#![allow(clippy::unwrap_used)]

use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, RngSeed, TestRunner},
};

use super::hostile_urls;

const TOKENS: [&str; 64] = [
    "/",
    "/",
    "/",
    "//",
    "\\",
    "?",
    "#",
    "@",
    ":",
    ";",
    ".",
    "..",
    "*",
    "&",
    "=",
    "%",
    "%2f",
    "%2F",
    "%5c",
    "%2e",
    "%25",
    "%252f",
    "%00",
    "%0d%0a",
    "%09",
    "%20",
    "%C3%9F",
    "%c0%af",
    " ",
    "\t",
    "\r\n",
    "\u{0}",
    "\u{a0}",
    "\u{ff0f}",
    "\u{3002}",
    "ß",
    "a",
    "b",
    "auth",
    "callback",
    "secure",
    "http:",
    "https:",
    "https://",
    "http://",
    "javascript:",
    "app.example",
    "app.example",
    "https://app.example",
    "https://app.example/",
    "https://app.example/auth",
    "http://localhost",
    "http://localhost:5000/",
    "http://127.0.0.1",
    "[::1]",
    "http://[::1]:1",
    "evil.test",
    ":443",
    ":80",
    ":5000",
    "0x7f.1",
    "xn--",
    "q=1",
    "+",
];

/// Runs a property on many such texts, the same ones in each run, and returns how many it called
/// accepted.
pub(super) fn accepted(property: impl Fn(&str) -> bool) -> u32 {
    let config = Config {
        cases: 20_000,
        rng_seed: RngSeed::Fixed(5000),
        failure_persistence: None,
        ..Config::default()
    };
    let accepted = std::cell::Cell::new(0);
    let run = TestRunner::new(config).run(&url_like(), |text| {
        accepted.set(accepted.get() + u32::from(property(&text)));
        Ok(())
    });
    run.unwrap();
    accepted.get()
}

fn url_like() -> impl Strategy<Value = String> {
    let hostile: Vec<_> = hostile_urls::all()
        .into_iter()
        .map(|case| case.value)
        .collect();
    let tokens =
        || prop::collection::vec(select(&TOKENS[..]), 0..8).prop_map(|tokens| tokens.concat());
    let changed = (
        select(hostile),
        any::<prop::sample::Index>(),
        select(&TOKENS[..]),
    )
        .prop_map(|(text, at, token)| {
            let ends: Vec<_> = text
                .char_indices()
                .map(|(index, _)| index)
                .chain([text.len()])
                .collect();
            let (before, after) = text.split_at(*at.get(&ends));
            format!("{before}{token}{after}")
        });
    prop_oneof![
        4 => tokens(),
        3 => tokens().prop_map(|text| format!("/{text}")),
        3 => tokens().prop_map(|text| format!("https://app.example/{text}")),
        2 => tokens().prop_map(|text| format!("http://localhost:5000{text}")),
        4 => changed,
        1 => any::<String>(),
    ]
}
