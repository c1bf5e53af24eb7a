//! Options of the command line, and the environment variables behind them.

use super::{ArgsError, OPTIONS};

/// The options given, each with its environment variable behind it.
pub(super) struct Options<V> {
    given: Vec<(String, String)>,
    variable: V,
}

impl<V: Fn(&str) -> Option<String>> Options<V> {
    /// Reads `--name value` and `--name=value`; `None` when help is asked for.
    pub(super) fn read(
        mut args: impl Iterator<Item = String>,
        variable: V,
    ) -> Result<Option<Self>, ArgsError> {
        let mut given = Vec::new();
        while let Some(arg) = args.next() {
            if matches!(arg.as_str(), "--help" | "-h") {
                return Ok(None);
            }
            let (name, value) = match arg.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (arg, None),
            };
            if !OPTIONS.contains(&name.as_str()) {
                return Err(ArgsError::Unknown(name));
            }
            match value.or_else(|| args.next()) {
                Some(value) => given.push((name, value)),
                None => return Err(ArgsError::NoValue(name)),
            }
        }
        Ok(Some(Self { given, variable }))
    }

    pub(super) fn one(&self, name: &'static str) -> Result<Option<String>, ArgsError> {
        let mut given = self.given(name);
        let first = given.next();
        if given.next().is_some() {
            return Err(ArgsError::Twice(name));
        }
        let value = first.or_else(|| self.variable(name));
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// An option that may be given again; its variable holds a list with blanks.
    pub(super) fn many(&self, name: &'static str) -> Option<Vec<String>> {
        let mut values: Vec<_> = self.given(name).collect();
        if values.is_empty() {
            let list = self.variable(name).unwrap_or_default();
            values.extend(list.split_ascii_whitespace().map(str::to_owned));
        }
        (!values.is_empty()).then_some(values)
    }

    fn given(&self, name: &str) -> impl Iterator<Item = String> {
        self.given
            .iter()
            .filter(move |(option, _)| option == name)
            .map(|(_, value)| value.clone())
    }

    fn variable(&self, option: &str) -> Option<String> {
        let name = option
            .trim_start_matches('-')
            .replace('-', "_")
            .to_uppercase();
        (self.variable)(&format!("OIDC_DEV_PROVIDER_{name}"))
    }
}
