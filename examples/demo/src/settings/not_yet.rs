//! What the demo will be able to do, and refuses as long as it cannot.

use super::{error::SettingsError, variables::Variables};

/// A variable, the values that change nothing, and what is missing for the others.
const NOT_YET: &[(&str, &[&str], &str)] = &[
    ("OIDC_CLIENT_SECRETS", &[], "reading a flask-oidc file"),
    ("OIDC_CONFIG", &[], "reading a TOML file"),
    ("OIDC_DYNAMIC_REGISTRATION", &[], "registering at start"),
    ("OIDC_WEBFINGER", &[], "finding the issuer from an account"),
    ("OIDC_WEB_ORIGINS", &[], "answering other origins"),
];

/// Refuses a setting that would otherwise be ignored.
pub(super) fn refuse(variables: &Variables) -> Result<(), SettingsError> {
    for &(name, harmless, missing) in NOT_YET {
        if let Some(value) = variables.text(name)
            && !harmless.contains(&value.trim())
        {
            let allowed = match harmless {
                [] => "to leave it unset".to_owned(),
                values => values.join(" or "),
            };
            let allowed = format!("{allowed} ({missing} is not supported yet)");
            return Err(SettingsError::new(name, value, allowed));
        }
    }
    Ok(())
}
