//! Cookies that are garbage, many, or planted.

use axum::body::Body;
use http::{HeaderValue, Method, Request, header};
use oidc_login_tests::{
    hostile::HostileWorld,
    user_agent::{Page, UserAgent, navigation},
    world::{APP, World, sign_in},
};

/// A request for each kind of place, with these cookie lines and nothing else.
async fn everywhere(world: &mut HostileWorld, lines: &[Vec<u8>]) -> Vec<Page> {
    let callback = world.to_callback_again("mallory", "/secure").await;
    world.browser.jar.clear();
    let mut pages = Vec::new();
    for (method, url) in [
        (Method::GET, format!("{APP}/hello")),
        (Method::GET, format!("{APP}/secure")),
        (Method::GET, format!("{APP}/auth/login")),
        (Method::GET, format!("{APP}/auth/session")),
        (Method::GET, format!("{APP}/auth/logout")),
        (Method::POST, format!("{APP}/auth/logout")),
        (Method::GET, callback.to_string()),
    ] {
        let mut request = navigation(method, &url, Body::empty());
        add_cookies(&mut request, lines);
        pages.push(world.browser.request(request).await);
        world.browser.jar.clear();
    }
    pages
}

fn add_cookies(request: &mut Request<Body>, lines: &[Vec<u8>]) {
    for line in lines {
        let line = HeaderValue::from_bytes(line).expect("a header value");
        request.headers_mut().append(header::COOKIE, line);
    }
}

/// The names of the session's cookie and of a login's cookie.
async fn names(world: &mut HostileWorld) -> (String, String) {
    world.sign_in("bob", "/").await;
    world.begin("/auth/login").await;
    let name = |part: &str| {
        let names = world.browser.cookies_named("localhost", part);
        names.first().cloned().expect("a cookie of ours")
    };
    let names = (name("oidc_session_"), name("oidc_login_"));
    world.browser.jar.clear();
    names
}

#[tokio::test]
async fn garbage_is_a_stranger_and_never_an_error_of_ours() {
    let mut world = HostileWorld::new();
    let (session, login) = names(&mut world).await;
    let many = |name: &str, count: usize, value: &str| {
        let pairs: Vec<_> = (0..count).map(|n| format!("{name}{n}={value}")).collect();
        pairs.join("; ").into_bytes()
    };
    let same = |name: &str, count: usize, value: &str| {
        vec![format!("{name}={value}"); count]
            .join("; ")
            .into_bytes()
    };
    let key = "A".repeat(43);
    let cases: Vec<(&str, Vec<Vec<u8>>)> = vec![
        ("nothing", vec![]),
        ("empty", vec![b"".to_vec()]),
        ("signs", vec![b"=;;;=;==; ; a; =b;\t=".to_vec()]),
        ("no UTF-8", vec![b"a=\xff\xfe; \x80=b".to_vec()]),
        ("500 of somebody else", vec![many("other", 500, "value")]),
        ("one of 60 KB", vec![many("other", 1, &"A".repeat(60_000))]),
        ("500 lines", vec![b"a=b".to_vec(); 500]),
        ("our session, empty", vec![same(&session, 1, "")]),
        ("our session, garbage", vec![same(&session, 1, "garbage")]),
        ("our session, well formed", vec![same(&session, 1, &key)]),
        ("our session 300 times", vec![same(&session, 300, &key)]),
        (
            "our session, 60 KB",
            vec![same(&session, 1, &"A".repeat(60_000))],
        ),
        (
            "our session, quoted",
            vec![same(&session, 1, "\"<script>\"")],
        ),
        ("our login, garbage", vec![same(&login, 300, "garbage")]),
        (
            "our login, 60 KB",
            vec![same(&login, 1, &"A".repeat(60_000))],
        ),
        ("300 logins", vec![many(&login, 300, "AAAAAAAA")]),
        ("300 logins in lines", vec![many(&login, 1, "A"); 300]),
        (
            "a login with a strange name",
            vec![same(&format!("{login}\u{7c}x"), 1, "A")],
        ),
        ("other case", vec![same(&session.to_uppercase(), 1, &key)]),
        (
            "with a host prefix",
            vec![same(&format!("__Host-{session}"), 1, &key)],
        ),
    ];
    for (name, lines) in cases {
        for page in everywhere(&mut world, &lines).await {
            let place = format!("{name} at {}", page.url.path());
            assert!(!page.status.is_server_error(), "{place}: {}", page.status);
            if page.url.path() == "/hello" {
                assert_eq!(page.text(), "hello stranger", "{place}");
            }
            let answered = page.set_cookies();
            let size: usize = answered.iter().map(|line| line.len()).sum();
            assert!(answered.len() <= 42 && size < 8 * 1024, "{place}: {size}");
            assert!(page.body.len() < 32 * 1024, "{place}: {}", page.body.len());
        }
        let page = world.sign_in("alice", "/secure").await;
        assert_eq!(page.text(), "secure alice", "{name}");
        world.browser.jar.clear();
    }
}

#[tokio::test]
async fn a_browser_full_of_garbage_can_still_sign_in() {
    let mut world = HostileWorld::new();
    let (session, login) = names(&mut world).await;
    let mut plant = |name: String, value: &str| {
        let key = ("localhost".to_owned(), name);
        world.browser.jar.insert(key, (value.to_owned(), None));
    };
    for number in 0..200 {
        plant(format!("other{number}"), "value");
        plant(format!("{login}{number}"), "garbage");
    }
    plant(session, "garbage");
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
    assert_eq!(world.greeting().await, "hello alice");
}

#[tokio::test]
async fn of_two_sessions_of_one_name_the_one_that_opens_counts() {
    let mut world = HostileWorld::new();
    let (session, _) = names(&mut world).await;
    world.sign_in("alice", "/").await;
    let alice = world.browser.cookie_line("localhost");
    let mut other = world.browser.other_browser();
    std::mem::swap(&mut world.browser, &mut other);
    world.sign_in("bob", "/").await;
    let bob = world.browser.cookie_line("localhost");
    world.browser.jar.clear();
    let garbage = format!("{session}={}", "A".repeat(43));
    for (name, line, expected) in [
        (
            "garbage first",
            format!("{garbage}; {alice}"),
            "hello alice",
        ),
        ("garbage last", format!("{alice}; {garbage}"), "hello alice"),
        ("one twice", format!("{alice}; {alice}"), "hello alice"),
        ("two alive", format!("{alice}; {bob}"), "hello stranger"),
        (
            "two alive, turned round",
            format!("{bob}; {alice}"),
            "hello stranger",
        ),
    ] {
        let mut request = navigation(Method::GET, &format!("{APP}/hello"), Body::empty());
        add_cookies(&mut request, &[line.into_bytes()]);
        let page = world.browser.request(request).await;
        assert_eq!(page.text(), expected, "{name}");
    }
}

#[tokio::test]
async fn of_two_logins_of_one_name_the_one_that_opens_counts() {
    let mut world = HostileWorld::new();
    let callback = world.to_callback("alice", "/secure").await;
    let line = world.browser.cookie_line("localhost");
    let (name, _) = line.split_once('=').expect("a cookie");
    world.browser.jar.clear();
    let twice = format!("{line}; {line}");
    let mut request = navigation(Method::GET, callback.as_str(), Body::empty());
    add_cookies(&mut request, &[twice.into_bytes()]);
    let page = world.browser.request(request).await;
    assert!(page.header("location") != "/secure", "two that open");

    let callback = world.to_callback("alice", "/secure").await;
    let line = world.browser.cookie_line("localhost");
    let planted = format!("{name}=planted; {line}; {name}=garbage");
    world.browser.jar.clear();
    let mut request = navigation(Method::GET, callback.as_str(), Body::empty());
    add_cookies(&mut request, &[planted.into_bytes()]);
    let page = world.browser.request(request).await;
    assert_eq!(page.header("location"), "/secure");
}

fn session_cookie(browser: &UserAgent) -> String {
    let line = browser.cookie_line("localhost");
    let mut cookies = line.split("; ");
    let found = cookies.find(|cookie| cookie.starts_with("oidc_session_"));
    found.expect("a session").to_owned()
}

/// Whatever else stands on that host: only our own cookie says who somebody is.
#[tokio::test]
async fn what_stands_beside_our_session_does_not_matter() {
    let mut world = HostileWorld::new();
    world.sign_in("alice", "/").await;
    let own = session_cookie(&world.browser).into_bytes();
    let (name, value) = own.split_at(own.iter().position(|byte| *byte == b'=').expect("a cookie"));
    for (place, before, after, expected) in [
        ("no UTF-8 before", &b"a=\xff; "[..], &b""[..], "hello alice"),
        ("no UTF-8 after", b"", b"; \xff\xfe=\x80", "hello alice"),
        ("signs", b"=; ;; ;=;", b";;=", "hello alice"),
        ("8 KB", &[b'a'; 8192], b"", "hello stranger"),
        (
            "8 KB and an end",
            &[&[b'a'; 8192][..], b";"].concat(),
            b"",
            "hello alice",
        ),
        ("no blank", b"a=b;", b";c=d", "hello alice"),
        ("tabs", b"a=b;\t", b"\t;c", "hello alice"),
        ("more of it", b"", b"A", "hello stranger"),
        ("blanks within", b"", b" A", "hello stranger"),
    ] {
        let line = [before, &own, after].concat();
        let mut request = navigation(Method::GET, &format!("{APP}/hello"), Body::empty());
        add_cookies(&mut request, &[line]);
        let page = world.browser.other_browser().request(request).await;
        assert_eq!(page.text(), expected, "{place}");
    }
    for (how, line) in [
        ("quoted", [name, b"=\"", &value[1..], b"\""].concat()),
        ("escaped", [name, b"=%", &value[1..]].concat()),
        (
            "a blank before the value",
            [name, b"= ", &value[1..]].concat(),
        ),
        (
            "a blank after the name",
            [name, b" =", &value[1..]].concat(),
        ),
    ] {
        let mut request = navigation(Method::GET, &format!("{APP}/hello"), Body::empty());
        add_cookies(&mut request, &[line]);
        let page = world.browser.other_browser().request(request).await;
        assert_eq!(page.text(), "hello stranger", "{how}");
    }
}

/// Which of two that are alive is the browser's own nobody knows, so neither is spoiled.
#[tokio::test]
async fn two_sessions_of_one_name_leave_each_other_alone() {
    let (mut world, _) = World::with_steps();
    world.sign_in("alice", "/secure").await;
    let mut bobs = world.browser.other_browser();
    sign_in(&mut bobs, "bob", "/secure").await;
    world.browser.steps("set=color:red").await;
    bobs.steps("set=color:green").await;
    let line = |browser: &UserAgent| browser.cookie_line("localhost").into_bytes();
    let both = [line(&bobs), line(&world.browser)].join(&b"; "[..]);
    for steps in [
        "read=color",
        "set=color:blue",
        "set=color:blue&save",
        "cycle&save",
    ] {
        let url = format!("{APP}/do?{steps}");
        let mut request = navigation(Method::GET, &url, Body::empty());
        add_cookies(&mut request, std::slice::from_ref(&both));
        let page = world.browser.other_browser().request(request).await;
        assert!(page.status.is_success(), "{steps}: {}", page.status);
        let found = world.browser.steps("who&read=color").await;
        assert_eq!(found, "who=alice color=red", "{steps}");
        assert_eq!(bobs.steps("who&read=color").await, "who=bob color=green");
    }
}
