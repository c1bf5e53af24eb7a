//! Issuers with a path and a slash at the end, and providers without a discovery document.

use http::StatusCode;
use oidc_login::{LoginErrorKind as Kind, config::ProviderConfigBuilder};
use oidc_login_dev_provider::Endpoint;
use oidc_login_tests::{
    hostile::{self, HostileWorld, assert_refused, with_parameter},
    world::{APP, ISSUER, World, to_callback},
};

/// The tutorial's app, which knows the provider by an issuer that may be another one than its own.
fn world(
    provider_issuer: &str,
    configured: &str,
    settings: impl FnOnce(ProviderConfigBuilder) -> ProviderConfigBuilder,
) -> World {
    World::at(
        |provider| provider.issuer(provider_issuer),
        |known| settings(known.issuer(configured)),
    )
}

const WITH_AND_WITHOUT: [(&str, &str); 4] = [
    ("nothing", "http://localhost:5001"),
    ("a slash", "http://localhost:5001/"),
    ("a path", "http://localhost:5001/realms/a"),
    ("a path and a slash", "http://localhost:5001/realms/a/"),
];

#[tokio::test]
async fn an_issuer_is_what_its_provider_writes() {
    for (name, issuer) in WITH_AND_WITHOUT {
        let mut world = world(issuer, issuer, |provider| provider);
        assert_eq!(
            world.sign_in("alice", "/secure").await.text(),
            "secure alice",
            "{name}"
        );
        let asked = world.provider.control().requests(Endpoint::Discovery);
        assert_eq!(asked, 1, "{name}");
    }
}

#[tokio::test]
async fn a_slash_more_or_less_is_another_issuer() {
    for [(_, one), (_, other)] in [
        [WITH_AND_WITHOUT[0], WITH_AND_WITHOUT[1]],
        [WITH_AND_WITHOUT[2], WITH_AND_WITHOUT[3]],
    ] {
        for (of_provider, configured) in [(one, other), (other, one)] {
            let mut world = world(of_provider, configured, |provider| provider);
            let page = world.browser.get(&format!("{APP}/auth/login")).await;
            assert_refused(&page, Kind::DiscoveryInvalid, configured);
            assert!(page.set_cookies().is_empty(), "{configured}");
        }
    }
}

/// Microsoft Entra ID's `common`: a login there would be of any tenant of the world.
#[tokio::test]
async fn an_address_of_many_tenants_is_refused_with_what_to_do() {
    let mut world = HostileWorld::new();
    world.provider.bend_metadata(|metadata| {
        metadata["issuer"] = serde_json::json!("https://login.example/{tenantid}/v2.0");
    });
    let page = world.browser.get(&format!("{APP}/auth/login")).await;
    assert_refused(&page, Kind::DiscoveryInvalid, "many tenants");
    let error = page.error.as_ref().expect("an error");
    let found = |what: &str| error.evidence().iter().find(|fact| fact.what() == what);
    let issuer = found("issuer in the document").expect("an issuer");
    assert_eq!(issuer.value(), "https://login.example/{tenantid}/v2.0");
    let cause = found("likely cause").expect("a cause");
    assert!(cause.value().contains("your tenant's"), "{cause:?}");
}

#[tokio::test]
async fn without_discovery_nothing_is_asked_before_the_code_is_exchanged() {
    for (name, issuer) in WITH_AND_WITHOUT {
        let base = issuer.trim_end_matches('/');
        let mut world = world(issuer, issuer, |provider| {
            provider
                .without_discovery()
                .authorization_endpoint(format!("{base}/authorize"))
                .token_endpoint(format!("{base}/token"))
                .jwks_uri(format!("{base}/jwks"))
                .end_session_endpoint(format!("{base}/end-session"))
        });
        let control = world.provider.control();
        control.fail(Endpoint::Discovery, StatusCode::INTERNAL_SERVER_ERROR);
        let callback = to_callback(&mut world.browser, "alice", "/secure").await;
        let asked = [Endpoint::Discovery, Endpoint::Jwks, Endpoint::Token];
        assert_eq!(
            asked.map(|endpoint| control.requests(endpoint)),
            [0, 0, 0],
            "{name}"
        );
        let page = world.browser.open(&callback).await;
        assert_eq!(page.text(), "secure alice", "{name}");
        let page = world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
        let location = page.location().expect("the provider");
        assert!(
            location
                .as_str()
                .starts_with(&format!("{base}/end-session?")),
            "{name}"
        );
        assert_eq!(control.requests(Endpoint::Discovery), 0, "{name}");
    }
}

/// The wrong issuer by hand: nothing tells before the answer does.
#[tokio::test]
async fn without_discovery_the_answer_and_the_id_token_still_name_the_issuer() {
    for (name, names_issuer, iss, expected) in [
        (
            "compared where it is there",
            false,
            Some("http://localhost:5001"),
            Kind::IssuerMismatch,
        ),
        (
            "required where it was said",
            true,
            None,
            Kind::IssuerMissing,
        ),
        ("the ID token otherwise", false, None, Kind::IdTokenIssuer),
    ] {
        let mut world = world(ISSUER, "http://localhost:5001/", |provider| {
            provider
                .without_discovery()
                .authorization_endpoint(format!("{ISSUER}/authorize"))
                .token_endpoint(format!("{ISSUER}/token"))
                .jwks_uri(format!("{ISSUER}/jwks"))
                .authorization_response_iss_parameter_supported(names_issuer)
        });
        let callback = to_callback(&mut world.browser, "alice", "/secure").await;
        let callback = with_parameter(&callback.parse().expect("a URL"), "iss", iss);
        let page = world.browser.get(callback.as_str()).await;
        assert_refused(&page, expected, name);
    }
}

#[tokio::test]
async fn what_is_stated_goes_before_what_is_discovered() {
    let mut world = HostileWorld::at(|provider| {
        provider
            .authorization_endpoint(format!("{ISSUER}/elsewhere"))
            .authorization_response_iss_parameter_supported(false)
    });
    let location = world.begin("/secure").await;
    assert_eq!(location.path(), "/elsewhere");
    let callback = world.provider.answer(&location, "alice");
    let callback = with_parameter(&callback, "iss", None);
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
    assert_eq!(world.provider.count(hostile::Endpoint::Discovery), 1);
}
