use std::time::Duration;

use oidc_login_dev_provider::{
    Client, ClientAuthentication, DevProvider, DevProviderBuilder, User,
};

use crate::support::*;

#[test]
fn wrong_settings_are_refused_by_name_value_and_remedy() {
    let builder = || {
        DevProvider::builder()
            .client(public_client())
            .keys(KEYS.clone())
    };
    let client = || Client::public("app").valid_redirect_uris([CALLBACK]);
    let cases: [(DevProviderBuilder, &str, &str); 17] = [
        (builder().issuer("localhost"), "issuer", "`localhost`"),
        (
            builder().issuer("http://localhost:0"),
            "issuer",
            "`http://localhost:0`",
        ),
        (DevProvider::builder(), "client", "``"),
        (
            builder().client(public_client()),
            "client.client_id",
            "`flask-app`",
        ),
        (
            builder().client(Client::public("")),
            "client.client_id",
            "``",
        ),
        (
            builder().client(Client::public("app")),
            "client(app).valid_redirect_uris",
            "``",
        ),
        (
            builder().client(client().valid_redirect_uris(["*"])),
            "client(app).valid_redirect_uris",
            "`*`",
        ),
        (
            builder().client(client().valid_redirect_uris(["/cb"])),
            "client(app).valid_redirect_uris",
            "`/cb`",
        ),
        (
            builder().client(client().root_url("http://app.test")),
            "client(app).root_url",
            "`http://app.test`",
        ),
        (
            builder().client(client().valid_post_logout_redirect_uris(["bye"])),
            "client(app).valid_post_logout_redirect_uris",
            "`bye`",
        ),
        (
            builder().client(client().default_scopes(["rolls"])),
            "client(app).default_scopes",
            "`rolls`",
        ),
        (
            builder().client(client().client_authentication(ClientAuthentication::SecretPost)),
            "client(app).client_authentication",
            "`client_secret_post`",
        ),
        (
            builder().client(Client::confidential("app", "").valid_redirect_uris([CALLBACK])),
            "client(app).secret",
            "[redacted]",
        ),
        (
            builder()
                .user(User::new("a", "x"))
                .user(User::new("a", "y")),
            "user.username",
            "`a`",
        ),
        (
            builder()
                .user(User::new("a", "x").sub("1"))
                .user(User::new("b", "y").sub("1")),
            "user(b).sub",
            "`1`",
        ),
        (
            builder().user(User::new("a", "")),
            "user(a).password",
            "[redacted]",
        ),
        (
            builder().access_token_lifetime(Duration::from_millis(1500)),
            "access_token_lifetime",
            "`1.5s`",
        ),
    ];
    for (builder, setting, value) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!(
            (error.setting(), error.value()),
            (setting, value),
            "{error}"
        );
        assert!(
            !error.allowed().is_empty()
                && error
                    .to_string()
                    .starts_with(&format!("{setting}: {value}: ")),
            "{error}"
        );
    }
}

#[test]
fn settings_print_no_secret() {
    assert!(!format!("{:?}", Client::confidential("app", "hunter2")).contains("hunter2"));
    assert!(!format!("{:?}", *KEYS).contains("private"));
}
