//! Several logins of one browser at once, and several answers of one login.

use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{
    hostile::{
        Endpoint, HostileWorld, assert_refused, location_of_login, to_provider, with_parameter,
    },
    world::{APP, ISSUER},
};

#[tokio::test]
async fn two_tabs_one_after_the_other_both_end_where_they_wanted() {
    for is_in_order in [true, false] {
        let mut world = HostileWorld::new();
        let first = world.to_callback_again("alice", "/secure?tab=1").await;
        let second = world.to_callback_again("alice", "/secure?tab=2").await;
        let mut tabs = [(first, "1"), (second, "2")];
        if !is_in_order {
            tabs.reverse();
        }
        for (callback, tab) in tabs {
            let page = world.browser.open(callback.as_str()).await;
            assert_eq!(page.text(), "secure alice", "tab {tab}");
            let expected = format!("{APP}/secure?tab={tab}");
            assert_eq!(page.url.as_str(), expected);
        }
        let pending = world.browser.cookies_named("localhost", "oidc_login_");
        assert_eq!(pending, Vec::<String>::new());
    }
}

#[tokio::test]
async fn two_tabs_at_once_both_end_where_they_wanted() {
    let mut world = HostileWorld::new();
    let first = world.to_callback_again("alice", "/secure?tab=1").await;
    let second = world.to_callback_again("alice", "/secure?tab=2").await;
    let mut gate = world.provider.hold(Endpoint::Token);
    let (mut one, mut two) = (world.browser.clone(), world.browser.clone());
    let release = async {
        gate.reached(2).await;
        gate.open();
    };
    let (one_page, two_page, ()) =
        tokio::join!(one.get(first.as_str()), two.get(second.as_str()), release);
    for (page, tab) in [(one_page, "1"), (two_page, "2")] {
        let location = page.location().expect("a redirect");
        assert_eq!(location.as_str(), format!("{APP}/secure?tab={tab}"));
    }
    world.browser.jar.extend(one.jar);
    world.browser.jar.extend(two.jar);
    assert_eq!(world.greeting().await, "hello alice");
    assert_eq!(world.provider.count(Endpoint::Token), 2);
}

#[tokio::test]
async fn of_eight_logins_the_oldest_is_gone() {
    let mut world = HostileWorld::new();
    let mut callbacks = Vec::new();
    for number in 0..8 {
        let path = format!("/secure?number={number}");
        callbacks.push(world.to_callback_again("alice", &path).await);
        world.clock.advance(1);
    }
    let pending = world.browser.cookies_named("localhost", "oidc_login_");
    assert_eq!(pending.len(), 7);
    let page = world.browser.clone().get(callbacks[0].as_str()).await;
    let location = page.location().expect("a new try");
    assert!(location.as_str().starts_with(ISSUER), "{location}");
    for (number, callback) in callbacks.iter().enumerate().skip(1) {
        let page = world.browser.clone().open(callback.as_str()).await;
        let expected = format!("{APP}/secure?number={number}");
        assert_eq!(page.url.as_str(), expected);
    }
}

#[tokio::test]
async fn a_double_click_asks_for_one_token_and_signs_both_in() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let mut gate = world.provider.hold(Endpoint::Token);
    let (mut one, mut two) = (world.browser.clone(), world.browser.clone());
    let release = async {
        gate.reached(1).await;
        // The second click has had every chance to reach the provider as well.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        gate.open();
    };
    let (one_page, two_page, ()) = tokio::join!(
        one.open(callback.as_str()),
        two.open(callback.as_str()),
        release
    );
    assert_eq!(one_page.text(), "secure alice");
    assert_eq!(two_page.text(), "secure alice");
    assert_eq!(world.provider.count(Endpoint::Token), 1);
    // Whichever answer came last, the browser has the same session.
    assert_eq!(one.cookie_line("localhost"), two.cookie_line("localhost"));
}

#[tokio::test]
async fn a_double_click_on_a_login_that_fails_fails_twice() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    world.provider.reply(Endpoint::Token, 500, "");
    let mut gate = world.provider.hold(Endpoint::Token);
    let (mut one, mut two) = (world.browser.clone(), world.browser.clone());
    let release = async {
        gate.reached(1).await;
        gate.open();
    };
    let (first, second, ()) = tokio::join!(
        one.get(callback.as_str()),
        two.get(callback.as_str()),
        release
    );
    assert_refused(&first, Kind::ProviderUnavailable, "first");
    assert_refused(&second, Kind::ProviderUnavailable, "second");
    assert_eq!(world.provider.count(Endpoint::Token), 1);
}

#[tokio::test]
async fn a_browser_that_hangs_up_is_signed_in_by_its_second_request() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let mut gate = world.provider.hold(Endpoint::Token);
    let mut gone = world.browser.clone();
    tokio::select! {
        page = gone.get(callback.as_str()) => panic!("answered {}", page.status),
        () = gate.reached(1) => (),
    }
    gate.open();
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
    assert_eq!(world.provider.count(Endpoint::Token), 1);
}

#[tokio::test]
async fn a_tab_restored_later_asks_for_no_token_and_signs_nobody_in() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let mut restored = world.browser.clone();
    world.browser.open(callback.as_str()).await;
    world.clock.advance(120);
    // The browser brings back the cookies of its last session together with the tab.
    let page = restored.get(callback.as_str()).await;
    let location = page.location().expect("the place to return to");
    assert_eq!(location.as_str(), format!("{APP}/secure"));
    let page = restored.open(&format!("{APP}/hello")).await;
    assert_eq!(page.text(), "hello stranger");
    assert_eq!(world.provider.count(Endpoint::Token), 1);
    assert_eq!(world.greeting().await, "hello alice");
}

#[tokio::test]
async fn a_tab_restored_after_sign_out_does_not_bring_the_session_back() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let mut restored = world.browser.clone();
    world.browser.open(callback.as_str()).await;
    world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    let page = restored.get(callback.as_str()).await;
    assert!(page.status.is_redirection(), "{}", page.status);
    let page = restored.open(&format!("{APP}/hello")).await;
    assert_eq!(page.text(), "hello stranger");
    assert_eq!(world.provider.count(Endpoint::Token), 1);
}

/// A double click on the provider's button: it answers twice, and the browser breaks the first answer
/// off, before or after the app has used it.
#[tokio::test]
async fn an_answer_that_the_next_one_broke_off_is_no_dead_end() {
    for is_used_before in [true, false] {
        let mut world = HostileWorld::new();
        let link = format!("{APP}{}", location_of_login("/secure"));
        let asked = to_provider(&mut world.browser, &link).await;
        let [first, second] = [(); 2].map(|()| world.provider.answer(&asked, "alice"));
        let mut gate = world.provider.hold(Endpoint::Token);
        let mut gone = world.browser.clone();
        tokio::select! {
            page = gone.get(first.as_str()) => panic!("answered {}", page.status),
            () = gate.reached(1) => (),
        }
        let mut landing = world.browser.clone();
        if is_used_before {
            gate.open();
            let page = landing.get(first.as_str()).await;
            assert!(page.status.is_redirection(), "{}", page.status);
        }
        let page = world.browser.arrive(second.as_str()).await;
        let asked = page.location().expect("a new try");
        assert!(asked.as_str().starts_with(ISSUER), "{asked}");
        gate.open();
        let answer = world.provider.answer(&asked, "alice");
        let page = world.browser.open(answer.as_str()).await;
        assert_eq!(page.text(), "secure alice", "{is_used_before}");
        // Who does not have the cookie of that login has nothing of it.
        let page = world.browser.other_browser().arrive(second.as_str()).await;
        assert_refused(&page, Kind::StateReplayed, "another browser");
    }
}

/// Whoever has the cookies of a login under way, but not the provider's answer, is not signed in.
#[tokio::test]
async fn a_second_answer_with_another_code_gets_nothing_of_the_first() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let mut other = world.browser.clone();
    world.browser.open(callback.as_str()).await;
    let guessed = with_parameter(&callback, "code", Some("guess"));
    let page = other.get(guessed.as_str()).await;
    let asked = page.location().expect("a sign-in of its own");
    assert!(asked.as_str().starts_with(ISSUER), "{asked}");
    let page = other.open(&format!("{APP}/hello")).await;
    assert_eq!(page.text(), "hello stranger");
    assert_eq!(world.provider.count(Endpoint::Token), 1);
    assert_eq!(world.greeting().await, "hello alice");
}
