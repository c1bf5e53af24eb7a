//! What a figure may not exceed.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use crate::{Failure, report::Report};

/// Instructions by scenario.
type Bounds = BTreeMap<String, u64>;

/// Compares what was counted with the bounds in a file.
pub(crate) fn check(path: &Path, report: &Report) -> Result<(), Failure> {
    let bounds: Bounds = toml::from_str(&fs::read_to_string(path)?)?;
    let complaints = complaints(&bounds, report.own());
    if complaints.is_empty() {
        return Ok(());
    }
    Err(complaints.join("\n").into())
}

/// Writes bounds of what was counted and 15 % more.
pub(crate) fn write(path: &Path, report: &Report) -> Result<(), Failure> {
    let mut text = String::from(
        "# Instructions that are ours, counted and 15 % more: over the no-op layer or the signature check where\n\
         # there is one. Written by `operations --write`, compared by `operations --check`.\n",
    );
    for (name, own) in report.own() {
        writeln!(text, "{name:?} = {}", own * 115 / 100)?;
    }
    fs::write(path, text)?;
    Ok(())
}

fn complaints<'a>(bounds: &Bounds, own: impl Iterator<Item = (&'a str, u64)>) -> Vec<String> {
    own.filter_map(|(name, own)| match bounds.get(name) {
        None => Some(format!("{name}: there is no bound")),
        Some(bound) if own > *bound => Some(format!(
            "{name}: {own} instructions of ours, more than {bound}"
        )),
        Some(_) => None,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exceeds_its_bound_or_has_none_is_named() {
        let bounds = Bounds::from([("a".to_owned(), 100), ("b".to_owned(), 100)]);
        let own = [("a", 100), ("b", 101), ("c", 1)];
        assert_eq!(
            complaints(&bounds, own.into_iter()),
            [
                "b: 101 instructions of ours, more than 100",
                "c: there is no bound"
            ]
        );
    }
}
