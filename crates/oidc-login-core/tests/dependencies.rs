//! The modules of the relying party know each other in one direction only.

#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Each module, and all that it may know of the crate. What is not here ties everything together and
/// may know all of it.
const MODULES: [(&str, &[&str]); 9] = [
    ("error", &[]),
    ("seams", &["error"]),
    ("protocol", &["error"]),
    ("config", &["error", "seams", "protocol"]),
    ("telemetry", &["seams", "config"]),
    ("page", &["error"]),
    (
        "provider",
        &["error", "seams", "protocol", "config", "telemetry"],
    ),
    ("session", &["error", "seams", "protocol", "config"]),
    (
        "flow",
        &[
            "error",
            "seams",
            "protocol",
            "config",
            "telemetry",
            "page",
            "provider",
            "session",
            "hooks",
            "verified_claims",
            "relying_party",
        ],
    ),
];

#[test]
fn dependencies_point_one_way() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (module, allowed) in MODULES {
        let mut files = Vec::new();
        collect(&sources.join(module), &mut files);
        assert!(!files.is_empty(), "{module} is no folder any more");
        for file in files {
            let source = fs::read_to_string(&file).unwrap();
            for known in modules_in(&source) {
                let is_allowed = known == module || allowed.contains(&known.as_str());
                assert!(is_allowed, "{} knows {known}", file.display());
            }
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The modules that stand behind `crate::` in the code; comments may link to anything.
fn modules_in(source: &str) -> BTreeSet<String> {
    let code = source.lines().filter_map(|line| line.split("//").next());
    let code: String = code.flat_map(str::chars).collect();
    let behind = code.split("crate::").skip(1);
    behind.flat_map(first_names).collect()
}

/// The first name of a path, or of each path in a list of them.
fn first_names(behind: &str) -> Vec<String> {
    let Some(list) = behind.strip_prefix('{') else {
        return vec![first_name(behind)];
    };
    let mut depth = 1;
    let list = list.split_inclusive(['{', '}', ',']);
    let mut names = Vec::new();
    for part in list {
        if depth == 1 {
            names.push(first_name(part));
        }
        depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(path: &str) -> String {
    let is_name = |character: &char| character.is_alphanumeric() || *character == '_';
    path.trim_start().chars().take_while(is_name).collect()
}

#[test]
fn every_way_to_write_a_path_is_found() {
    let source = "
        use crate::{
            config::{Endpoint, RootUrl},
            error::LoginError, // crate::hidden
            flow::a::{b::{c, d}, e},
        };
        use crate::session::Login;
        use crate::{page::Pages, protocol};
        pub(in crate::provider) fn f() -> crate::seams::Clock { other::g(telemetry::h()) }
    ";
    let found = modules_in(source);
    let expected = [
        "config", "error", "flow", "page", "protocol", "provider", "seams", "session",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}
