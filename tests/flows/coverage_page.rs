//! `tests/COVERAGE.md` names tests that exist, and `docs/features.md` settings that exist and all of
//! them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

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

/// Settings: `pub fn` of these types.
const BUILDERS: [&str; 5] = [
    "ClientConfigBuilder",
    "Dangerous",
    "DangerousProvider",
    "ProviderConfigBuilder",
    "RelyingPartyBuilder",
];
/// Whose settings the page may name as well.
const OTHERS: [&str; 2] = ["LoginParametersBuilder", "RequireLoginLayer"];

/// The public methods of these types, wherever below a folder they are.
fn methods(folder: &Path, of: &[&str], found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            methods(&path, of, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).expect("a source");
            found.extend(methods_in(&source, of));
        }
    }
}

fn methods_in<'a>(source: &'a str, of: &[&str]) -> impl Iterator<Item = String> + 'a {
    let heads: Vec<_> = of.iter().map(|name| format!("impl {name} {{")).collect();
    let mut is_inside = false;
    let lines = source.lines().filter_map(move |line| {
        match line {
            "}" => is_inside = false,
            _ if line.starts_with("impl") => is_inside = heads.iter().any(|head| head == line),
            _ => {}
        }
        let name = line.strip_prefix("    pub fn ")?.split(['(', '<']).next()?;
        is_inside.then(|| name.to_owned())
    });
    lines.filter(|name| !["build", "new", "role"].contains(&name.as_str()))
}

#[test]
fn the_page_of_features_names_every_setting_and_no_other() {
    let (mut settings, mut others) = (BTreeSet::new(), BTreeSet::new());
    for folder in ["crates/oidc-login-core/src", "crates/oidc-login/src"] {
        let folder = repository().join(folder);
        methods(&folder, &BUILDERS, &mut settings);
        methods(&folder, &OTHERS, &mut others);
    }
    assert!(settings.len() > 60, "{settings:?}");
    let page = read("docs/features.md");
    let named = quoted(&page).filter_map(|quoted| quoted.strip_prefix('.')?.split('(').next());
    let named: BTreeSet<_> = named.map(str::to_owned).collect();
    let lacking: Vec<_> = settings.difference(&named).collect();
    assert!(lacking.is_empty(), "docs/features.md lacks {lacking:?}");
    let known: BTreeSet<_> = settings.union(&others).cloned().collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "docs/features.md names {unknown:?}, which are no settings"
    );
}
