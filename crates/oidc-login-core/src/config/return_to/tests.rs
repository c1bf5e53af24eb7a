#![allow(clippy::unwrap_used)]

use url::Url;

use super::*;
use crate::config::{hostile_urls, test_urls};

fn root() -> RootUrl {
    RootUrl::parse("https://app.example/").unwrap()
}

#[test]
fn places_on_our_origin_are_kept() {
    let cases = [
        ("/", "/"),
        ("/secure", "/secure"),
        ("/secure/", "/secure/"),
        ("/secure?next=//evil.test", "/secure?next=//evil.test"),
        (
            "/secure?url=https://evil.test/",
            "/secure?url=https://evil.test/",
        ),
        ("/secure?a=%0d%0a", "/secure?a=%0d%0a"),
        ("/secure?a=\\b", "/secure?a=\\b"),
        ("/secure?", "/secure?"),
        ("/?q=1", "/?q=1"),
        ("/a//b", "/a//b"),
        ("/@me", "/@me"),
        ("/a:b", "/a:b"),
        ("/https://evil.test", "/https://evil.test"),
        ("/100%25", "/100%25"),
        ("/a%2Fb", "/a%2Fb"),
        ("/a%20b", "/a%20b"),
        ("/stra\u{df}e?q=\u{fc}", "/stra%C3%9Fe?q=%C3%BC"),
        ("/search?q=a b", "/search?q=a%20b"),
        ("/search?q=a ", "/search?q=a%20"),
        ("/.well-known/x", "/.well-known/x"),
        ("https://app.example", "/"),
        ("https://app.example/", "/"),
        ("https://app.example/secure?a=b", "/secure?a=b"),
        ("https://app.example?a=b", "/?a=b"),
        ("https://app.example:443/secure", "/secure"),
        ("HTTPS://APP.EXAMPLE/Secure", "/Secure"),
    ];
    for (text, expected) in cases {
        assert_eq!(
            ReturnTo::parse(text, &root()).unwrap().as_str(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn everything_hostile_is_refused() {
    for case in hostile_urls::all() {
        assert!(
            ReturnTo::parse(&case.value, &root()).is_err(),
            "{}",
            case.name
        );
    }
}

#[test]
fn the_reason_is_named() {
    let cases = [
        ("", ReturnToError::NotAPath),
        ("secure", ReturnToError::NotAPath),
        ("?a=b", ReturnToError::NotAPath),
        ("javascript:alert(1)", ReturnToError::NotAPath),
        ("https://evil.test/", ReturnToError::OtherOrigin),
        ("http://app.example/", ReturnToError::OtherOrigin),
        ("https://app.example:8443/", ReturnToError::OtherOrigin),
        ("//evil.test", ReturnToError::Url(UrlDefect::DoubleSlash)),
        ("/\\evil.test", ReturnToError::Url(UrlDefect::Backslash)),
        ("/\t/evil.test", ReturnToError::Url(UrlDefect::Control)),
        ("/ /evil.test", ReturnToError::Url(UrlDefect::Blank)),
        ("/a\u{a0}b", ReturnToError::Url(UrlDefect::Blank)),
        ("/secure#x", ReturnToError::Url(UrlDefect::Fragment)),
        (
            "https://app.example@evil.test/",
            ReturnToError::Url(UrlDefect::UserInfo),
        ),
    ];
    for (text, error) in cases {
        assert_eq!(ReturnTo::parse(text, &root()), Err(error), "{text}");
    }
    let message = ReturnTo::parse("//evil.test", &root())
        .unwrap_err()
        .to_string();
    assert_eq!(message, "return_to has a second slash after the host");
}

#[test]
fn one_kilobyte_is_the_most() {
    let path = |length: usize| format!("/{}", "a".repeat(length - 1));
    let parse = |text: String| ReturnTo::parse(&text, &root()).map(|place| place.as_str().len());
    assert_eq!(parse(path(1024)), Ok(1024));
    assert_eq!(parse(path(1025)), Err(ReturnToError::TooLong));
    assert_eq!(
        parse(format!("https://app.example{}", path(1024))),
        Ok(1024)
    );
    assert_eq!(
        parse(format!("https://app.example{}", path(1025))),
        Err(ReturnToError::TooLong)
    );
    assert_eq!(
        parse(format!("/?{}", "\u{fc}".repeat(200))),
        Err(ReturnToError::TooLong),
        "counted as it is sent"
    );
}

#[test]
fn the_root_url_may_have_a_path_and_a_port() {
    let root = RootUrl::parse("http://[::1]:5000/base/").unwrap();
    for (text, expected) in [("/other", "/other"), ("http://[::1]:5000/base", "/base")] {
        assert_eq!(ReturnTo::parse(text, &root).unwrap().as_str(), expected);
    }
    assert_eq!(
        ReturnTo::parse("http://localhost:5000/", &root),
        Err(ReturnToError::OtherOrigin)
    );
}

#[test]
fn home_is_a_place_to_return_to() {
    assert_eq!(ReturnTo::parse("/", &root()), Ok(ReturnTo::HOME));
    assert_eq!(ReturnTo::default().path(), "/");
}

/// What a server or proxy in between would see that decodes once more than it should.
fn decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        match piece
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&piece.as_bytes()[2..]);
            }
            None => bytes.extend_from_slice(format!("%{piece}").as_bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn whatever_is_accepted_keeps_a_browser_on_our_origin() {
    let root = root();
    let pages = [
        "https://app.example/",
        "https://app.example/auth/callback?code=x",
        "https://app.example/a/b/",
    ]
    .map(|page| Url::parse(page).unwrap());
    let accepted = test_urls::accepted(|text| {
        let Ok(place) = ReturnTo::parse(text, &root) else {
            return false;
        };
        assert!(
            place.as_str().bytes().all(|byte| byte.is_ascii_graphic()),
            "{text:?}"
        );
        assert!(
            place.as_str().starts_with('/') && place.as_str().len() <= ReturnTo::MAX_LENGTH,
            "{text:?}"
        );
        assert_eq!(
            ReturnTo::parse(place.as_str(), &root).as_ref(),
            Ok(&place),
            "{text:?}"
        );
        for page in &pages {
            let target = page.join(place.as_str()).unwrap();
            assert_eq!(target.origin(), page.origin(), "{text:?}");
            assert_eq!(target.path(), place.path(), "{text:?}");
            assert_eq!(&target[Position::BeforePath..], place.as_str(), "{text:?}");
            let mut path = place.path().to_owned();
            for _ in 0..3 {
                path = decoded(&path);
                assert_eq!(
                    page.join(&path).unwrap().origin(),
                    page.origin(),
                    "{text:?} decoded to {path:?}"
                );
            }
        }
        true
    });
    assert!(accepted > 1000, "{accepted}");
}
