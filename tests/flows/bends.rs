//! Every lie that the development provider can tell, told to an app over a socket: the app refuses it for the right reason,
//! nobody is signed in by it or out, and an honest provider is believed again.

mod world;

use std::collections::HashSet;

use http::Method;
use oidc_login::{LoginError, LoginErrorKind as Kind};
use oidc_login_dev_provider::Bend;
use oidc_login_tests::{
    user_agent::{Page, script},
    world::APP,
};

use self::world::World;

/// Why a login fails.
const LOGINS: [(Bend, Kind); 44] = [
    (Bend::DiscoveryIssuer, Kind::DiscoveryInvalid),
    (Bend::DiscoveryPlainHttp, Kind::DiscoveryInvalid),
    (Bend::DiscoveryNoJwksUri, Kind::DiscoveryInvalid),
    (Bend::DiscoveryNotJson, Kind::DiscoveryInvalid),
    (Bend::DiscoveryTooLarge, Kind::ProviderUnavailable),
    (Bend::DiscoveryRedirect, Kind::DiscoveryInvalid),
    (Bend::KeysNone, Kind::IdTokenKeyUnknown),
    (Bend::KeysOther, Kind::IdTokenSignature),
    (Bend::KeysUnavailable, Kind::ProviderUnavailable),
    (Bend::AnswerState, Kind::StateUnknown),
    (Bend::AnswerNoIssuer, Kind::IssuerMissing),
    (Bend::AnswerIssuer, Kind::IssuerMismatch),
    (Bend::AnswerCodeTwice, Kind::CodeDuplicated),
    (Bend::AnswerHtml, Kind::AccessDenied),
    (Bend::AnswerEmpty, Kind::StateMissing),
    (Bend::TokenInvalidGrant, Kind::TokenRequestRefused),
    (Bend::TokenUnavailable, Kind::ProviderUnavailable),
    (Bend::TokenNotJson, Kind::TokenResponseInvalid),
    (Bend::TokenEmpty, Kind::TokenResponseInvalid),
    (Bend::TokenTooLarge, Kind::ProviderUnavailable),
    (Bend::TokenNoIdToken, Kind::IdTokenMissing),
    (Bend::TokenType, Kind::TokenResponseInvalid),
    (Bend::IdTokenIssuer, Kind::IdTokenIssuer),
    (Bend::IdTokenAudience, Kind::IdTokenAudience),
    (Bend::IdTokenMoreAudiences, Kind::IdTokenAudience),
    (Bend::IdTokenAuthorizedParty, Kind::IdTokenAuthorizedParty),
    (Bend::IdTokenNoSubject, Kind::IdTokenMalformed),
    (Bend::IdTokenSignature, Kind::IdTokenSignature),
    (Bend::IdTokenUnknownKey, Kind::IdTokenKeyUnknown),
    (Bend::IdTokenAlgNone, Kind::IdTokenAlgorithm),
    (Bend::IdTokenHmacPublicKey, Kind::IdTokenAlgorithm),
    (Bend::IdTokenHmacSecret, Kind::IdTokenAlgorithm),
    (Bend::IdTokenExpired, Kind::IdTokenExpired),
    (Bend::IdTokenIssuedInFuture, Kind::IdTokenIssuedInFuture),
    (Bend::IdTokenNoNonce, Kind::IdTokenNonce),
    (Bend::IdTokenNonce, Kind::IdTokenNonce),
    (Bend::IdTokenAcr, Kind::IdTokenAcr),
    (Bend::IdTokenNoAuthTime, Kind::IdTokenAuthTimeMissing),
    (Bend::IdTokenAuthTime, Kind::IdTokenAuthTimeTooOld),
    (Bend::IdTokenAccessTokenHash, Kind::IdTokenAccessTokenHash),
    (Bend::IdTokenCrit, Kind::IdTokenMalformed),
    (Bend::IdTokenNested, Kind::IdTokenMalformed),
    (Bend::UserInfoSubject, Kind::UserInfoSubject),
    (Bend::UserInfoNotJson, Kind::UserInfoInvalid),
];

/// Why a token is not refreshed, and who is signed in afterwards.
const REFRESHES: [(Bend, Kind, &str); 2] = [
    (
        Bend::RefreshInvalidGrant,
        Kind::NotSignedIn,
        "hello stranger",
    ),
    (Bend::RefreshSubject, Kind::AccessTokenEnded, "hello alice"),
];

/// Why the app refuses to be told of a sign-out, if it does; it ends nothing either way.
const LOGOUTS: [(Bend, Option<Kind>); 5] = [
    (Bend::LogoutTokenAudience, Some(Kind::LogoutTokenRefused)),
    (Bend::LogoutTokenNoEvents, Some(Kind::LogoutTokenRefused)),
    (Bend::LogoutTokenNonce, Some(Kind::LogoutTokenRefused)),
    (Bend::LogoutTokenAlgNone, Some(Kind::LogoutTokenRefused)),
    (Bend::LogoutTokenOtherSession, None),
];

#[test]
fn none_is_forgotten() {
    let logins = LOGINS.iter().map(|(bend, _)| *bend);
    let refreshes = REFRESHES.iter().map(|(bend, ..)| *bend);
    let logouts = LOGOUTS.iter().map(|(bend, _)| *bend);
    let known: HashSet<_> = logins.chain(refreshes).chain(logouts).collect();
    for bend in Bend::ALL {
        assert!(known.contains(bend), "what does an app do with {bend}?");
    }
}

fn kind(page: &Page) -> Option<Kind> {
    page.error.as_ref().map(LoginError::kind)
}

/// For how many seconds a failure stands for those who come after as well.
const A_FAILURE_STANDS: i64 = 2;
const LIFETIME: i64 = 300;

/// A page that asks for what the lie is about.
fn path(bend: Bend) -> &'static str {
    match bend {
        Bend::IdTokenAcr => "/strong",
        Bend::IdTokenNoAuthTime | Bend::IdTokenAuthTime => "/recent",
        _ => "/secure",
    }
}

#[tokio::test]
async fn no_login_comes_of_it() {
    for (bend, expected) in LOGINS {
        no_login(bend, expected).await;
    }
}

async fn no_login(bend: Bend, expected: Kind) {
    let path = path(bend);
    let mut world = World::new().await;
    world.control.bend(bend);
    let page = world.open(path).await;
    assert_eq!(kind(&page), Some(expected), "{bend}: {}", page.text());
    assert_eq!(page.status, expected.status(), "{bend}");
    assert!(page.url.as_str().starts_with(APP), "{bend}");
    assert!(!page.text().contains("<script"), "{bend}");
    assert_eq!(world.greeting().await, "hello stranger", "{bend}");

    world.control.straighten();
    world.clock.advance(A_FAILURE_STANDS);
    let page = world.open(path).await;
    assert!(page.text().ends_with(" alice"), "{bend}: {}", page.text());
}

#[tokio::test]
async fn no_refresh_comes_of_it() {
    for (bend, expected, afterwards) in REFRESHES {
        no_refresh(bend, expected, afterwards).await;
    }
}

/// Asked by a script: a page would be sent to sign in again.
async fn no_refresh(bend: Bend, expected: Kind, afterwards: &str) {
    let mut world = World::new().await;
    let first = world.open("/token").await.text();
    world.clock.advance(LIFETIME);
    world.control.bend(bend);
    let request = script(Method::GET, &format!("{APP}/token"));
    let page = world.browser.request(request).await;
    assert_eq!(kind(&page), Some(expected), "{bend}: {}", page.text());
    assert_eq!(world.greeting().await, afterwards, "{bend}");

    world.control.straighten();
    let page = world.open("/token").await;
    assert!(page.status.is_success(), "{bend}: {}", page.text());
    assert_ne!(page.text(), first, "{bend}");
    assert_eq!(world.greeting().await, "hello alice", "{bend}");
}

#[tokio::test]
async fn no_logout_comes_of_it() {
    for (bend, expected) in LOGOUTS {
        no_logout(bend, expected).await;
    }
}

async fn no_logout(bend: Bend, expected: Option<Kind>) {
    let mut world = World::new().await;
    world.open("/secure").await;
    world.control.bend(bend);
    assert_eq!(world.sign_out_at_provider().await, expected, "{bend}");
    assert_eq!(world.greeting().await, "hello alice", "{bend}");

    world.control.straighten();
    world.open("/auth/login?return_to=/secure").await;
    assert_eq!(world.sign_out_at_provider().await, None, "{bend}");
    assert_eq!(world.greeting().await, "hello stranger", "{bend}");
}

/// Otherwise the tests above would say nothing.
#[tokio::test]
async fn an_honest_provider_is_believed() {
    let mut world = World::new().await;
    for path in ["/secure", "/recent", "/strong"] {
        let page = world.open(path).await;
        assert!(page.text().ends_with(" alice"), "{}", page.text());
    }
    assert!(world.open("/token").await.status.is_success());
}
