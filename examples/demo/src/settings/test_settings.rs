//! Settings as tests write them.

use super::{Settings, SettingsError};

/// What these variables make.
pub(crate) fn settings(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let owned = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::from(owned)
}

/// What is said of variables that cannot work.
pub(super) fn refusal(variables: &[(&str, &str)]) -> String {
    match settings(variables) {
        Ok(_) => panic!("{variables:?} is accepted"),
        Err(error) => error.to_string(),
    }
}
