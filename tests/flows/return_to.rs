//! Where a login ends: on this origin, exactly where it was asked to, or at home.

use oidc_login_tests::{
    hostile::{HostileWorld, location_of_login, to_provider},
    user_agent::UserAgent,
};
use url::Url;

const ROOT: &str = "https://app.example";
const HOSTILE: &str = include_str!("../../crates/oidc-login-core/src/config/hostile_urls.txt");

/// The app the corpus was written for.
fn world() -> HostileWorld {
    let mut world = HostileWorld::with(|client| client.root_url(format!("{ROOT}/")), |rp| rp);
    let sites = [(ROOT.to_owned(), world.app.clone())];
    world.browser = UserAgent::new(sites, world.clock.clone());
    world
}

/// A whole login from this link; where the browser is sent in the end, as it stands in the header
/// and as the browser understands it.
async fn end_of_login(world: &mut HostileWorld, link: &str) -> (String, Url) {
    let mut browser = world.browser.other_browser();
    let authorization_url = to_provider(&mut browser, &format!("{ROOT}{link}")).await;
    let callback = world.provider.answer(&authorization_url, "alice");
    let page = browser.get(callback.as_str()).await;
    let location = page.location().unwrap_or_else(|| {
        panic!(
            "no end of the login from {link}: {} {}",
            page.status,
            page.text()
        )
    });
    (page.header("location").to_owned(), location)
}

#[tokio::test]
async fn no_hostile_value_leaves_the_origin() {
    let mut world = world();
    let mut count = 0;
    for line in HOSTILE.lines() {
        if line.is_empty() || line.starts_with("# ") {
            continue;
        }
        let (name, value) = line.split_once(": ").expect("`name: value`");
        let link = location_of_login(&unescaped(value));
        let (header, location) = end_of_login(&mut world, &link).await;
        assert_eq!(location.origin().ascii_serialization(), ROOT, "{name}");
        assert_eq!(header, "/", "{name}");
        count += 1;
    }
    assert!(count > 150, "{count} values");
}

#[tokio::test]
async fn our_own_endpoints_are_no_place_to_return_to() {
    let mut world = world();
    for path in [
        "/auth/logout",
        "/auth/logout?return_to=/",
        "/auth/login?return_to=/secure",
        "/auth/callback?code=a&state=b",
        "/auth/logout/callback",
        "/auth/session",
        "/auth/nothing",
        "/auth/",
        "/auth",
        "https://app.example/auth/logout",
    ] {
        let (header, _) = end_of_login(&mut world, &location_of_login(path)).await;
        assert_eq!(header, "/", "{path}");
    }
}

#[tokio::test]
async fn good_values_come_back_exactly() {
    let mut world = world();
    for path in [
        "/",
        "/secure",
        "/secure?q=a%20b&x=1",
        "/secure?q=a+b%2Bc",
        "/secure?u=https%3A%2F%2Fevil.test%2F",
        "/secure?u=https://evil.test/",
        "/secure?",
        "/secure?a=1&a=2&b",
        "/secure?percent=100%25",
        "/stra%C3%9Fe/%E2%82%AC",
        "/a;b=c/d,e/f:g@h!$'()*~-_.",
        "/authors",
        "/auth-2/login",
    ] {
        let (header, _) = end_of_login(&mut world, &location_of_login(path)).await;
        assert_eq!(header, path);
    }
    for (asked, expected) in [
        ("/straße?q=a b", "/stra%C3%9Fe?q=a%20b"),
        ("https://app.example/secure?x=1", "/secure?x=1"),
        ("https://app.example", "/"),
    ] {
        let (header, _) = end_of_login(&mut world, &location_of_login(asked)).await;
        assert_eq!(header, expected, "{asked}");
    }
}

#[tokio::test]
async fn a_guarded_page_comes_back_with_its_query() {
    let mut world = world();
    for path in [
        "/secure",
        "/secure?q=a%20b&x=1&u=%2F%2Fevil.test",
        "/admin?a=%C3%A4",
    ] {
        let (header, _) = end_of_login(&mut world, path).await;
        assert_eq!(header, path);
    }
}

#[tokio::test]
async fn a_kilobyte_and_no_more() {
    let mut world = world();
    let path = format!("/{}", "a".repeat(1023));
    let (header, _) = end_of_login(&mut world, &location_of_login(&path)).await;
    assert_eq!(header, path);
    let longer = path + "a";
    let (header, _) = end_of_login(&mut world, &location_of_login(&longer)).await;
    assert_eq!(header, "/");
    // Grows over the limit only by being encoded.
    let letters = format!("/{}", "ä".repeat(400));
    let (header, _) = end_of_login(&mut world, &location_of_login(&letters)).await;
    assert_eq!(header, "/");
    let guarded = format!("/secure?{}", "a".repeat(2000));
    let (header, _) = end_of_login(&mut world, &guarded).await;
    assert_eq!(header, "/");
}

#[tokio::test]
async fn asked_twice_or_for_nothing_it_is_home() {
    let mut world = world();
    for link in [
        "/auth/login",
        "/auth/login?return_to=",
        "/auth/login?return_to=/secure&return_to=/secure",
        "/auth/login?return_to=secure",
        "/auth/login?RETURN_TO=/secure",
    ] {
        let (header, _) = end_of_login(&mut world, link).await;
        assert_eq!(header, "/", "{link}");
    }
}

/// Decodes the corpus: \t \r \n \s \\ \u{..}.
fn unescaped(text: &str) -> String {
    let mut rest = text.chars();
    let mut value = String::new();
    while let Some(character) = rest.next() {
        if character != '\\' {
            value.push(character);
            continue;
        }
        value.push(match rest.next() {
            Some('t') => '\t',
            Some('r') => '\r',
            Some('n') => '\n',
            Some('s') => ' ',
            Some('\\') => '\\',
            Some('u') => {
                let digits: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                let code = u32::from_str_radix(&digits, 16).ok();
                code.and_then(char::from_u32).expect("a character")
            }
            other => panic!("unknown escape {other:?} in {text}"),
        });
    }
    value
}
