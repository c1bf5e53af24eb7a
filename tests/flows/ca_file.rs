//! A provider whose certificate comes from an authority of its own: trusted when that one is named, and no other.

use oidc_login::{
    ClientConfig, LoginError, LoginErrorKind as Kind, OidcLayer, ProviderConfig, RelyingParty,
};
use oidc_login_dev_provider::{Client, DevProvider};
use oidc_login_tests::{
    authority::Authority,
    clock::HandClock,
    https::Site,
    user_agent::{Page, UserAgent},
    world::{APP, fill_in, keys, routes},
};

/// Where an app that trusts this authority gets that asks for a provider with a certificate of that one.
async fn sign_in(trusted: Option<&Authority>, issued_by: &Authority, name: &'static str) -> Page {
    let site = Site::reserve(name).await;
    let issuer = site.origin().replace(name, "localhost");
    let client = Client::public("app")
        .root_url(APP)
        .valid_redirect_uris(["/*"]);
    let provider = DevProvider::builder()
        .issuer(&issuer)
        .keys(keys())
        .client(client);
    let router = provider.build().expect("a provider").router();
    site.serve(issued_by, router.clone());
    let mut config = ProviderConfig::builder().issuer(&issuer);
    if let Some(authority) = trusted {
        config = config.ca_file(authority.ca_file());
    }
    let client = ClientConfig::builder()
        .provider(config.build().expect("a provider"))
        .public_client("app")
        .root_url(APP)
        .valid_redirect_uris(["/*"]);
    let relying_party = RelyingParty::builder(client.build().expect("a client")).build();
    let app = routes().layer(OidcLayer::new(relying_party.expect("a relying party")));
    let sites = [(APP.to_owned(), app), (issuer, router)];
    let mut browser = UserAgent::new(sites, HandClock::new());
    let page = browser.open(&format!("{APP}/secure")).await;
    if page.error.is_some() {
        return page;
    }
    let callback = fill_in(&mut browser, &page, "alice").await;
    browser.open(&callback).await
}

#[tokio::test]
async fn whoever_it_names_is_trusted_from_discovery_to_the_token() {
    let authority = Authority::new();
    let page = sign_in(Some(&authority), &authority, "localhost").await;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn nobody_else_is() {
    let (ours, other) = (Authority::new(), Authority::new());
    for (case, trusted, issued_by, name) in [
        ("not named", None, &ours, "localhost"),
        ("another of the same name", Some(&other), &ours, "localhost"),
        ("for another host", Some(&ours), &ours, "elsewhere.test"),
    ] {
        let page = sign_in(trusted, issued_by, name).await;
        let kind = page.error.as_ref().map(LoginError::kind);
        assert_eq!(kind, Some(Kind::ProviderUnavailable), "{case}");
        assert!(page.url.as_str().starts_with(APP), "{case}: {}", page.url);
    }
}
