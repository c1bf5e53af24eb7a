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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::settings::test_settings::refusal;

    #[test]
    fn what_the_demo_cannot_do_yet_is_refused_and_not_ignored() {
        for (name, value, allowed) in [
            (
                "OIDC_CLIENT_SECRETS",
                "client_secrets.json",
                "to leave it unset",
            ),
            ("OIDC_CONFIG", "oidc.toml", "to leave it unset"),
            ("OIDC_DYNAMIC_REGISTRATION", "1", "to leave it unset"),
            ("OIDC_WEBFINGER", "alice@example.org", "to leave it unset"),
            ("OIDC_WEB_ORIGINS", "+", "to leave it unset"),
        ] {
            let text = refusal(&[(name, value)]);
            assert!(
                text.starts_with(&format!("{name} is {value:?}, allowed: {allowed}")),
                "{text}"
            );
            assert!(text.contains("not supported yet"), "{text}");
        }
        let text = refusal(&[("OIDC_SESSION_STORE", "postgres://u:p@h")]);
        assert!(
            text.starts_with("OIDC_SESSION_STORE is \"[redacted]\""),
            "{text}"
        );
        assert!(text.contains("not supported yet"), "{text}");
    }
}
