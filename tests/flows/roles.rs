//! Roles: who has one passes, who lacks it reads why, and a provider that sends none is told apart.

use http::{Method, StatusCode};
use oidc_login::{AccessTokenRoles, config::ClientConfigBuilder};
use oidc_login_dev_provider::Client;
use oidc_login_tests::{
    user_agent::script,
    world::{APP, World, routes},
};

#[tokio::test]
async fn who_has_the_role_passes_and_who_lacks_it_reads_why() {
    let mut world = World::new();
    let page = world.sign_in("alice", "/admin").await;
    assert_eq!(page.text(), "for admins");

    let mut world = World::new();
    let page = world.sign_in("bob", "/admin").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "no loop");
    assert_eq!(page.url.as_str(), format!("{APP}/admin"));
    let text = page.text();
    for part in [
        "role_missing",
        "<code>admin</code>",
        "<dd>bob</dd>",
        "action=\"/auth/logout\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let asked = script(Method::GET, &format!("{APP}/admin"));
    let page = world.browser.request(asked).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(page.json()["error"], "role_missing");
    assert_eq!(
        world.browser.get(&format!("{APP}/secure")).await.text(),
        "secure bob"
    );
}

#[tokio::test]
async fn a_provider_that_sends_no_roles_is_told_apart() {
    let mut world = world("no-roles", |client| client);
    let page = world.sign_in("alice", "/admin").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let text = page.text();
    assert!(text.contains("role_claim_missing"), "{text}");
    assert!(
        text.contains("Add to ID token"),
        "names the provider's switch: {text}"
    );
}

#[tokio::test]
async fn roles_of_the_access_token_count_where_that_is_allowed() {
    let mut world = world("access-token-roles", |client| client);
    let page = world.sign_in("alice", "/admin").await;
    assert!(
        page.text().contains("role_claim_missing"),
        "ignored by default"
    );

    let allowed =
        |client: ClientConfigBuilder| client.access_token_roles(AccessTokenRoles::Verified);
    for (user, status, part) in [
        ("alice", StatusCode::OK, "for admins"),
        ("bob", StatusCode::FORBIDDEN, "role_missing"),
    ] {
        let mut world = self::world("access-token-roles", allowed);
        let page = world.sign_in(user, "/admin").await;
        assert_eq!(page.status, status, "{user}");
        assert!(page.text().contains(part), "{user}: {}", page.text());
    }
}

#[tokio::test]
async fn roles_are_found_where_the_client_says() {
    let mut world = world("flask-app", |client| client.role_claims(["groups"]));
    let page = world.sign_in("alice", "/admin").await;
    assert!(
        page.text().contains("role_claim_missing"),
        "{}",
        page.text()
    );
}

fn world(
    client_id: &str,
    settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
) -> World {
    let own = [format!("{APP}/*")];
    World::assemble(
        |provider| {
            let no_roles = Client::public("no-roles").default_scopes([""; 0]);
            let elsewhere = Client::public("access-token-roles").roles_in_access_token_only();
            provider
                .client(no_roles.valid_redirect_uris(own.clone()))
                .client(elsewhere.valid_redirect_uris(own.clone()))
        },
        |client| settings(client.public_client(client_id)),
        |builder, _| {
            let relying_party = builder.build().expect("a relying party");
            routes().layer(oidc_login::OidcLayer::new(relying_party))
        },
    )
}
