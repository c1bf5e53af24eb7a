//! Every way in which clients prove who they are.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::header;
use oidc_login_dev_provider::{Client, ClientAuthentication};

use crate::support::*;

async fn as_client(
    client: Client,
    authorization_header: Option<&str>,
    in_form: &[(&'static str, &str)],
) -> Answer {
    let mut world = World::with(|builder| builder.client(client));
    let mut request = authorization();
    request.insert("client_id", "app".into());
    let mut exchange = exchange(&world.code(&request, "alice").await);
    exchange.remove("client_id");
    exchange.extend(
        in_form
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    let mut request = post("/token", &exchange);
    if let Some(credentials) = authorization_header {
        let basic = format!("Basic {}", STANDARD.encode(credentials));
        request
            .headers_mut()
            .insert(header::AUTHORIZATION, basic.parse().unwrap());
    }
    world.send(request).await
}

#[tokio::test]
async fn clients_prove_who_they_are() {
    use ClientAuthentication::{SecretBasic, SecretPost};
    type InForm = &'static [(&'static str, &'static str)];
    let client = || Client::confidential("app", "s:cret& x").valid_redirect_uris([CALLBACK]);
    let basic = Some("app:s%3Acret%26+x");
    let in_form: InForm = &[("client_id", "app"), ("client_secret", "s:cret& x")];
    let cases: [(&str, Client, Option<&str>, InForm, u16); 10] = [
        ("basic", client(), basic, &[], 200),
        (
            "basic and its client_id",
            client(),
            basic,
            &[("client_id", "app")],
            200,
        ),
        ("post", client(), None, in_form, 200),
        ("both", client(), basic, in_form, 400),
        ("two clients", client(), basic, &[("client_id", "web")], 400),
        (
            "wrong secret in the header",
            client(),
            Some("app:wrong"),
            &[],
            401,
        ),
        (
            "wrong secret in the form",
            client(),
            None,
            &[("client_id", "app"), ("client_secret", "wrong")],
            401,
        ),
        ("no secret", client(), None, &[("client_id", "app")], 401),
        (
            "post where basic is set",
            client().client_authentication(SecretBasic),
            None,
            in_form,
            401,
        ),
        (
            "basic where post is set",
            client().client_authentication(SecretPost),
            basic,
            &[],
            401,
        ),
    ];
    for (name, client, header, form, status) in cases {
        let answer = as_client(client, header, form).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.body);
        let challenged = answer.headers.contains_key(header::WWW_AUTHENTICATE);
        assert_eq!(challenged, status == 401 && header.is_some(), "{name}");
    }
}
