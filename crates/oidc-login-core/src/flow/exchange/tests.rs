#![allow(clippy::unwrap_used)]

use http::Request;

use super::*;
use crate::{
    config::ClientConfig,
    relying_party::{RelyingParty, RelyingPartyBuilder},
};

/// Each login has a record of values, whose owner tells them apart from another user's.
#[tokio::test]
async fn an_app_without_values_of_its_own_has_no_record_of_them() {
    type Settings = fn(RelyingPartyBuilder) -> RelyingPartyBuilder;
    for (name, settings, has_values) in [
        ("by default", (|builder| builder) as Settings, true),
        ("logins_only()", RelyingPartyBuilder::logins_only, false),
    ] {
        let client = ClientConfig::builder()
            .issuer("https://provider.test")
            .public_client("flask-app")
            .root_url("http://localhost:5000/");
        let builder = RelyingParty::builder(client.build().unwrap());
        let relying_party = settings(builder).build().unwrap();
        let inner = &relying_party.0;
        let now = inner.clock.now();
        let login = Arc::new(Login::new(LoginRecord {
            issuer: "https://provider.test".into(),
            client_id: "flask-app".into(),
            ends_at: inner.lifetimes.ends_at(now).unix_timestamp(),
            ..LoginRecord::sample()
        }));
        let request = Request::new(());
        let context = relying_party.context(&request, request.uri(), None);
        let about = AboutSession::new(b"", None);
        let signed_in = context.sign_in(login, "/", &about).await.unwrap();
        let key = signed_in.id.key();
        assert!(inner.present(&signed_in.id).await.unwrap().is_some());
        let found = inner.values.exist(key).await.unwrap();
        assert_eq!(found, has_values, "{name}");
    }
}
