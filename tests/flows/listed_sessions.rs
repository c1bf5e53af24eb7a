//! What is kept for a user's list of sessions; what it shows is a table of `tests/races`, for every store.

use oidc_login_tests::{
    clock::HandClock,
    steps::Gates,
    watched_store::WatchedStore,
    world::{World, sign_in},
};
use serde_json::{Value, json};

#[tokio::test]
async fn what_the_browser_says_of_itself_is_kept_within_bounds_and_sealed() {
    let (gates, clock) = (Gates::default(), HandClock::new());
    let store = WatchedStore::new(&clock, &gates);
    let (world, _, _) =
        World::with_session_list(|client| client, |rp| rp.login_store(store.clone()));
    let long = "x".repeat(10 * 1024);
    for (name, sent, kept) in [
        ("10 KB", long.as_bytes(), Some(&long[..256])),
        (
            "HTML",
            b"<script>alert(1)</script>",
            Some("<script>alert(1)</script>"),
        ),
        ("a tab", b"a\tb", Some("ab")),
        ("no UTF-8", b"a\xff", Some("a\u{fffd}")),
        ("turned around", "a\u{202e}b".as_bytes(), Some("ab")),
        ("nothing", b"", None),
    ] {
        let mut browser = world.browser.other_browser();
        let value = http::HeaderValue::from_bytes(sent).expect("a header");
        browser.headers.insert("user-agent", value);
        browser.peer = None;
        sign_in(&mut browser, "alice", "/secure").await;
        let sessions = browser.sessions().await;
        let this = sessions
            .iter()
            .find(|one| one["this"] == true)
            .expect("this one");
        assert_eq!(
            (&this["user_agent"], &this["address"]),
            (&json!(kept), &Value::Null),
            "{name}"
        );
        for (_, about) in store.saved() {
            let text = String::from_utf8_lossy(&about).into_owned();
            assert!(
                !text.contains("xxx") && !text.contains("script"),
                "{name}: {text}"
            );
            assert!(about.len() < 320, "{name}: {} bytes", about.len());
        }
        world.clock.advance(1);
    }
}
