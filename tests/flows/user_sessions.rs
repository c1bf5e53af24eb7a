//! A user's list of sessions: what it shows, and the end of one, of this one, and of all others.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, StatusCode};
use oidc_login_tests::{
    clock::HandClock,
    steps::Gates,
    stores::OpenStore,
    user_agent::{UserAgent, navigation, set},
    watched_store::WatchedStore,
    world::{APP, World, sign_in},
};
use serde_json::{Value, json};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// Alice at her desk and on her phone, and bob.
struct People {
    desk: UserAgent,
    phone: UserAgent,
    bob: UserAgent,
    clock: HandClock,
    gates: Gates,
}

fn browser(world: &World, user_agent: &str, peer: &str) -> UserAgent {
    let mut browser = world.browser.other_browser();
    browser
        .headers
        .insert("user-agent", user_agent.parse().expect("a header"));
    browser.peer = Some(peer.parse().expect("an address"));
    browser
}

impl People {
    async fn signed_in() -> Self {
        Self::signed_in_with(None).await
    }

    /// With another store for the app's values than ours.
    async fn signed_in_with(values: Option<OpenStore>) -> Self {
        let (world, _, gates) = World::with_session_list(
            |client| client,
            |rp| match values {
                Some(values) => rp.session_store(values),
                None => rp,
            },
        );
        let mut desk = browser(&world, FIREFOX, "192.0.2.1:1");
        let mut phone = browser(&world, "Phone/1.0", "[2001:db8::1]:1");
        let mut bob = browser(&world, "Bob/1.0", "192.0.2.2:1");
        for (browser, user, color) in [
            (&mut desk, "alice", "red"),
            (&mut phone, "alice", "green"),
            (&mut bob, "bob", "blue"),
        ] {
            sign_in(browser, user, "/secure").await;
            browser.steps(&format!("set=color:{color}")).await;
            world.clock.advance(10);
        }
        let (clock, world_gates) = (world.clock.clone(), gates);
        Self {
            desk,
            phone,
            bob,
            clock,
            gates: world_gates,
        }
    }

    async fn are(&mut self, expected: [&str; 3]) {
        for (browser, expected) in [&mut self.desk, &mut self.phone, &mut self.bob]
            .into_iter()
            .zip(expected)
        {
            assert_eq!(browser.steps("who&read=color").await, expected);
        }
    }
}

const ALL: [&str; 3] = [
    "who=alice color=red",
    "who=alice color=green",
    "who=bob color=blue",
];
const PHONE_ENDED: [&str; 3] = [ALL[0], "who=- color=-", ALL[2]];

#[tokio::test]
async fn everybody_sees_their_own_sessions_and_which_is_this_one() {
    let mut people = People::signed_in().await;
    let began = HandClock::new().seconds();
    let sessions = people.desk.sessions().await;
    let handles: Vec<_> = sessions.iter().map(|one| one["id"].clone()).collect();
    let phone = json!({
        "id": handles[0], "this": false, "since": began + 10, "until": began + 10 + 3600,
        "browser": null, "user_agent": "Phone/1.0", "address": "2001:db8::1",
    });
    let desk = json!({
        "id": handles[1], "this": true, "since": began, "until": began + 3600,
        "browser": "Firefox on Linux", "user_agent": FIREFOX, "address": "192.0.2.1",
    });
    assert_eq!(sessions, [phone, desk], "newest first");

    let theirs = people.phone.sessions().await;
    let seen: Vec<_> = theirs
        .iter()
        .map(|one| (one["id"].clone(), one["this"] == true))
        .collect();
    assert_eq!(
        seen,
        [(handles[0].clone(), true), (handles[1].clone(), false)]
    );

    let bobs = people.bob.sessions().await;
    assert_eq!(bobs.len(), 1);
    assert_eq!(
        (&bobs[0]["user_agent"], &bobs[0]["this"]),
        (&json!("Bob/1.0"), &json!(true))
    );
    assert_eq!(
        people.bob.other_browser().sessions().await,
        Vec::<Value>::new(),
        "a visitor"
    );
}

#[tokio::test]
async fn a_list_moves_with_the_use_of_a_session_and_is_kept_by_no_cache() {
    let mut people = People::signed_in().await;
    let before = people.desk.sessions().await[0]["until"].as_i64();
    people.clock.advance(1800);
    people.phone.steps("who").await;
    let page = people.desk.get(&format!("{APP}/sessions")).await;
    assert_eq!(page.header("cache-control"), "private, no-store");
    let after = page.json()[0]["until"].as_i64();
    assert_eq!(
        after.zip(before).map(|(after, before)| after - before),
        Some(1820)
    );
    people.clock.advance(3599);
    people.phone.steps("who").await;
    people.clock.advance(3600);
    assert_eq!(
        people.desk.sessions().await,
        Vec::<Value>::new(),
        "all have ended by now"
    );
}

#[tokio::test]
async fn another_session_is_ended_with_its_values() {
    for values in [None, Some(OpenStore::default())] {
        let mut people = People::signed_in_with(values.clone()).await;
        people.are(ALL).await;
        let phone = people.phone.handle().await;
        let page = people.desk.end_session(&phone).await;
        assert_eq!(
            (page.text().as_str(), page.set_cookies().len()),
            ("true", 0)
        );
        if let Some(values) = values {
            assert!(!values.text().contains("green"), "{}", values.text());
        }
        people.are(PHONE_ENDED).await;
        let left = people.desk.sessions().await;
        assert_eq!(left.len(), 1);
        let page = people.desk.end_session(&phone).await;
        assert_eq!(page.text(), "false", "once more");
        // The provider still knows her there, and asks for no password.
        people.phone.open(&format!("{APP}/secure")).await;
        assert_eq!(
            people.phone.steps("who&read=color").await,
            "who=alice color=-"
        );
    }
}

#[tokio::test]
async fn a_request_under_way_in_an_ended_session_writes_nothing_back() {
    for steps in [
        "hold=slow&set=color:late",
        "hold=slow&set=color:late&save",
        "hold=slow&cycle&save",
        "read=color&who&hold=slow&set=color:late",
        "read=color&who&hold=slow&set=color:late&save",
        "read=color&who&hold=slow&cycle",
        "read=color&who&hold=slow&cycle&save",
        "read=color&who&hold=slow&flush&set=color:late",
        "read=color&cycle&hold=slow&set=color:late",
    ] {
        let values = OpenStore::default();
        let mut people = People::signed_in_with(Some(values.clone())).await;
        let phone = people.phone.handle().await;
        let slow = people.phone.in_flight(&people.gates, "slow", steps).await;
        assert_eq!(
            people.desk.end_session(&phone).await.text(),
            "true",
            "{steps}"
        );
        let late = people.phone.land(slow).await;
        assert_eq!(late.status, StatusCode::OK, "dropped, no error: {steps}");
        assert!(
            late.set_cookies().is_empty(),
            "{steps}: {:?}",
            late.set_cookies()
        );
        let kept = values.text();
        assert!(
            !kept.contains("late") && !kept.contains("green"),
            "{steps}: {kept}"
        );
        people.are(PHONE_ENDED).await;
    }
}

#[tokio::test]
async fn who_ends_this_session_is_signed_out() {
    let mut people = People::signed_in().await;
    let desk = people.desk.handle().await;
    let mut before = people.desk.clone();
    assert_eq!(people.desk.end_session(&desk).await.text(), "true");
    assert_eq!(people.desk.session(), None, "the cookie is gone");
    people.are(["who=- color=-", ALL[1], ALL[2]]).await;
    assert_eq!(before.steps("who&read=color").await, "who=- color=-");
}

#[tokio::test]
async fn all_others_are_ended() {
    let mut people = People::signed_in().await;
    let mut third = people.phone.other_browser();
    sign_in(&mut third, "alice", "/secure").await;
    assert_eq!(people.desk.sessions().await.len(), 3);
    assert_eq!(people.desk.end_others().await.text(), "2");
    people.are(PHONE_ENDED).await;
    assert_eq!(third.steps("who").await, "who=-");
    assert_eq!(people.desk.sessions().await.len(), 1);
    assert_eq!(people.desk.end_others().await.text(), "0");
    let mut visitor = people.desk.other_browser();
    assert_eq!(visitor.end_others().await.text(), "0", "a visitor");
    people.are(PHONE_ENDED).await;
}

/// The first 16 bytes of SHA-256 have the shape of a handle.
fn key_in_store(browser: &UserAgent) -> Vec<u8> {
    let id = URL_SAFE_NO_PAD.decode(browser.session().expect("a session"));
    let labelled = [&b"oidc-login session id\0"[..], &id.expect("base64url")].concat();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &labelled);
    digest.as_ref().to_vec()
}

#[tokio::test]
async fn nobody_ends_a_session_that_is_not_theirs() {
    let mut people = People::signed_in().await;
    let (desk, phone) = (people.desk.handle().await, people.phone.handle().await);
    let key = key_in_store(&people.phone);
    let [whole, first, last] =
        [&key[..], &key[..16], &key[16..]].map(|key| URL_SAFE_NO_PAD.encode(key));
    let mut forged = phone.clone().into_bytes();
    forged[0] ^= 1;
    let forged = String::from_utf8(forged).expect("ASCII");
    let cookie = people.phone.session().expect("a session");
    for (name, handle, status) in [
        ("alice's", &phone, StatusCode::OK),
        ("alice's other", &desk, StatusCode::OK),
        ("one letter off", &forged, StatusCode::OK),
        ("half the store's key", &first, StatusCode::OK),
        ("the other half", &last, StatusCode::OK),
        ("the store's key", &whole, StatusCode::UNPROCESSABLE_ENTITY),
        ("the cookie", &cookie, StatusCode::UNPROCESSABLE_ENTITY),
        ("nothing", &String::new(), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let visitor = people.bob.other_browser();
        for (whose, mut browser) in [("bob", people.bob.clone()), ("a visitor", visitor)] {
            let page = browser.end_session(handle).await;
            assert_eq!(page.status, status, "{name}, {whose}");
            assert_ne!(page.text(), "true", "{name}, {whose}");
        }
        people.are(ALL).await;
    }
    for handle in [&forged, &first, &last] {
        assert_eq!(
            people.desk.end_session(handle).await.text(),
            "false",
            "alice herself"
        );
    }
    people.are(ALL).await;
}

#[tokio::test]
async fn no_other_page_ends_a_session() {
    let mut people = People::signed_in().await;
    let phone = people.phone.handle().await;
    let form = format!("session={phone}");
    for (name, headers, passes) in [
        (
            "another site",
            vec![("sec-fetch-site", "cross-site")],
            false,
        ),
        (
            "a sibling host",
            vec![("sec-fetch-site", "same-site")],
            false,
        ),
        ("typed", vec![("sec-fetch-site", "none")], false),
        (
            "says it is ours",
            vec![("sec-fetch-site", "cross-site"), ("origin", APP)],
            false,
        ),
        (
            "old browser, other page",
            vec![("origin", "http://evil.test")],
            false,
        ),
        (
            "old browser, other port",
            vec![("origin", "http://localhost:5001")],
            false,
        ),
        ("old browser, hidden page", vec![("origin", "null")], false),
        ("old browser, own page", vec![("origin", APP)], true),
    ] {
        for path in ["/sessions/end", "/sessions/end-others"] {
            let url = format!("{APP}{path}");
            let mut request = navigation(Method::POST, &url, form.clone().into());
            set(
                &mut request,
                "content-type",
                "application/x-www-form-urlencoded",
            );
            request.headers_mut().remove("sec-fetch-site");
            for (name, value) in &headers {
                set(&mut request, name, value);
            }
            let page = people.desk.request(request).await;
            let expected = if passes {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(page.status, expected, "{name} {path}");
            if !passes {
                assert!(
                    page.text().contains("cross_origin"),
                    "{name}: {}",
                    page.text()
                );
                people.are(ALL).await;
            }
        }
    }
    people.are(PHONE_ENDED).await;
    let page = people.desk.get(&format!("{APP}/sessions/end-others")).await;
    assert_eq!(
        page.status,
        StatusCode::FORBIDDEN,
        "an address that is typed"
    );
}

#[tokio::test]
async fn a_new_id_keeps_what_the_list_shows() {
    let mut people = People::signed_in().await;
    let before = people.desk.sessions().await;
    people.clock.advance(100);
    // As somebody else would appear who renewed it from elsewhere.
    people
        .phone
        .headers
        .insert("user-agent", "Other/1.0".parse().expect("a header"));
    people.phone.peer = Some("198.51.100.1:1".parse().expect("an address"));
    let page = people.phone.get(&format!("{APP}/sessions/renewed")).await;
    let renewed = page.json();
    assert_eq!(renewed[0]["this"], true, "in the request that renewed it");
    let after = people.desk.sessions().await;
    assert_eq!(after.len(), 2, "the old id is in no list");
    assert_ne!(after[0]["id"], before[0]["id"]);
    for shown in ["since", "user_agent", "address"] {
        assert_eq!(after[0][shown], before[0][shown], "{shown}");
    }
    assert_eq!(
        people
            .desk
            .end_session(before[0]["id"].as_str().expect("a handle"))
            .await
            .text(),
        "false"
    );
    assert_eq!(
        people
            .desk
            .end_session(&people.phone.handle().await)
            .await
            .text(),
        "true"
    );
    people.are(PHONE_ENDED).await;
}

#[tokio::test]
async fn a_new_login_shows_the_browser_of_then() {
    let mut people = People::signed_in().await;
    people
        .phone
        .headers
        .insert("user-agent", "Phone/2.0".parse().expect("a header"));
    people.phone.open(&format!("{APP}/auth/login")).await;
    let sessions = people.desk.sessions().await;
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0]["user_agent"], "Phone/2.0");
}

/// A session that gets a new id after the list was read stands in no list; it is ended all the same.
#[tokio::test]
async fn a_renewal_does_not_slip_past_the_end_of_all_others() {
    let (gates, clock) = (Gates::default(), HandClock::new());
    let store = WatchedStore::new(&clock, &gates);
    let (world, _, steps) =
        World::with_session_list(|client| client, |rp| rp.login_store(store.clone()));
    let mut desk = browser(&world, "Desk/1.0", "192.0.2.1:1");
    let mut thief = browser(&world, "Thief/1.0", "192.0.2.3:1");
    sign_in(&mut desk, "alice", "/secure").await;
    sign_in(&mut thief, "alice", "/secure").await;

    store.hold_lists(1);
    let mut presses = desk.clone();
    let end = tokio::spawn(async move { presses.end_others().await });
    gates.arrival("listed").await;
    assert_eq!(thief.steps("who&cycle").await, "who=alice");
    gates.open("listed");
    assert_eq!(end.await.expect("an answer").text(), "1");
    assert_eq!(thief.steps("who").await, "who=-");
    assert_eq!(desk.steps("who").await, "who=alice");
    drop(steps);
}

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
