//! Errors of the provider: each leads to what its user would want, in the query and as a form.

use http::{Method, StatusCode};
use oidc_login::{LoginErrorKind as Kind, ResponseMode};
use oidc_login_tests::{
    hostile::{
        Endpoint, HostileWorld, assert_refused, location_of_login, parameter, to_provider,
        with_another,
    },
    user_agent::{Page, script},
    world::{APP, ISSUER},
};
use url::Url;

const CALLBACK: &str = "http://localhost:5000/auth/callback";

fn world(mode: ResponseMode) -> HostileWorld {
    HostileWorld::with(
        |client| client.response_mode(mode).login_parameters(["prompt"]),
        |relying_party| relying_party,
    )
}

/// The provider's answer, in either mode, up to the page it leads to.
async fn answered(world: &mut HostileWorld, mode: ResponseMode, answer: &Url) -> Page {
    if mode == ResponseMode::Query {
        return world.browser.arrive(answer.as_str()).await;
    }
    let form = answer.query().unwrap_or_default().to_owned();
    let page = world.browser.post_from_elsewhere(CALLBACK, form).await;
    let next = page.location().expect("the continuation");
    world.browser.arrive(next.as_str()).await
}

fn is_at_provider(page: &Page) -> bool {
    let location = page.location();
    location.is_some_and(|location| location.as_str().starts_with(ISSUER))
}

#[tokio::test]
async fn each_error_gets_a_page_with_a_way_on() {
    for mode in [ResponseMode::Query, ResponseMode::FormPost] {
        for (error, kind, status) in [
            ("access_denied", Kind::AccessDenied, 403),
            (
                "unmet_authentication_requirements",
                Kind::AuthenticationRequirementsUnmet,
                403,
            ),
            ("temporarily_unavailable", Kind::ProviderBusy, 503),
            ("server_error", Kind::ProviderFailed, 502),
            ("unauthorized_client", Kind::ClientUnauthorized, 502),
            ("invalid_scope", Kind::ScopeInvalid, 502),
            (
                "unsupported_response_type",
                Kind::ResponseTypeUnsupported,
                502,
            ),
            ("invalid_request", Kind::AuthorizationRequestRefused, 502),
            (
                "registration_not_supported",
                Kind::AuthorizationRequestRefused,
                502,
            ),
            ("made_up", Kind::ProviderError, 502),
        ] {
            let name = format!("{error} {mode:?}");
            let mut world = world(mode);
            let asked = world.begin("/secure?x=1").await;
            let answer = world.provider.refuse(&asked, error, "call <b>555-0100</b>");
            let answer = with_another(&answer, "error_uri", "https://evil.test/help");
            let page = answered(&mut world, mode, &answer).await;
            assert_refused(&page, kind, &name);
            assert_eq!(page.status.as_u16(), status, "{name}");
            let busy = if kind == Kind::ProviderBusy { "30" } else { "" };
            assert_eq!(page.header("retry-after"), busy, "{name}");
            let text = page.text();
            for shown in [
                "The provider’s own words",
                error,
                "call &#60;b&#62;555-0100",
                "href=\"/auth/login?return_to=%2Fsecure%3Fx%3D1\"",
                "href=\"/\"",
            ] {
                assert!(text.contains(shown), "{name}: {shown} in {text}");
            }
            assert!(!text.contains("evil.test"), "{name}");
            assert_eq!(world.provider.count(Endpoint::Token), 0, "{name}");
            assert_eq!(world.greeting().await, "hello stranger", "{name}");

            let asked = world.begin("/auth/login?return_to=%2Fsecure%3Fx%3D1").await;
            let callback = world.provider.answer(&asked, "alice");
            let page = answered(&mut world, mode, &callback).await;
            assert_eq!(page.header("location"), "/secure?x=1", "{name}");
        }
    }
}

#[tokio::test]
async fn a_script_gets_the_same_as_json() {
    let mut world = world(ResponseMode::Query);
    let asked = world.begin("/secure").await;
    let answer = world
        .provider
        .refuse(&asked, "invalid_scope", "no <groups>");
    let page = world
        .browser
        .request(script(Method::GET, answer.as_str()))
        .await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    let json = page.json();
    assert_eq!(json["error"], "invalid_scope");
    assert_eq!(json["said_by_provider"]["error"], "invalid_scope");
    let description = &json["said_by_provider"]["error_description"];
    assert_eq!(description, "no <groups>");
}

/// The provider wants something of the user that it was not asked to get: one new try, which asks.
#[tokio::test]
async fn a_login_that_needs_the_user_begins_once_more_and_then_says_so() {
    for mode in [ResponseMode::Query, ResponseMode::FormPost] {
        for (error, kind, prompt) in [
            ("login_required", Kind::LoginRequired, Some("login")),
            ("consent_required", Kind::ConsentRequired, Some("consent")),
            (
                "account_selection_required",
                Kind::AccountSelectionRequired,
                Some("select_account"),
            ),
            ("interaction_required", Kind::InteractionRequired, None),
        ] {
            let name = format!("{error} {mode:?}");
            let mut world = world(mode);
            let asked = world.begin("/secure").await;
            let answer = world.provider.refuse(&asked, error, "ask the user");
            let page = answered(&mut world, mode, &answer).await;
            assert!(is_at_provider(&page), "{name}: {}", page.status);
            let again = page.location().expect("the provider");
            let found = again.query_pairs().find(|(key, _)| key == "prompt");
            let found = found.map(|(_, value)| value.into_owned());
            assert_eq!(found.as_deref(), prompt, "{name}");

            let mut lucky = world.browser.clone();
            let answer = world.provider.refuse(&again, error, "ask the user");
            let page = answered(&mut world, mode, &answer).await;
            assert_refused(&page, kind, &name);
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{name}");
            assert_eq!(world.provider.count(Endpoint::Token), 0, "{name}");

            std::mem::swap(&mut world.browser, &mut lucky);
            let callback = world.provider.answer(&again, "alice");
            let page = answered(&mut world, mode, &callback).await;
            assert_eq!(page.header("location"), "/secure", "{name}");
        }
    }
}

#[tokio::test]
async fn no_frame_and_no_prefetch_begins_once_more() {
    let mut world = world(ResponseMode::Query);
    let asked = world.begin("/secure").await;
    let answer = world.provider.refuse(&asked, "login_required", "no");
    let header = http::HeaderValue::from_static("iframe");
    world.browser.headers.insert("sec-fetch-dest", header);
    let page = world.browser.arrive(answer.as_str()).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(page.json()["error"], "login_required");
}

/// With `prompt=none` the user was not to be asked: whatever the provider says, nobody is signed in,
/// and the page asked for is opened.
#[tokio::test]
async fn a_silent_login_that_fails_leads_on_as_nobody() {
    for mode in [ResponseMode::Query, ResponseMode::FormPost] {
        for error in [
            "login_required",
            "interaction_required",
            "consent_required",
            "account_selection_required",
            "access_denied",
            "temporarily_unavailable",
            "invalid_request",
        ] {
            let name = format!("{error} {mode:?}");
            let mut world = world(mode);
            let silent = format!("{}&prompt=none", location_of_login("/hello"));
            let asked = world.begin(&silent).await;
            assert_eq!(parameter(&asked, "prompt"), "none", "{name}");
            let answer = world.provider.refuse(&asked, error, "no");
            let page = answered(&mut world, mode, &answer).await;
            assert_eq!(page.header("location"), "/hello", "{name}");
            assert_eq!(world.greeting().await, "hello stranger", "{name}");

            // A page that needs a login asks for one, and not silently.
            let silent = format!("{}&prompt=none", location_of_login("/secure"));
            let asked = world.begin(&silent).await;
            let answer = world.provider.refuse(&asked, error, "no");
            let page = answered(&mut world, mode, &answer).await;
            assert_eq!(page.header("location"), "/secure", "{name}");
            let asked = world.begin("/secure").await;
            assert!(!asked.as_str().contains("prompt"), "{name}: {asked}");
        }
    }
}

#[tokio::test]
async fn a_silent_login_that_fails_changes_nothing_for_who_is_signed_in() {
    let mut world = world(ResponseMode::Query);
    world.sign_in("bob", "/").await;
    let silent = format!("{}&prompt=none", location_of_login("/hello"));
    let asked = world.begin(&silent).await;
    let answer = world.provider.refuse(&asked, "login_required", "no");
    let page = world.browser.arrive(answer.as_str()).await;
    assert_eq!(page.header("location"), "/hello");
    assert_eq!(world.greeting().await, "hello bob");
}

/// An answer that is not the provider's own is none, silent or not.
#[tokio::test]
async fn an_error_of_another_issuer_is_no_answer_to_a_silent_login() {
    let mut world = world(ResponseMode::Query);
    let silent = format!("{}&prompt=none", location_of_login("/hello"));
    let asked = world.begin(&silent).await;
    let answer = world.provider.refuse(&asked, "login_required", "no");
    let mixed_up =
        oidc_login_tests::hostile::with_parameter(&answer, "iss", Some("https://evil.test"));
    let page = world.browser.arrive(mixed_up.as_str()).await;
    assert_refused(&page, Kind::IssuerMismatch, "mixed up");
    let page = world.browser.arrive(answer.as_str()).await;
    assert_eq!(
        page.header("location"),
        "/hello",
        "the login is still alive"
    );
}

/// No cookie holds a page of text, and the error is what counts.
#[tokio::test]
async fn a_posted_error_with_a_long_explanation_is_shown_without_it() {
    let mut world = world(ResponseMode::FormPost);
    let asked = world.begin("/secure").await;
    let long = "word ".repeat(2000);
    let answer = world.provider.refuse(&asked, "access_denied", &long);
    let page = answered(&mut world, ResponseMode::FormPost, &answer).await;
    assert_refused(&page, Kind::AccessDenied, "long");
    assert!(!page.text().contains("word word"), "{}", page.text());
}

/// A busy provider is asked again by its user only.
#[tokio::test]
async fn a_busy_provider_is_not_asked_in_a_loop() {
    let mut world = world(ResponseMode::Query);
    let mut asked = to_provider(&mut world.browser, &format!("{APP}/secure")).await;
    for reload in 0..2 {
        let answer = world
            .provider
            .refuse(&asked, "temporarily_unavailable", "later");
        let page = world.browser.arrive(answer.as_str()).await;
        assert_refused(&page, Kind::ProviderBusy, "busy");
        let page = world.browser.get(answer.as_str()).await;
        if reload == 0 {
            asked = page.location().expect("a new try, as the user reloaded");
        } else {
            assert_refused(&page, Kind::NoPendingLogin, "and no third");
        }
    }
}
