//! The app and its provider on two sites, over https: what browsers hold back between sites is held back here.

use oidc_login::{
    ClientConfig, FrontchannelLogout, OidcLayer, ProviderConfig, RelyingParty, ResponseMode,
};
use oidc_login_dev_provider::{Client, DevProvider};
use oidc_login_tests::{
    authority::Authority,
    browser::{Browser, Page},
    https::{Site, browser_arguments},
    world::{keys, routes},
};
use serde_json::{Value, json};

/// Two sites, and a browser that knows both.
struct Stage {
    app: String,
    provider: String,
    browser: Browser,
    /// Dropped after the browser, which lives in its home folder.
    authority: Authority,
}

impl Stage {
    async fn new(response_mode: ResponseMode) -> Self {
        let authority = Authority::new();
        let app = Site::reserve("app.test").await;
        let provider = Site::reserve("localhost").await;
        let (app_origin, issuer) = (app.origin(), provider.origin());
        let client = Client::public("flask-app")
            .root_url(&app_origin)
            .valid_redirect_uris(["/*"])
            .frontchannel_logout_uri("/auth/frontchannel-logout");
        let op = DevProvider::builder()
            .issuer(&issuer)
            .keys(keys())
            .client(client)
            .build()
            .expect("a provider");
        let config = ProviderConfig::builder()
            .issuer(&issuer)
            .ca_file(authority.ca_file());
        let client = ClientConfig::builder()
            .provider(config.build().expect("a provider"))
            .public_client("flask-app")
            .root_url(format!("{app_origin}/"))
            .valid_redirect_uris(["/*"])
            .response_mode(response_mode)
            .frontchannel_logout(FrontchannelLogout::On);
        let client = client.build().expect("a client");
        let relying_party = RelyingParty::builder(client).build();
        let layer = OidcLayer::new(relying_party.expect("a relying party"));
        app.serve(&authority, routes().layer(layer));
        provider.serve(&authority, op.router());
        Self {
            app: app_origin,
            provider: issuer,
            browser: Browser::start_with(
                &browser_arguments(),
                Some(authority.home_that_trusts_it()),
            )
            .await,
            authority,
        }
    }

    async fn tab(&self, url: &str) -> Page {
        let page = self.browser.new_tab().await;
        page.goto(url).await;
        page
    }

    async fn fill_in(&self, page: &Page) {
        page.wait_for_url(&self.provider).await;
        page.fill_labelled("User name", "alice").await;
        page.fill_labelled("Password", "alice").await;
    }

    /// A tab of alice, who signed in on the way to this page.
    async fn signed_in(&self, path: &str) -> Page {
        let page = self.tab(&format!("{}{path}", self.app)).await;
        self.fill_in(&page).await;
        page.click_text("Sign in").await;
        page.wait_for_text("secure alice").await;
        page
    }

    /// Whom the app knows, asked in a tab of its own.
    async fn greeting(&self) -> String {
        self.tab(&format!("{}/hello", self.app)).await.text().await
    }
}

#[tokio::test]
#[ignore = "needs Chromium and certutil: ./test installs and starts them"]
async fn a_form_from_the_providers_site_signs_in_also_in_two_tabs_at_once() {
    let stage = Stage::new(ResponseMode::FormPost).await;
    let first = stage.tab(&format!("{}/secure?tab=1", stage.app)).await;
    let second = stage.tab(&format!("{}/secure?tab=2", stage.app)).await;
    stage.fill_in(&first).await;
    stage.fill_in(&second).await;
    for (page, query) in [(&first, "tab=1"), (&second, "tab=2")] {
        page.click_text("Sign in").await;
        page.wait_for_url(&format!("{}/secure?{query}", stage.app))
            .await;
        page.wait_for_text("secure alice").await;
    }
    first.reload().await;
    first.wait_for_text("secure alice").await;

    let cookies = first.cookies().await;
    let ours = cookies.iter().filter(|cookie| cookie.domain == "app.test");
    let mut names = Vec::new();
    for cookie in ours {
        assert!(cookie.name.starts_with("__Host-oidc_"), "{cookie:?}");
        assert!(cookie.secure && cookie.http_only, "{cookie:?}");
        assert_eq!((&*cookie.path, &*cookie.same_site), ("/", "Lax"));
        names.push(&*cookie.name);
    }
    let count = |part: &str| names.iter().filter(|name| name.contains(part)).count();
    assert_eq!(count("session"), 1, "{names:?}");
    assert_eq!(count("oidc_login") + count("answer"), 0, "{names:?}");
}

#[tokio::test]
#[ignore = "needs Chromium and certutil: ./test installs and starts them"]
async fn a_sign_out_at_the_provider_ends_the_session_of_the_app_in_a_frame() {
    let stage = Stage::new(ResponseMode::Query).await;
    let app = stage.signed_in("/secure").await;
    assert_eq!(stage.greeting().await, "hello alice");

    let provider = stage.tab(&format!("{}/end-session", stage.provider)).await;
    provider.screenshot("https-provider-asks").await;
    provider.click_text("Sign out").await;
    provider.wait_for_text("You are signed out").await;
    provider
        .wait_until("its frame is loaded", "document.readyState === 'complete'")
        .await;
    provider.screenshot("https-provider-signed-out").await;
    let frames = provider.foreign_frames().await;
    let [(frame, text)] = &frames[..] else {
        panic!("one frame: {frames:?}");
    };
    assert!(
        text.contains("Signed out"),
        "the provider may show it: {text}"
    );
    assert!(
        frame.starts_with(&format!("{}/auth/frontchannel-logout?iss=", stage.app)),
        "{frame}"
    );
    assert_eq!(stage.greeting().await, "hello stranger");
    app.reload().await;
    app.wait_for_url(&stage.provider).await;
}

/// The app asks, the provider tells all its apps by frames, and the browser comes back.
#[tokio::test]
#[ignore = "needs Chromium and certutil: ./test installs and starts them"]
async fn a_sign_out_at_the_app_goes_through_the_providers_frames_and_comes_back() {
    let stage = Stage::new(ResponseMode::Query).await;
    let page = stage.signed_in("/secure").await;
    page.goto(&format!("{}/auth/logout", stage.app)).await;
    page.screenshot("https-app-asks").await;
    page.click_text("Sign out").await;
    page.wait_for_text("open").await;
    assert_eq!(page.url().await, format!("{}/", stage.app));
    assert_eq!(stage.greeting().await, "hello stranger");
}

/// Whoever knows a `sid` can end that session, and nothing more: the page shows in nobody else's frame.
#[tokio::test]
#[ignore = "needs Chromium and certutil: ./test installs and starts them"]
async fn another_site_does_not_get_to_show_it_and_without_the_sid_ends_nothing() {
    let stage = Stage::new(ResponseMode::Query).await;
    stage.signed_in("/secure").await;
    let elsewhere = Site::reserve("elsewhere.test").await;
    let origin = elsewhere.origin();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("iss", &stage.provider)
        .append_pair("sid", "made up")
        .finish();
    let html = format!(
        "<iframe src='{}/auth/frontchannel-logout?{query}'></iframe>",
        stage.app
    );
    let router = axum::Router::new().route(
        "/",
        axum::routing::get(async move || axum::response::Html(html)),
    );
    elsewhere.serve(&stage.authority, router);
    let page = stage.tab(&origin).await;
    assert_eq!(
        page.evaluate("document.querySelectorAll('iframe').length")
            .await,
        Value::from(1)
    );
    let frames = page.foreign_frames().await;
    let [(frame, text)] = &frames[..] else {
        panic!("one frame: {frames:?}");
    };
    assert!(frame.starts_with(&stage.app), "{frame}");
    assert!(!text.contains("Signed out"), "{text}");
    assert_eq!(stage.greeting().await, "hello alice");
}

/// What the tests above rely on: the browser looks at who issued a certificate, and for whom.
#[tokio::test]
#[ignore = "needs Chromium and certutil: ./test installs and starts them"]
async fn a_certificate_of_another_authority_or_for_another_site_is_refused() {
    let (ours, other) = (Authority::new(), Authority::new());
    let browser = Browser::start_with(&browser_arguments(), Some(ours.home_that_trusts_it())).await;
    for (authority, error) in [
        (&ours, None),
        (&other, Some("net::ERR_CERT_AUTHORITY_INVALID")),
    ] {
        let site = Site::reserve("app.test").await;
        let (origin, elsewhere) = (
            site.origin(),
            site.origin().replace("app.test", "elsewhere.test"),
        );
        site.serve(authority, routes());
        let page = browser.new_tab().await;
        let answer = page
            .command("Page.navigate", json!({ "url": origin }))
            .await;
        assert_eq!(answer["errorText"].as_str(), error, "{answer}");
        let answer = page
            .command("Page.navigate", json!({ "url": elsewhere }))
            .await;
        let refusal = error.unwrap_or("net::ERR_CERT_COMMON_NAME_INVALID");
        assert_eq!(answer["errorText"], refusal);
    }
}
