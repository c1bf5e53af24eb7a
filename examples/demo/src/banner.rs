//! What the demo says when it is up.

use std::fmt;

use crate::settings::{Provider, Settings};

/// Where to go, and who can sign in.
pub(crate) struct Banner<'a>(pub(crate) &'a Settings);

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(settings) = self;
        writeln!(f, "\n  Open {}\n", settings.root_url)?;
        let issuer = settings.provider.issuer();
        match settings.provider {
            Provider::Issuer(_) => {
                writeln!(f, "  provider   {issuer}")?;
                writeln!(f, "  client     {}", settings.client.id)?;
            }
            Provider::Embedded { bend, .. } => {
                writeln!(f, "  provider   {issuer} (embedded, not for production)")?;
                writeln!(f, "  users      alice, password alice (has the role admin)")?;
                writeln!(f, "             bob, password bob")?;
                if let Some(bend) = bend {
                    writeln!(f, "  lies       {bend} (OIDC_DEV_PROVIDER_BEND)")?;
                }
            }
        }
        writeln!(f, "\n  Ctrl-C stops it.")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::settings::test_settings::settings;

    fn banner(variables: &[(&str, &str)]) -> String {
        Banner(&settings(variables).unwrap()).to_string()
    }

    #[test]
    fn the_users_are_named_when_the_provider_is_embedded() {
        let text = banner(&[("PORT", "8000")]);
        for shown in [
            "http://localhost:8000/",
            "http://localhost:8001",
            "alice",
            "bob",
        ] {
            assert!(text.contains(shown), "{text}");
        }
    }

    #[test]
    fn a_lie_is_named() {
        let text = banner(&[("OIDC_DEV_PROVIDER_BEND", "id-token-nonce")]);
        assert!(text.contains("lies       id-token-nonce"), "{text}");
        assert!(!banner(&[]).contains("lies"));
    }

    #[test]
    fn another_provider_is_named_and_has_its_own_users() {
        let text = banner(&[
            ("OIDC_ISSUER", "https://op.example/realms/r"),
            ("OIDC_CLIENT_SECRET", "s3cret"),
        ]);
        for shown in ["https://op.example/realms/r", "flask-app"] {
            assert!(text.contains(shown), "{text}");
        }
        for hidden in ["alice", "embedded", "s3cret"] {
            assert!(!text.contains(hidden), "{text}");
        }
    }
}
