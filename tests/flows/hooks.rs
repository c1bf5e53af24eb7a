//! The app's word at login and logout, and its own pages.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use http::StatusCode;
use oidc_login::{
    CLAIMS_KEY, LoginDecision, ReturnTo,
    config::RootUrl,
    page::{ConfirmLogoutPage, ErrorPage, ForbiddenPage, Pages, UnauthorizedPage},
};
use oidc_login_tests::world::{APP, ISSUER, World, routes};

#[tokio::test]
async fn what_on_login_puts_into_the_session_is_there_from_the_first_request_on() {
    let (mut world, _) = World::with_steps_and(|relying_party| {
        relying_party.on_login(async |login, session| {
            let before: Option<String> = session.get("color").await?;
            let claims = session.get_value(CLAIMS_KEY).await?.ok_or("no claims")?;
            assert_eq!(claims["sub"], login.subject());
            session.insert("database_id", "17").await?;
            session.insert("seen", before).await?;
            Ok(LoginDecision::Allow)
        })
    });
    world.browser.steps("set=color:red").await;
    world.sign_in("alice", "/secure").await;
    let found = world
        .browser
        .steps("who&claims&read=database_id&read=seen&read=color")
        .await;
    assert_eq!(
        found,
        "who=alice claims=alice database_id=17 seen=red color=red"
    );
}

#[tokio::test]
async fn a_denied_user_reads_the_reason_and_is_not_signed_in() {
    let (mut world, _) = World::with_steps_and(|relying_party| {
        relying_party.on_login(async |_, session| {
            session.insert("color", "hook").await?;
            Ok(LoginDecision::Deny(
                "<b>Only</b> for \"members\" & guests".to_owned(),
            ))
        })
    });
    world.browser.steps("set=color:red").await;
    let before = world.browser.session();
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let text = page.text();
    assert!(
        text.contains("login_denied") && !text.contains("<b>Only"),
        "{text}"
    );
    assert!(
        text.contains("&#60;b&#62;Only&#60;/b&#62; for &#34;members&#34; &#38; guests"),
        "{text}"
    );
    assert_eq!(world.browser.session(), before);
    assert_eq!(
        world.browser.steps("who&read=color").await,
        "who=- color=red"
    );
}

#[tokio::test]
async fn on_login_may_send_the_user_elsewhere() {
    let mut world = World::with(
        |client| client,
        |relying_party| {
            relying_party.on_login(async |_, _| {
                let root_url = RootUrl::parse(&format!("{APP}/"))?;
                Ok(LoginDecision::Redirect(ReturnTo::parse(
                    "/hello?new",
                    &root_url,
                )?))
            })
        },
        routes(),
    );
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.url.as_str(), format!("{APP}/hello?new"));
    assert_eq!(page.text(), "hello alice");
}

#[tokio::test]
async fn an_on_login_that_fails_signs_nobody_in_and_tells_nobody_why() {
    let mut world = World::with(
        |client| client,
        |relying_party| relying_party.on_login(async |_, _| Err("the password is hunter2".into())),
        routes(),
    );
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    let text = page.text();
    assert!(
        text.contains("hook_failed") && !text.contains("hunter2"),
        "{text}"
    );
    assert_eq!(
        world.browser.get(&format!("{APP}/hello")).await.text(),
        "hello stranger"
    );
    assert_eq!(world.browser.session(), None);
}

#[tokio::test]
async fn on_logout_is_called_once_and_cannot_stop_it() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let mut world = World::with(
        |client| client,
        |relying_party| {
            relying_party.on_logout(move |login| {
                let calls = counted.clone();
                async move {
                    assert_eq!(login.claims().preferred_username(), Some("alice"));
                    calls.fetch_add(1, Ordering::SeqCst);
                    Err("no matter".into())
                }
            })
        },
        routes(),
    );
    let logout = format!("{APP}/auth/logout");
    world.browser.post(&logout, &[]).await;
    assert_eq!(calls.load(Ordering::SeqCst), 0, "nobody was signed in");
    world.sign_in("alice", "/secure").await;
    let mut again = world.browser.clone();
    for browser in [&mut world.browser, &mut again] {
        let page = browser.post(&logout, &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        assert_eq!(
            browser.get(&format!("{APP}/hello")).await.text(),
            "hello stranger"
        );
    }
}

/// The session is over before the hook is asked, so the rest of the sign-out has to come as well.
#[tokio::test]
async fn an_on_logout_that_panics_does_not_keep_the_user_from_the_provider() {
    type Panics = fn();
    let cases: [(&str, bool, Panics); 2] = [
        ("when called", true, || panic!("the hook panics")),
        ("later", false, || panic!("the hook panics")),
    ];
    for (name, at_once, panics) in cases {
        let mut world = World::with(
            |client| client,
            |relying_party| {
                relying_party.on_logout(move |_| {
                    if at_once {
                        panics();
                    }
                    async move {
                        panics();
                        Ok(())
                    }
                })
            },
            routes(),
        );
        world.sign_in("alice", "/secure").await;
        let page = world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
        assert_eq!(
            page.status,
            StatusCode::SEE_OTHER,
            "{name}: {}",
            page.text()
        );
        let location = page.location().expect("the provider");
        assert!(location.as_str().starts_with(ISSUER), "{name}: {location}");
        let greeting = world.browser.get(&format!("{APP}/hello")).await.text();
        assert_eq!(greeting, "hello stranger", "{name}");
    }
}

struct OurPages;

impl Pages for OurPages {
    fn error(&self, page: &ErrorPage<'_>) -> String {
        format!("our error: {}", page.error.code())
    }

    fn unauthorized(&self, page: &UnauthorizedPage<'_>) -> String {
        format!("our 401: {}", page.sign_in)
    }

    fn forbidden(&self, page: &ForbiddenPage<'_>) -> String {
        format!("our 403: {} {}", page.role, page.signed_in_as)
    }

    fn confirm_logout(&self, page: &ConfirmLogoutPage<'_>) -> String {
        format!("our question: {} {:?}", page.action, page.signed_in_as)
    }
}

#[tokio::test]
async fn every_page_can_be_the_apps_own_and_keeps_our_headers() {
    let mut world = World::with(
        |client| client,
        |settings| settings.pages(OurPages),
        routes(),
    );
    let mut pages = vec![
        (
            world.browser.get(&format!("{APP}/auth/nothing")).await,
            404,
            "our error: unknown_endpoint",
        ),
        (
            world.browser.post(&format!("{APP}/secure"), &[]).await,
            401,
            "our 401: /auth/login",
        ),
    ];
    pages.push((
        world.sign_in("bob", "/admin").await,
        403,
        "our 403: admin bob",
    ));
    let question = world.browser.get(&format!("{APP}/auth/logout")).await;
    pages.push((question, 200, "our question: /auth/logout Some(\"bob\")"));
    for (page, status, text) in pages {
        assert_eq!((page.status.as_u16(), page.text().as_str()), (status, text));
        assert_eq!(page.header("x-frame-options"), "DENY", "{text}");
        assert!(
            page.header("content-security-policy")
                .contains("default-src 'none'"),
            "{text}"
        );
        assert_eq!(page.header("cache-control"), "no-store", "{text}");
    }
}

struct PagesWithPolicy(&'static str);

impl Pages for PagesWithPolicy {
    fn content_security_policy(&self) -> &str {
        self.0
    }
}

#[tokio::test]
async fn pages_may_load_what_the_app_says_and_stay_out_of_frames() {
    let own = "default-src 'none'; style-src 'self'";
    for (name, given, expected) in [
        ("the app's own", own, own),
        (
            "no header value",
            "style-src 'self'\r\nset-cookie: a=b",
            oidc_login::page::content_security_policy(),
        ),
    ] {
        let mut world = World::with(
            |client| client,
            |settings| settings.pages(PagesWithPolicy(given)),
            routes(),
        );
        let error = world.browser.get(&format!("{APP}/auth/nothing")).await;
        let unauthorized = world.browser.post(&format!("{APP}/secure"), &[]).await;
        let forbidden = world.sign_in("bob", "/admin").await;
        let question = world.browser.get(&format!("{APP}/auth/logout")).await;
        for page in [error, unauthorized, forbidden, question] {
            let policies = page.headers.get_all("content-security-policy");
            let policies: Vec<_> = policies.iter().collect();
            assert_eq!(policies, [expected], "{name}: {}", page.url);
            assert_eq!(page.header("x-frame-options"), "DENY", "{name}");
            assert!(!page.header("set-cookie").contains("a=b"), "{name}");
        }
    }
}
