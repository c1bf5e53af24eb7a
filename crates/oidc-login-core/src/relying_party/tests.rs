#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    config::StoreEntries,
    session::{MemoryStore, SessionSecrets},
};

fn builder(root_url: &str) -> RelyingPartyBuilder {
    let client = ClientConfig::builder()
        .issuer("https://provider.test")
        .public_client("flask-app")
        .root_url(root_url);
    RelyingParty::builder(client.build().unwrap())
}

fn secrets() -> SessionSecrets {
    SessionSecrets::from_base64(&"c2VjcmV0".repeat(8)).unwrap()
}

/// Each process would have random keys of its own, and a login begun at one could not end at
/// another.
#[test]
fn a_shared_store_needs_secrets_except_on_loopback() {
    type Settings = fn(RelyingPartyBuilder) -> RelyingPartyBuilder;
    let cases: [(&str, Settings, bool); 4] = [
        ("no store", |builder| builder, true),
        (
            "logins",
            |builder| builder.login_store(MemoryStore::new()),
            false,
        ),
        (
            "values",
            |builder| builder.session_store(MemoryStore::new()),
            false,
        ),
        (
            "both, and secrets",
            |builder| {
                builder
                    .login_store(MemoryStore::new())
                    .session_store(MemoryStore::new())
                    .session_secrets(secrets())
            },
            true,
        ),
    ];
    for (name, settings, is_accepted) in cases {
        let built = settings(builder("https://app.test/")).build();
        let refused = built.err().map(|error| error.setting());
        let expected = (!is_accepted).then_some("session secrets");
        assert_eq!(refused, expected, "{name}");
        let built = settings(builder("http://localhost:5000/")).build();
        assert!(built.is_ok(), "{name} on loopback");
    }
}

#[test]
fn a_store_needs_some_time() {
    let timeout = |time| builder("https://app.test/").store_timeout(time).build();
    let error = timeout(std::time::Duration::ZERO).unwrap_err();
    assert_eq!(error.setting(), "store timeout");
    assert!(timeout(std::time::Duration::from_millis(1)).is_ok());
}

/// Without secrets, which only loopback may do, what is encrypted would end with the process.
#[test]
fn what_is_in_a_store_of_the_apps_is_encrypted() {
    use StoreEntries::{Encrypted, Plain};
    type Settings = fn(RelyingPartyBuilder) -> RelyingPartyBuilder;
    let logins: Settings = |builder| builder.login_store(MemoryStore::new());
    let values: Settings = |builder| builder.session_store(MemoryStore::new());
    let both: Settings = |builder| {
        let builder = builder.login_store(MemoryStore::new());
        builder.session_store(MemoryStore::new())
    };
    for (name, settings, has_secrets, expected) in [
        (
            "our memory",
            (|builder| builder) as Settings,
            true,
            [Plain; 2],
        ),
        ("logins", logins, true, [Encrypted, Plain]),
        ("values", values, true, [Plain, Encrypted]),
        ("both", both, true, [Encrypted; 2]),
        ("both, no secrets", both, false, [Plain; 2]),
    ] {
        let build = |entries: Option<StoreEntries>| {
            let mut builder = settings(builder("http://localhost:5000/"));
            if has_secrets {
                builder = builder.session_secrets(secrets());
            }
            if let Some(entries) = entries {
                builder = builder.store_entries(entries);
            }
            let built = builder.build().unwrap().0;
            [built.login_records.entries(), built.values.entries()]
        };
        assert_eq!(build(None), expected, "{name}");
        for set in [Plain, Encrypted] {
            assert_eq!(build(Some(set)), [set; 2], "{name}, set to {set:?}");
        }
    }
}
