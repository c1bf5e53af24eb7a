//! `tests/COVERAGE.md` names tests that exist, and `docs/features.md` settings that exist and all of
//! them.

use std::{collections::BTreeSet, fs, path::PathBuf};

fn read(path: &str) -> String {
    let path = repository().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The sources of a test that is written as `flows/issuers`.
fn sources(file: &str) -> Option<String> {
    let (first, rest) = file.split_once('/')?;
    let folder = match first {
        "core" => "crates/oidc-login-core/src",
        "redis" => "crates/oidc-login-redis-store/tests",
        "demo" => "examples/demo/src",
        _ => return fs::read_to_string(repository().join(format!("tests/{file}.rs"))).ok(),
    };
    fs::read_to_string(repository().join(format!("{folder}/{rest}.rs"))).ok()
}

/// Whether a function of this name is a test there.
fn has_test(sources: &str, name: &str) -> bool {
    let marker = format!("fn {name}(");
    sources.match_indices(&marker).any(|(at, _)| {
        let before = sources[..at].trim_end_matches("async ");
        let mut attributes = before
            .lines()
            .rev()
            .skip_while(|line| line.trim().is_empty());
        let attributes = attributes
            .by_ref()
            .take_while(|line| line.trim_start().starts_with('#'));
        attributes.into_iter().any(|line| line.contains("test"))
    })
}

#[test]
fn every_test_that_is_named_exists() {
    let page = read("tests/COVERAGE.md");
    let named: Vec<_> = quoted(&page).filter(|name| name.contains("::")).collect();
    assert!(named.len() > 150, "{}", named.len());
    let exists = |name: &&str| {
        let (file, test) = name.split_once("::").unwrap_or_default();
        sources(file).is_some_and(|sources| has_test(&sources, test))
    };
    let missing: Vec<_> = named.into_iter().filter(|name| !exists(name)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Each row names a test, or says why there is none.
#[test]
fn every_row_has_a_test_or_a_reason() {
    let page = read("tests/COVERAGE.md");
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let heads = ["| Feature |", "| Seen |", "| Module |"];
    for row in rows.filter(|row| !heads.iter().any(|head| row.starts_with(head))) {
        let has_test = quoted(row).any(|quoted| quoted.contains("::"));
        assert!(has_test || row.contains("none: "), "{row}");
    }
}

/// The public methods of a builder.
fn methods(path: &str) -> Vec<String> {
    let source = read(path);
    let lines = source.lines();
    let names = lines.filter_map(|line| {
        let name = line.strip_prefix("    pub fn ")?.split(['(', '<']).next()?;
        let takes_itself =
            line.contains("mut self") || line.contains("(self") || line.ends_with('(');
        takes_itself.then(|| name.to_owned())
    });
    names.filter(|name| name != "build").collect()
}

#[test]
fn the_page_of_features_names_every_setting_and_no_other() {
    const BUILDERS: [&str; 5] = [
        "config/client_builder.rs",
        "config/provider.rs",
        "config/provider_endpoints.rs",
        "relying_party.rs",
        "relying_party/stores.rs",
    ];
    const OTHERS: [&str; 2] = [
        "crates/oidc-login-core/src/protocol/login_parameters/builder.rs",
        "crates/oidc-login/src/require_login.rs",
    ];
    let core = BUILDERS.map(|path| format!("crates/oidc-login-core/src/{path}"));
    let settings: BTreeSet<_> = core.iter().flat_map(|path| methods(path)).collect();
    let page = read("docs/features.md");
    let named = quoted(&page).filter_map(|quoted| quoted.strip_prefix('.')?.split('(').next());
    let named: BTreeSet<_> = named.map(str::to_owned).collect();
    assert!(settings.len() > 50, "{settings:?}");
    for setting in &settings {
        assert!(
            named.contains(setting),
            "docs/features.md lacks .{setting}(…)"
        );
    }
    let others: BTreeSet<_> = OTHERS.iter().flat_map(|path| methods(path)).collect();
    for name in &named {
        let exists = settings.contains(name) || others.contains(name);
        assert!(
            exists,
            "docs/features.md has .{name}(…), which is no setting"
        );
    }
}
