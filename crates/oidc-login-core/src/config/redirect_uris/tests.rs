#![allow(clippy::unwrap_used)]

use url::Url;

use super::*;
use crate::config::{UrlDefect, hostile_urls, test_urls};

fn root(text: &str) -> RootUrl {
    RootUrl::parse(text).unwrap()
}

pub(in crate::config) fn valid(patterns: &[&str], root_url: &str) -> ValidRedirectUris {
    ValidRedirectUris::new(patterns, &root(root_url)).unwrap()
}

/// Rows of a pattern, a URI, and whether the one allows the other.
fn table(root_url: &str, rows: &str) {
    for row in rows.lines().skip(1).filter(|row| !row.trim().is_empty()) {
        let [pattern, uri, verdict] = row.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("a row is `pattern URI yes|no`: {row}");
        };
        let checked = valid(&[pattern], root_url).check(uri);
        assert_eq!(
            if checked.is_ok() { "yes" } else { "no" },
            verdict,
            "{row}: {checked:?}"
        );
    }
}

#[test]
fn a_star_after_a_slash_is_the_directory_and_what_is_below() {
    table(
        "http://localhost:5000",
        "
        https://h:5000/auth/*  https://h:5000/auth             yes
        https://h:5000/auth/*  https://h:5000/auth/            yes
        https://h:5000/auth/*  https://h:5000/auth/callback    yes
        https://h:5000/auth/*  https://h:5000/auth/a/b/c       yes
        https://h:5000/auth/*  https://h:5000/auth/a//b        yes
        https://h:5000/auth/*  https://h:5000/authx            no
        https://h:5000/auth/*  https://h:5000/aut              no
        https://h:5000/auth/*  https://h:5000/                 no
        https://h:5000/auth/*  https://h:5000                  no
        https://h:5000/auth/*  https://h:5000/other/auth/      no
        https://h:5000/auth/*  https://h:5000/auth%2fcallback  no
        https://h:5000/auth/*  https://h:5000/%61uth/callback  no
        https://h:5000/*       https://h:5000                  yes
        https://h:5000/*       https://h:5000/                 yes
        https://h:5000/*       https://h:5000/anything         yes
        https://h:5000/*       https://h:5000?a=b              yes
    ",
    );
}

#[test]
fn a_star_after_letters_is_everything_that_begins_so() {
    table(
        "http://localhost:5000",
        "
        https://h:5000/auth*  https://h:5000/auth           yes
        https://h:5000/auth*  https://h:5000/auth/          yes
        https://h:5000/auth*  https://h:5000/auth/callback  yes
        https://h:5000/auth*  https://h:5000/authx          yes
        https://h:5000/auth*  https://h:5000/authx/y        yes
        https://h:5000/auth*  https://h:5000/aut            no
        https://h:5000/auth*  https://h:5000/               no
    ",
    );
}

#[test]
fn an_exact_pattern_is_exact() {
    table(
        "http://localhost:5000",
        "
        https://h/cb     https://h/cb     yes
        https://h/cb     https://h/cb/    no
        https://h/cb/    https://h/cb     no
        https://h/cb     https://h/cb/x   no
        https://h/cb     https://h/cbx    no
        https://h/cb     https://h/CB     no
        https://h/cb     https://h/c%62   no
        https://h/c%2fb  https://h/c%2fb  yes
        https://h/c%2fb  https://h/c%2Fb  no
        https://h        https://h        yes
        https://h        https://h/       no
        https://h/       https://h/       yes
        https://h/       https://h        no
        https://h/       https://h/x      no
    ",
    );
}

#[test]
fn a_query_is_ignored_under_a_star_and_compared_otherwise() {
    table(
        "http://localhost:5000",
        "
        https://h/auth/*    https://h/auth/cb?a=b                   yes
        https://h/auth/*    https://h/auth?a=b                      yes
        https://h/auth/*    https://h/auth/cb?                      yes
        https://h/auth/*    https://h/auth/cb?next=//evil.test/../  yes
        https://h/auth/*    https://h/other?/auth/                  no
        https://h/cb        https://h/cb?a=b                        no
        https://h/cb        https://h/cb?                           no
        https://h/cb?       https://h/cb                            no
        https://h/cb?a=b    https://h/cb?a=b                        yes
        https://h/cb?a=b    https://h/cb                            no
        https://h/cb?a=b    https://h/cb?a=B                        no
        https://h/cb?a=b    https://h/cb?a=b&c=d                    no
        https://h/cb?a='b'  https://h/cb?a=%27b%27                  no
        /cb?a=b             http://localhost:5000/cb?a=b            yes
    ",
    );
}

#[test]
fn a_loopback_host_without_a_port_is_any_port() {
    table(
        "http://localhost:5000",
        "
        http://localhost/*       http://localhost/                 yes
        http://localhost/*       http://localhost:80/              yes
        http://localhost/*       http://localhost:5000/x           yes
        http://localhost/*       http://localhost:65535/x          yes
        http://127.0.0.1/*       http://127.0.0.1:5000/x           yes
        http://127.0.0.2/*       http://127.0.0.2:5000/x           yes
        http://[::1]/*           http://[::1]:5000/x               yes
        http://localhost/cb      http://localhost:5000/cb          yes
        http://localhost/cb      http://localhost:5000/x           no
        http://localhost/*       http://127.0.0.1/                 no
        http://127.0.0.1/*       http://[::1]/                     no
        http://127.0.0.1/*       http://127.0.0.2/                 no
        http://localhost/*       https://localhost/                no
        http://localhost/*       http://localhost.evil.test/       no
        http://localhost/*       http://localhost:5000@evil.test/  no
        http://localhost:5000/*  http://localhost:5001/            no
        http://localhost:5000/*  http://localhost/                 no
        http://localhost:5000/*  http://localhost:50000/           no
        http://localhost:80/*    http://localhost/                 yes
        http://localhost:80/*    http://localhost:5000/            no
        https://localhost/*      https://localhost/                yes
        https://localhost/*      https://localhost:5000/           no
    ",
    );
}

#[test]
fn any_other_host_without_a_port_is_the_default_port() {
    table(
        "http://localhost:5000",
        "
        https://h/*          https://h/               yes
        https://h/*          https://h:443/           yes
        https://h:443/*      https://h/               yes
        https://h/*          https://h:8443/          no
        https://h/*          https://h:80/            no
        https://h/*          http://h/                no
        https://h/*          http://h:443/            no
        https://h/*          https://h.evil.test/     no
        https://h/*          https://x.h/             no
        https://h/*          https://hh/              no
        https://128.0.0.1/*  https://128.0.0.1:8443/  no
    ",
    );
}

#[test]
fn scheme_and_host_know_no_case() {
    table(
        "http://localhost:5000",
        "
        http://localhost:5000/*     HTTP://LOCALHOST:5000/x       yes
        HTTP://LOCALHOST:5000/*     http://localhost:5000/x       yes
        https://App.Example/Auth/*  https://app.example/Auth/x    yes
        https://App.Example/Auth/*  https://app.example/auth/x    no
        /Auth/*                     http://localhost:5000/auth/x  no
    ",
    );
}

#[test]
fn relative_patterns_start_at_the_root_url() {
    table(
        "https://h/base",
        "
        /x/*  https://h/base/x/y      yes
        /x/*  https://h/base/x        yes
        /x/*  https://h/x/y           no
        /x/*  https://other/base/x/y  no
        /*    https://h/base          yes
        /*    https://h/base/x        yes
        /*    https://h/basex         no
        /*    https://h/              no
        /cb   https://h/base/cb       yes
    ",
    );
    table(
        "http://localhost:5000/",
        "
        /*  http://localhost:5000/auth/callback   yes
        /*  http://localhost:5000/                yes
        /*  http://localhost:5000                 yes
        /*  http://localhost:5000//auth/callback  no
        /*  http://localhost:5001/auth/callback   no
        /*  http://127.0.0.1:5000/auth/callback   no
    ",
    );
    table(
        "http://localhost",
        "
        /*  http://localhost:5000/  yes
    ",
    );
}

#[test]
fn what_browsers_read_differently_is_refused_under_every_pattern() {
    let cases = [
        ("https://h/auth/#fragment", UrlDefect::Fragment),
        ("https://h/auth/%00", UrlDefect::EncodedControl),
        ("https://h/auth/%0d%0a", UrlDefect::EncodedControl),
        ("https://h/auth/%252e%252e", UrlDefect::DotSegment),
        ("https://h//auth/", UrlDefect::DoubleSlash),
        ("https://h/auth/../x", UrlDefect::DotSegment),
        ("https://h/auth/%2e%2e/x", UrlDefect::DotSegment),
        ("https://h/auth/..%2fx", UrlDefect::DotSegment),
        ("https://h@evil.test/auth/", UrlDefect::UserInfo),
        ("https://user@h/auth/", UrlDefect::UserInfo),
        ("https://h/auth\\x", UrlDefect::Backslash),
        ("https://h\\@evil.test/", UrlDefect::Backslash),
        ("https://h/auth/a b", UrlDefect::Blank),
        (" https://h/auth/", UrlDefect::Blank),
        ("https://h/auth/\t", UrlDefect::Control),
        ("https://h/auth/?a=\r\nb", UrlDefect::Control),
        ("https://h/auth/?a=b c", UrlDefect::Blank),
        ("https://h/auth/?a=\u{fc}", UrlDefect::NotAscii),
        ("https://h/auth/\u{fc}", UrlDefect::NotAscii),
        (
            "https://127.1/auth/",
            UrlDefect::HostRewritten {
                read_as: "127.0.0.1".into(),
            },
        ),
        (
            "https://[0:0::1]/auth/",
            UrlDefect::HostRewritten {
                read_as: "[::1]".into(),
            },
        ),
        ("https://h./auth/", UrlDefect::Host),
        ("https://h:/auth/", UrlDefect::Port),
        ("https:h/auth/", UrlDefect::Scheme),
        ("/auth/callback", UrlDefect::Scheme),
        ("com.example.app:/auth/", UrlDefect::Scheme),
        ("", UrlDefect::Scheme),
    ];
    let everything = ValidRedirectUris::dangerously_allow_all();
    for (uri, defect) in cases {
        for valid in [&everything, &valid(&["https://h/auth/*"], "https://h")] {
            let refused = valid.check(uri).unwrap_err();
            assert_eq!(refused.defect.as_ref(), Some(&defect), "{uri}");
            assert_eq!(refused.nearest, None, "{uri}");
        }
    }
}

#[test]
fn nothing_hostile_gets_through() {
    let valid = valid(&["/*"], "https://app.example/");
    for case in hostile_urls::all() {
        assert!(valid.check(&case.value).is_err(), "{}", case.name);
        assert!(
            valid
                .check(&format!("https://app.example/auth/callback{}", case.value))
                .map_or(true, |url| url.origin() == "https://app.example")
        );
        if case.value.starts_with(['/', '\\', '#', '@']) {
            assert!(
                valid
                    .check(&format!("https://app.example{}", case.value))
                    .is_err(),
                "{} after our origin",
                case.name
            );
        }
    }
}

#[test]
fn http_follows_a_root_url_that_was_dangerously_allowed() {
    let root = RootUrl::dangerously_allow_http("http://intranet").unwrap();
    let valid = ValidRedirectUris::new(["/*"], &root).unwrap();
    assert!(valid.check("http://intranet/x").is_ok());
    assert!(valid.check("http://intranet:5000/x").is_err());
}

#[test]
fn with_nothing_configured_our_own_redirect_uri_is_valid_and_nothing_else() {
    let own = WebUrl::parse("http://localhost/auth/callback").unwrap();
    let valid = ValidRedirectUris::from_own(&own);
    assert_eq!(valid.check(own.as_str()), Ok(own));
    for uri in [
        "http://localhost/auth/callback?x",
        "http://localhost/auth/callback/",
        "http://localhost:5000/auth/callback",
        "http://localhost/",
    ] {
        assert!(valid.check(uri).is_err(), "{uri}");
    }
}

#[test]
fn everything_is_everything_on_http_and_https() {
    let everything = ValidRedirectUris::dangerously_allow_all();
    for uri in [
        "https://evil.test/",
        "http://evil.test:81/x?y",
        "http://localhost",
    ] {
        assert_eq!(everything.check(uri).unwrap().as_str(), uri);
    }
}

#[test]
fn origins_are_those_of_the_patterns() {
    let valid = valid(
        &["/*", "https://App.example:443/auth/*"],
        "http://localhost:5000/",
    );
    assert_eq!(
        valid.origins().collect::<Vec<_>>(),
        ["http://localhost:5000", "https://app.example"]
    );
}

#[test]
fn whatever_is_accepted_has_the_origin_of_a_pattern() {
    let valid = valid(
        &[
            "/auth*",
            "/a/*",
            "/",
            "https://app.example/*",
            "http://127.0.0.1/*",
            "http://[::1]/*",
        ],
        "http://localhost:5000",
    );
    let origins: Vec<_> = valid.origins().collect();
    let elsewhere = Url::parse("https://evil.test/").unwrap();
    let accepted = test_urls::accepted(|text| {
        let Ok(url) = valid.check(text) else {
            return false;
        };
        assert_eq!(url.as_str(), text);
        let read = Url::parse(text).unwrap();
        let mut without_port = read.clone();
        without_port.set_port(None).unwrap();
        let is_native = ["127.0.0.1", "[::1]"].contains(&read.host_str().unwrap());
        let origin = if is_native {
            without_port.origin()
        } else {
            read.origin()
        };
        assert!(
            origins.contains(&origin.ascii_serialization().as_str()),
            "{text:?}"
        );
        assert_eq!(
            url.origin(),
            read.origin().ascii_serialization(),
            "{text:?}"
        );
        assert_eq!(elsewhere.join(text).unwrap(), read, "{text:?}");
        assert!(
            read.path() == url.path() || url.path().is_empty() && read.path() == "/",
            "{text:?}"
        );
        assert!(
            read.username().is_empty() && read.password().is_none() && read.fragment().is_none(),
            "{text:?}"
        );
        true
    });
    assert!(accepted > 500, "{accepted}");
}
