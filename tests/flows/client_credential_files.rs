//! Secrets and keys in files: a changed file counts from the next request on, without a restart.

use std::fs;

use oidc_login::{
    ClientAuthentication, ClientKeys, ClientSecret, Evidence, LoginErrorKind as Kind, OidcLayer,
};
use oidc_login_dev_provider::{Client, Endpoint as Requested};
use oidc_login_tests::{
    folder::Folder,
    hostile::{Endpoint, HostileWorld, assert_refused},
    steps::Gates,
    tokens::token_routes,
    world::{APP, World, to_callback},
};
use serde_json::Value;

const P256: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/p256.pkcs8.pem");
const ED25519: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/ed25519.pkcs8.pem");

/// The app with its secret in a file, at a provider that knows `right`.
fn world(file: &Folder) -> World {
    let secret = ClientSecret::from_file(file.path("secret"));
    let registered =
        Client::confidential("shop", "right").valid_redirect_uris([format!("{APP}/*")]);
    World::assemble(
        |provider| provider.client(registered),
        |client| client.confidential_client("shop", secret),
        |builder, _| {
            let relying_party = builder.build().expect("a relying party");
            token_routes(&Gates::default()).layer(OidcLayer::new(relying_party))
        },
    )
}

#[tokio::test]
async fn the_login_after_a_refused_secret_uses_the_new_one() {
    let file = Folder::new();
    file.write("secret", "outdated\n");
    let mut world = world(&file);
    let location = to_callback(&mut world.browser, "alice", "/secure").await;
    let page = world.browser.get(&location).await;
    assert_refused(&page, Kind::TokenRequestRefused, "outdated");
    file.write("secret", "right\n");
    let page = world.browser.open(&format!("{APP}/secure")).await;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn a_refused_secret_ends_no_login_and_the_next_refresh_uses_the_new_one() {
    let file = Folder::new();
    file.write("secret", "right");
    let mut world = world(&file);
    world.sign_in("alice", "/secure").await;
    file.write("secret", "not yet known there");
    world.clock.advance(11);
    let page = world.browser.script("/refresh").await;
    assert_eq!(
        (page.status.as_u16(), page.text().as_str()),
        (503, "refresh_failed")
    );
    fs::remove_file(file.path("secret")).expect("a file");
    world.clock.advance(11);
    let asked = || world.provider.control().requests(Requested::Token);
    let before = asked();
    let page = world.browser.script("/refresh").await;
    assert_eq!(page.text(), "refresh_failed");
    assert_eq!(asked(), before, "a request without its secret");
    fs::rename(file.write("next", "right\n"), file.path("secret")).expect("a file");
    world.clock.advance(11);
    let page = world.browser.script("/refresh").await;
    assert_eq!(page.status, 200, "{}", page.text());
    let page = world.browser.open(&format!("{APP}/hello")).await;
    assert_eq!(page.text(), "hello alice");
}

#[tokio::test]
async fn a_file_that_goes_missing_fails_the_login_and_nothing_is_sent() {
    let file = Folder::new();
    let path = file.write("secret", "s3cret-of-the-client");
    let secret = ClientSecret::from_file(&path);
    let mut world = HostileWorld::with(
        |client| client.confidential_client("flask-app", secret),
        |relying_party| relying_party,
    );
    let too_large = "s3cret-of-the-client ".repeat(4000);
    for (name, content, wrong) in [
        ("missing", None, "it cannot be read: entity not found"),
        ("empty", Some("\n"), "it is empty"),
        (
            "too large",
            Some(too_large.as_str()),
            "it is larger than 64 KiB",
        ),
        (
            "two lines",
            Some("s3cret-of-the-client\n#"),
            "it has more than one line",
        ),
    ] {
        match content {
            Some(content) => drop(file.write("secret", content)),
            None => fs::remove_file(&path).expect("a file"),
        }
        let asked = world.provider.count(Endpoint::Token);
        let callback = world.to_callback_again("alice", "/secure").await;
        let page = world.browser.get(callback.as_str()).await;
        assert_refused(&page, Kind::ClientCredentialUnusable, name);
        let text = page.text();
        let shown = path.display().to_string();
        assert!(!text.contains(&shown), "{name}: the browser need not know");
        let error = page.error.expect("an error");
        let evidence: Vec<_> = error.evidence().iter().map(Evidence::value).collect();
        assert_eq!(evidence, [shown.as_str(), wrong], "{name}");
        assert!(!format!("{text}{error:?}").contains("s3cret"), "{name}");
        assert_eq!(world.provider.count(Endpoint::Token), asked, "{name}");
    }
    file.write("secret", "s3cret-of-the-client");
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn a_changed_key_signs_and_is_published_at_once() {
    let file = Folder::new();
    let keys = ClientKeys::from_file(file.write("keys", P256));
    let authentication = ClientAuthentication::PrivateKeyJwt(keys);
    let mut world = HostileWorld::with(
        |client| client.client("flask-app", authentication),
        |relying_party| relying_party,
    );
    for (pem, algorithm, kty) in [(P256, "ES256", "EC"), (ED25519, "EdDSA", "OKP")] {
        file.write("keys", pem);
        world.sign_in("alice", "/secure").await;
        let seen = world.provider.seen();
        let mut assertions = seen
            .iter()
            .filter_map(|seen| seen.form.get("client_assertion"));
        let last = assertions.next_back().expect("an assertion");
        assert_eq!(header(last)["alg"], algorithm);
        let published = world.browser.get(&format!("{APP}/auth/jwks")).await.json();
        assert_eq!(published["keys"][0]["kty"], kty);
    }
    file.write("keys", "no key");
    let callback = world.to_callback_again("alice", "/secure").await;
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::ClientCredentialUnusable, "no key");
    let page = world.browser.get(&format!("{APP}/auth/jwks")).await;
    assert_refused(&page, Kind::ClientCredentialUnusable, "jwks");
}

fn header(token: &str) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = token.split('.').next().expect("a part");
    let header = URL_SAFE_NO_PAD.decode(header).expect("base64");
    serde_json::from_slice(&header).expect("JSON")
}
