//! Settings that cannot work are refused.

use std::time::Duration;

use oidc_login_dev_provider::{
    Client, ClientAuthentication, DevProvider, DevProviderBuilder, User,
};

use crate::support::*;

fn builder() -> DevProviderBuilder {
    DevProvider::builder()
        .client(public_client())
        .keys(KEYS.clone())
}

/// The error names the setting and the value, and says what would be right.
fn assert_refused(builder: DevProviderBuilder, setting: &str, value: &str) {
    let error = builder.build().unwrap_err();
    assert_eq!(
        (error.setting(), error.value()),
        (setting, value),
        "{error}"
    );
    assert!(!error.allowed().is_empty(), "{error}");
    assert_eq!(
        error.to_string(),
        format!("{setting}: {value}: {}", error.allowed())
    );
}

#[test]
fn wrong_clients_are_refused() {
    let app = || Client::public("app").valid_redirect_uris([CALLBACK]);
    let cases = [
        (public_client(), "client.client_id", "`flask-app`"),
        (Client::public(""), "client.client_id", "``"),
        (
            Client::public("app"),
            "client(app).valid_redirect_uris",
            "``",
        ),
        (
            app().valid_redirect_uris(["*"]),
            "client(app).valid_redirect_uris",
            "`*`",
        ),
        (
            app().valid_redirect_uris(["/cb"]),
            "client(app).valid_redirect_uris",
            "`/cb`",
        ),
        (
            app().root_url("http://app.test"),
            "client(app).root_url",
            "`http://app.test`",
        ),
        (
            app().valid_post_logout_redirect_uris(["bye"]),
            "client(app).valid_post_logout_redirect_uris",
            "`bye`",
        ),
        (
            app().valid_post_logout_redirect_uris(["-", "+"]),
            "client(app).valid_post_logout_redirect_uris",
            "`-`",
        ),
        (
            app().default_scopes(["rolls"]),
            "client(app).default_scopes",
            "`rolls`",
        ),
        (
            app().client_authentication(ClientAuthentication::SecretPost),
            "client(app).client_authentication",
            "`client_secret_post`",
        ),
        (
            Client::confidential("app", "s")
                .valid_redirect_uris(["http://a.test/"])
                .client_authentication(ClientAuthentication::PrivateKeyJwt),
            "client(app).client_authentication",
            "`private_key_jwt`",
        ),
        (
            Client::with_public_keys("app", "{}")
                .client_authentication(ClientAuthentication::SecretJwt),
            "client(app).client_authentication",
            "`client_secret_jwt`",
        ),
        (
            Client::with_public_keys("app", r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#),
            "client(app).jwks",
            "[redacted]",
        ),
        (
            Client::confidential("app", ""),
            "client(app).secret",
            "[redacted]",
        ),
    ];
    for (client, setting, value) in cases {
        assert_refused(builder().client(client), setting, value);
    }
    assert_refused(DevProvider::builder(), "client", "``");
}

#[test]
fn wrong_users_are_refused() {
    let user = User::new;
    assert_refused(
        builder().user(user("a", "x")).user(user("a", "y")),
        "user.username",
        "`a`",
    );
    assert_refused(
        builder().user(user("a", "")),
        "user(a).password",
        "[redacted]",
    );
    let same_sub = builder()
        .user(user("a", "x").subject("1"))
        .user(user("b", "y").subject("1"));
    assert_refused(same_sub, "user(b).sub", "`1`");
}

#[test]
fn wrong_issuers_and_lifetimes_are_refused() {
    assert_refused(builder().issuer("localhost"), "issuer", "`localhost`");
    assert_refused(
        builder().issuer("http://localhost:0"),
        "issuer",
        "`http://localhost:0`",
    );
    assert_refused(
        builder().access_token_lifetime(Duration::from_millis(1500)),
        "access_token_lifetime",
        "`1.5s`",
    );
    assert_refused(
        builder().code_lifetime(Duration::ZERO),
        "code_lifetime",
        "`0ns`",
    );
    assert_refused(
        builder().session_lifetime(Duration::MAX),
        "session_lifetime",
        &format!("`{:?}`", Duration::MAX),
    );
}

#[test]
fn settings_print_no_secret() {
    assert!(!format!("{:?}", Client::confidential("app", "hunter2")).contains("hunter2"));
    assert!(!format!("{:?}", User::new("carol", "hunter2")).contains("hunter2"));
}
