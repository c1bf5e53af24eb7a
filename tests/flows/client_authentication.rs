//! Every way in which a client proves who it is, at a provider that checks it.

use oidc_login::{
    ClientAuthentication, ClientKeys, ClientSecret, Evidence, LoginErrorKind as Kind, OidcLayer,
    config::{AssertionAudience, ClientConfigBuilder, HmacAlgorithm},
    protocol::SigningAlgorithm,
};
use oidc_login_dev_provider::{Client, ClientAuthentication as Registered};
use oidc_login_tests::{
    hostile::assert_refused,
    steps::Gates,
    tokens::token_routes,
    user_agent::Page,
    world::{APP, ISSUER, World},
};

const SECRET: &str = "a secret that is 32 bytes long!!";
const RSA: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/rsa.pkcs8.pem");
const P256: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/p256.pkcs8.pem");
const P384: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/p384.sec1.pem");
const P521: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/p521.sec1.pem");
const ED25519: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/ed25519.pkcs8.pem");

fn world(
    registered: Client,
    settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
) -> World {
    let registered = registered.valid_redirect_uris([format!("{APP}/*")]);
    World::assemble(
        |provider| provider.client(registered),
        settings,
        |builder, _| {
            let relying_party = builder.build().expect("a relying party");
            token_routes(&Gates::default()).layer(OidcLayer::new(relying_party))
        },
    )
}

/// What the app publishes of these keys.
async fn public_jwks(keys: &ClientKeys) -> String {
    let authentication = ClientAuthentication::PrivateKeyJwt(keys.clone());
    let mut world = world(Client::public("any"), |client| {
        client.client("any", authentication)
    });
    world.browser.get(&format!("{APP}/auth/jwks")).await.text()
}

async fn callback(world: &mut World) -> Page {
    let location =
        oidc_login_tests::world::to_callback(&mut world.browser, "alice", "/secure").await;
    world.browser.get(&location).await
}

/// Signs in, and refreshes the tokens: both name the client.
async fn assert_works(world: &mut World, name: &str) {
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice", "{name}");
    let before = world.browser.get(&format!("{APP}/token")).await.text();
    world.clock.advance(11);
    let page = world.browser.get(&format!("{APP}/refresh")).await;
    assert_eq!(page.status, 200, "{name}: {}", page.text());
    assert_ne!(page.text(), before, "{name}");
}

#[tokio::test]
async fn a_secret_goes_every_way() {
    use ClientAuthentication as Ours;
    type Make = fn(ClientSecret) -> ClientAuthentication;
    let ways: [(&str, Registered, Make); 5] = [
        ("basic", Registered::SecretBasic, Ours::ClientSecretBasic),
        ("post", Registered::SecretPost, Ours::ClientSecretPost),
        (
            "left to the provider",
            Registered::SecretBasic,
            Ours::ClientSecret,
        ),
        ("HS256", Registered::SecretJwt, |secret| {
            Ours::ClientSecretJwt(secret, HmacAlgorithm::Hs256)
        }),
        ("HS512", Registered::SecretJwt, |secret| {
            Ours::ClientSecretJwt(secret, HmacAlgorithm::Hs512)
        }),
    ];
    for (id, secret) in [
        ("flask-app-2", SECRET),
        ("}(!]\"\\%", "}(!]\"\\%"),
        ("a:b", "c:d:"),
        ("a+b c", " + +"),
        ("%7D", "%20%"),
        (
            "https://client.test/?a=b&c#d",
            "&=?#/\u{e9}\u{20ac}\u{1f511}",
        ),
        ("~~~", "???>>>~~~"),
    ] {
        for (way, registered, make) in &ways {
            let client = Client::confidential(id, secret).client_authentication(*registered);
            let authentication = make(ClientSecret::new(secret));
            let mut world = world(client, |client| client.client(id, authentication));
            assert_works(&mut world, &format!("{id} {secret} {way}")).await;
        }
    }
}

#[tokio::test]
async fn every_kind_of_key_signs_the_client_in() {
    use SigningAlgorithm as Alg;
    for (pem, algorithm) in [
        (RSA, Alg::Rs256),
        (RSA, Alg::Rs384),
        (RSA, Alg::Rs512),
        (RSA, Alg::Ps256),
        (RSA, Alg::Ps384),
        (RSA, Alg::Ps512),
        (P256, Alg::Es256),
        (P384, Alg::Es384),
        (P521, Alg::Es512),
        (ED25519, Alg::EdDsa),
    ] {
        let keys = ClientKeys::new(pem).algorithm(algorithm).kid("k1");
        let registered = Client::with_public_keys("shop", public_jwks(&keys).await)
            .assertion_algorithm(algorithm.as_str());
        let authentication = ClientAuthentication::PrivateKeyJwt(keys);
        let mut world = world(registered, |client| client.client("shop", authentication));
        assert_works(&mut world, algorithm.as_str()).await;
    }
}

#[tokio::test]
async fn an_assertion_is_for_whom_the_provider_wants() {
    let keys = ClientKeys::new(P256);
    let jwks = public_jwks(&keys).await;
    let token_endpoint = format!("{ISSUER}/token");
    for (name, audience, wanted, works) in [
        ("issuer", None, ISSUER, true),
        ("not the token endpoint", None, &token_endpoint, false),
        (
            "token endpoint",
            Some(AssertionAudience::TokenEndpoint),
            &token_endpoint,
            true,
        ),
        (
            "another one",
            Some(AssertionAudience::Other("urn:op".to_owned())),
            "urn:op",
            true,
        ),
    ] {
        let registered = Client::with_public_keys("shop", &jwks).assertion_audience(wanted);
        let authentication = ClientAuthentication::PrivateKeyJwt(keys.clone());
        let mut world = world(registered, |client| {
            let client = client.client("shop", authentication);
            match audience {
                Some(audience) => client.assertion_audience(audience),
                None => client,
            }
        });
        let page = callback(&mut world).await;
        if works {
            assert!(page.error.is_none(), "{name}: {:?}", page.error);
        } else {
            assert_refused(&page, Kind::TokenRequestRefused, name);
        }
    }
}

#[tokio::test]
async fn a_wrong_proof_is_told_with_its_way() {
    let other = ClientKeys::new(P384);
    for (way, registered, authentication) in [
        (
            "client_secret_basic",
            Client::confidential("shop", SECRET),
            ClientAuthentication::ClientSecret(ClientSecret::new("wrong")),
        ),
        (
            "client_secret_post",
            Client::confidential("shop", SECRET),
            ClientAuthentication::ClientSecretPost(ClientSecret::new("wrong")),
        ),
        (
            "private_key_jwt",
            Client::with_public_keys("shop", public_jwks(&other).await),
            ClientAuthentication::PrivateKeyJwt(ClientKeys::new(P256)),
        ),
        (
            "none",
            Client::confidential("shop", SECRET),
            ClientAuthentication::None,
        ),
    ] {
        let mut world = world(registered, |client| client.client("shop", authentication));
        let page = callback(&mut world).await;
        assert_refused(&page, Kind::TokenRequestRefused, way);
        let error = page.error.expect("an error");
        let mut evidence = error.evidence().iter();
        let told = evidence.find(|one| one.what() == "client authentication");
        assert_eq!(told.map(Evidence::value), Some(way));
        let said = error.said_by_provider().map(|said| said.error.as_str());
        assert_eq!(said, Some("invalid_client"), "{way}");
    }
}
