//! One request that fails one check, and what must hold before and after it.

use oidc_login::LoginErrorKind;
use url::Url;

use super::{HostileProvider, HostileWorld, IdToken, front_channel::parameter};
use crate::user_agent::Page;

/// Runs a login whose answer is attacked, in a browser where nobody is signed in and in bob's:
/// the callback is refused for this reason, changes nothing, and the next honest login works.
///
/// `attack` may bend the provider, and gives the URL that the browser opens.
pub async fn refuses(
    name: &str,
    expected: LoginErrorKind,
    attack: impl Fn(&HostileProvider, &Url) -> Url,
) {
    refuses_in(HostileWorld::new, name, expected, attack).await;
}

/// The same with other settings.
pub async fn refuses_in(
    world: impl Fn() -> HostileWorld,
    name: &str,
    expected: LoginErrorKind,
    attack: impl Fn(&HostileProvider, &Url) -> Url,
) {
    for (before, greeting) in [(None, "hello stranger"), (Some("bob"), "hello bob")] {
        let name = format!("{name}, {greeting}");
        let mut world = world();
        if let Some(user) = before {
            world.sign_in(user, "/").await;
        }
        let callback = world.to_callback_again("alice", "/secure").await;
        let attacked = attack(&world.provider, &callback);
        let page = world.browser.get(attacked.as_str()).await;
        assert_refused(&page, expected, &name);
        assert_tells_nothing(&page, &callback, &name);
        assert_eq!(world.greeting().await, greeting, "{name}");
        world.provider.be_honest();
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{name}: the next login");
    }
}

/// The same where every login gets an ID token with this defect.
pub async fn refuses_token(name: &str, expected: LoginErrorKind, defect: fn(&mut IdToken)) {
    refuses(name, expected, |provider, url| {
        provider.bend_id_token(defect);
        url.clone()
    })
    .await;
}

/// The page says that the login failed, for this reason, and sets no session cookie.
pub fn assert_refused(page: &Page, expected: LoginErrorKind, name: &str) {
    let found = page.error.as_ref().map(oidc_login::LoginError::kind);
    assert_eq!(found, Some(expected), "{name}: {}", page.status);
    assert_eq!(page.status, expected.status(), "{name}");
    assert_eq!(page.header("cache-control"), "no-store", "{name}");
    assert!(page.location().is_none(), "{name}");
    for line in page.set_cookies() {
        assert!(!line.contains("oidc_session"), "{name}: {line}");
    }
}

/// Neither the page nor the error holds the code or the state.
fn assert_tells_nothing(page: &Page, callback: &Url, name: &str) {
    let told = format!("{}{:?}", page.text(), page.error);
    for secret in ["code", "state"] {
        let value = parameter(callback, secret);
        assert!(!told.contains(&value), "{name}: {secret} is told");
    }
}
