#![allow(clippy::unwrap_used)]

use std::time::Duration;

use super::*;

fn built(
    fill: impl FnOnce(LoginParametersBuilder) -> LoginParametersBuilder,
) -> Result<LoginParameters, ParameterError> {
    fill(LoginParameters::builder()).build()
}

#[test]
fn everything_has_its_name_in_the_request() {
    let parameters = built(|login| {
        login
            .prompt("login consent")
            .max_age(Duration::from_millis(300_900))
            .acr_values(["gold", "silver"])
            .login_hint("alice@example.com")
            .ui_locales(["fr-CA", "fr"])
            .claims("{ \"userinfo\": { \"email\": null } }")
            .resource("https://a.test/")
            .resource("https://b.test/")
            .audience("api")
            .authorization_parameter("kc_idp_hint", "github")
            .token_parameter("resource", "https://a.test/")
    });
    let parameters = parameters.unwrap();
    let sent: Vec<_> = parameters.authorization().pairs().collect();
    let expected = [
        ("prompt", "login consent"),
        ("max_age", "300"),
        ("acr_values", "gold silver"),
        ("login_hint", "alice@example.com"),
        ("ui_locales", "fr-CA fr"),
        ("claims", r#"{"userinfo":{"email":null}}"#),
        ("resource", "https://a.test/"),
        ("resource", "https://b.test/"),
        ("audience", "api"),
        ("kc_idp_hint", "github"),
    ];
    assert_eq!(sent, expected);
    let sent: Vec<_> = parameters.token().pairs().collect();
    assert_eq!(sent, [("resource", "https://a.test/")]);
    assert_eq!(parameters.authorization_parameter("audience"), Some("api"));
    assert_eq!(
        LoginParameters::from_bytes(&parameters.to_bytes()),
        Some(parameters)
    );
}

#[test]
fn the_first_fault_is_told_and_the_value_is_not() {
    for (name, expected, parameters) in [
        (
            "protected",
            "parameter state is set by the login itself",
            built(|login| login.authorization_parameter("state", "hush").prompt("")),
        ),
        (
            "protected in the token request",
            "parameter code_verifier is set by the login itself",
            built(|login| login.token_parameter("code_verifier", "hush")),
        ),
        (
            "twice",
            "parameter acr_values is there more than once",
            built(|login| login.acr_values(["hush"]).essential_acr_values(["hush"])),
        ),
        (
            "nothing to choose from",
            "parameter acr_values must be a text that is not empty",
            built(|login| login.essential_acr_values([""; 0])),
        ),
        (
            "no JSON",
            "parameter claims must be a JSON object (OpenID Connect Core 5.5)",
            built(|login| login.claims("hush")),
        ),
        (
            "too long together",
            "parameters of one login have 1025 bytes together, at most 1024 are kept",
            built(|login| {
                let half = "x".repeat(504);
                login
                    .audience(&half)
                    .token_parameter("audience", half + "x")
            }),
        ),
    ] {
        let error = parameters.unwrap_err().to_string();
        assert_eq!(error, expected, "{name}");
    }
}

#[test]
fn a_login_goes_before_its_client() {
    let client = built(|login| {
        login
            .max_age(Duration::from_secs(300))
            .essential_acr_values(["gold"])
            .token_parameter("audience", "a")
    });
    let client = client.unwrap();
    let login = built(|login| {
        login
            .max_age(Duration::ZERO)
            .token_parameter("audience", "b")
    });
    let merged = login.unwrap().over(&client);
    assert_eq!(merged.demands().max_age, Some(0));
    assert_eq!(merged.demands().acr, ["gold"]);
    assert_eq!(merged.token_parameter("audience"), Some("b"));
    let voluntary = built(|login| login.acr_values(["silver"])).unwrap();
    let merged = voluntary.over(&client);
    assert_eq!(merged.demands().max_age, Some(300));
    assert!(merged.demands().acr.is_empty());
}

#[test]
fn what_is_asked_for_as_essential_is_demanded() {
    let claims = |json: &str| built(|login| login.claims(json)).unwrap().demands();
    for (json, auth_time, acr) in [
        (
            r#"{"id_token":{"acr":{"essential":true,"values":["a","b"]}}}"#,
            false,
            &["a", "b"][..],
        ),
        (
            r#"{"id_token":{"acr":{"essential":true,"value":"a"}}}"#,
            false,
            &["a"],
        ),
        (r#"{"id_token":{"acr":{"essential":true}}}"#, false, &[]),
        (r#"{"id_token":{"acr":{"values":["a"]}}}"#, false, &[]),
        (
            r#"{"userinfo":{"acr":{"essential":true,"value":"a"}}}"#,
            false,
            &[],
        ),
        (
            r#"{"id_token":{"auth_time":{"essential":true}}}"#,
            true,
            &[],
        ),
        (r#"{"id_token":{"auth_time":null,"acr":null}}"#, false, &[]),
        (r#"{"id_token":[],"acr":{"essential":true}}"#, false, &[]),
    ] {
        let demands = claims(json);
        assert_eq!(demands.auth_time, auth_time, "{json}");
        assert_eq!(demands.acr, acr, "{json}");
        assert_eq!(demands.max_age, None, "{json}");
    }
    assert_eq!(LoginParameters::default().demands(), Demands::default());
}

#[test]
fn nothing_personal_is_printed() {
    let parameters = built(|login| login.login_hint("alice@example.com")).unwrap();
    assert!(!format!("{parameters:?}").contains("alice"));
}
