//! The list of failures in `docs/errors.md`.

use std::{collections::BTreeSet, env, fs, path::Path};

use oidc_login::{LoginErrorKind, Move};

const BEGIN: &str = "<!-- the list, written by tests/flows/errors_page.rs -->\n";
const MOVES: [(Move, &str, &str); 4] = [
    (
        Move::Browser,
        "The browser's move",
        "It sent something that cannot be used. Starting again is enough, unless it happens every time.",
    ),
    (
        Move::User,
        "The user's move",
        "They said no, may not, or have something to do first.",
    ),
    (
        Move::Provider,
        "The provider's move",
        "It answered wrongly or not at all; or the settings that name it are wrong.",
    ),
    (
        Move::App,
        "The app's move",
        "Its settings, its code, its store, or the client as it is registered at the provider.",
    ),
];

fn list() -> String {
    MOVES.map(section).concat()
}

fn section((whose, title, what): (Move, &str, &str)) -> String {
    let kinds = LoginErrorKind::ALL.iter();
    let rows = kinds.filter(|kind| kind.whose_move() == whose).map(|kind| {
        let (code, status) = (kind.code(), kind.status().as_u16());
        let (happened, to_do) = (kind.what_happened(), kind.what_to_do());
        format!("| `{code}` | {status} | {happened} | {to_do} |")
    });
    let rows: Vec<_> = rows.collect();
    let head = "| Code | Status | What happened | What to do |\n|---|---|---|---|";
    format!("\n### {title}\n\n{what}\n\n{head}\n{}\n", rows.join("\n"))
}

/// With `UPDATE_DOCS=1` the list is written, otherwise compared. What stands before it is about kinds
/// that exist.
#[test]
fn the_page_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md");
    let page = fs::read_to_string(&path).expect("docs/errors.md");
    let (explained, written) = page.split_once(BEGIN).expect("the place of the list");
    let list = list();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{explained}{BEGIN}{list}")).expect("docs/errors.md is written");
    } else {
        assert!(
            written == list,
            "docs/errors.md is out of date: UPDATE_DOCS=1 cargo test -p oidc-login-tests --test flows errors_page"
        );
    }
    let codes: BTreeSet<_> = LoginErrorKind::ALL.iter().map(|kind| kind.code()).collect();
    let named = explained.lines().filter_map(|line| {
        let (code, _) = line.strip_prefix("| `")?.split_once('`')?;
        Some(code)
    });
    let named: Vec<_> = named.collect();
    assert!(named.len() > 5, "{named:?}");
    for code in named {
        assert!(codes.contains(code), "{code}");
    }
}
