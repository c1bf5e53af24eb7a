#![allow(clippy::unwrap_used)]

use url::Url;

use super::*;
use crate::config::{PatternErrorKind, UriPart, UrlDefect, hostile_urls, test_urls};

const YES: bool = true;
const NO: bool = false;

fn root(text: &str) -> RootUrl {
    RootUrl::parse(text).unwrap()
}

fn valid(patterns: &[&str], root_url: &str) -> ValidRedirectUris {
    ValidRedirectUris::new(patterns, &root(root_url)).unwrap()
}

fn table(root_url: &str, cases: &[(&str, &str, bool)]) {
    for (pattern, uri, expected) in cases {
        let checked = valid(&[pattern], root_url).check(uri);
        assert_eq!(checked.is_ok(), *expected, "{pattern} {uri}: {checked:?}");
    }
}

#[test]
fn a_star_after_a_slash_is_the_directory_and_what_is_below() {
    table(
        "http://localhost:5000",
        &[
            ("https://h:5000/auth/*", "https://h:5000/auth", YES),
            ("https://h:5000/auth/*", "https://h:5000/auth/", YES),
            ("https://h:5000/auth/*", "https://h:5000/auth/callback", YES),
            ("https://h:5000/auth/*", "https://h:5000/auth/a/b/c", YES),
            ("https://h:5000/auth/*", "https://h:5000/auth/a//b", YES),
            ("https://h:5000/auth/*", "https://h:5000/authx", NO),
            ("https://h:5000/auth/*", "https://h:5000/aut", NO),
            ("https://h:5000/auth/*", "https://h:5000/", NO),
            ("https://h:5000/auth/*", "https://h:5000", NO),
            ("https://h:5000/auth/*", "https://h:5000/other/auth/", NO),
            (
                "https://h:5000/auth/*",
                "https://h:5000/auth%2fcallback",
                NO,
            ),
            (
                "https://h:5000/auth/*",
                "https://h:5000/%61uth/callback",
                NO,
            ),
            ("https://h:5000/*", "https://h:5000", YES),
            ("https://h:5000/*", "https://h:5000/", YES),
            ("https://h:5000/*", "https://h:5000/anything", YES),
            ("https://h:5000/*", "https://h:5000?a=b", YES),
        ],
    );
}

#[test]
fn a_star_after_letters_is_everything_that_begins_so() {
    table(
        "http://localhost:5000",
        &[
            ("https://h:5000/auth*", "https://h:5000/auth", YES),
            ("https://h:5000/auth*", "https://h:5000/auth/", YES),
            ("https://h:5000/auth*", "https://h:5000/auth/callback", YES),
            ("https://h:5000/auth*", "https://h:5000/authx", YES),
            ("https://h:5000/auth*", "https://h:5000/authx/y", YES),
            ("https://h:5000/auth*", "https://h:5000/aut", NO),
            ("https://h:5000/auth*", "https://h:5000/", NO),
        ],
    );
}

#[test]
fn an_exact_pattern_is_exact() {
    table(
        "http://localhost:5000",
        &[
            ("https://h/cb", "https://h/cb", YES),
            ("https://h/cb", "https://h/cb/", NO),
            ("https://h/cb/", "https://h/cb", NO),
            ("https://h/cb", "https://h/cb/x", NO),
            ("https://h/cb", "https://h/cbx", NO),
            ("https://h/cb", "https://h/CB", NO),
            ("https://h/cb", "https://h/c%62", NO),
            ("https://h/c%2fb", "https://h/c%2fb", YES),
            ("https://h/c%2fb", "https://h/c%2Fb", NO),
            ("https://h", "https://h", YES),
            ("https://h", "https://h/", NO),
            ("https://h/", "https://h/", YES),
            ("https://h/", "https://h", NO),
            ("https://h/", "https://h/x", NO),
        ],
    );
}

#[test]
fn a_query_is_ignored_under_a_star_and_compared_otherwise() {
    table(
        "http://localhost:5000",
        &[
            ("https://h/auth/*", "https://h/auth/cb?a=b", YES),
            ("https://h/auth/*", "https://h/auth?a=b", YES),
            ("https://h/auth/*", "https://h/auth/cb?", YES),
            (
                "https://h/auth/*",
                "https://h/auth/cb?next=//evil.test/../",
                YES,
            ),
            ("https://h/auth/*", "https://h/other?/auth/", NO),
            ("https://h/cb", "https://h/cb?a=b", NO),
            ("https://h/cb", "https://h/cb?", NO),
            ("https://h/cb?", "https://h/cb", NO),
            ("https://h/cb?a=b", "https://h/cb?a=b", YES),
            ("https://h/cb?a=b", "https://h/cb", NO),
            ("https://h/cb?a=b", "https://h/cb?a=B", NO),
            ("https://h/cb?a=b", "https://h/cb?a=b&c=d", NO),
            ("https://h/cb?a='b'", "https://h/cb?a=%27b%27", NO),
            ("/cb?a=b", "http://localhost:5000/cb?a=b", YES),
        ],
    );
}

#[test]
fn a_loopback_host_without_a_port_is_any_port() {
    table(
        "http://localhost:5000",
        &[
            ("http://localhost/*", "http://localhost/", YES),
            ("http://localhost/*", "http://localhost:80/", YES),
            ("http://localhost/*", "http://localhost:5000/x", YES),
            ("http://localhost/*", "http://localhost:65535/x", YES),
            ("http://127.0.0.1/*", "http://127.0.0.1:5000/x", YES),
            ("http://127.0.0.2/*", "http://127.0.0.2:5000/x", YES),
            ("http://[::1]/*", "http://[::1]:5000/x", YES),
            ("http://localhost/cb", "http://localhost:5000/cb", YES),
            ("http://localhost/cb", "http://localhost:5000/x", NO),
            ("http://localhost/*", "http://127.0.0.1/", NO),
            ("http://127.0.0.1/*", "http://[::1]/", NO),
            ("http://127.0.0.1/*", "http://127.0.0.2/", NO),
            ("http://localhost/*", "https://localhost/", NO),
            ("http://localhost/*", "http://localhost.evil.test/", NO),
            ("http://localhost/*", "http://localhost:5000@evil.test/", NO),
            ("http://localhost:5000/*", "http://localhost:5001/", NO),
            ("http://localhost:5000/*", "http://localhost/", NO),
            ("http://localhost:5000/*", "http://localhost:50000/", NO),
            ("http://localhost:80/*", "http://localhost/", YES),
            ("http://localhost:80/*", "http://localhost:5000/", NO),
            ("https://localhost/*", "https://localhost/", YES),
            ("https://localhost/*", "https://localhost:5000/", NO),
        ],
    );
}

#[test]
fn any_other_host_without_a_port_is_the_default_port() {
    table(
        "http://localhost:5000",
        &[
            ("https://h/*", "https://h/", YES),
            ("https://h/*", "https://h:443/", YES),
            ("https://h:443/*", "https://h/", YES),
            ("https://h/*", "https://h:8443/", NO),
            ("https://h/*", "https://h:80/", NO),
            ("https://h/*", "http://h/", NO),
            ("https://h/*", "http://h:443/", NO),
            ("https://h/*", "https://h.evil.test/", NO),
            ("https://h/*", "https://x.h/", NO),
            ("https://h/*", "https://hh/", NO),
            ("https://128.0.0.1/*", "https://128.0.0.1:8443/", NO),
        ],
    );
}

#[test]
fn scheme_and_host_know_no_case() {
    table(
        "http://localhost:5000",
        &[
            ("http://localhost:5000/*", "HTTP://LOCALHOST:5000/x", YES),
            ("HTTP://LOCALHOST:5000/*", "http://localhost:5000/x", YES),
            (
                "https://App.Example/Auth/*",
                "https://app.example/Auth/x",
                YES,
            ),
            (
                "https://App.Example/Auth/*",
                "https://app.example/auth/x",
                NO,
            ),
            ("/Auth/*", "http://localhost:5000/auth/x", NO),
        ],
    );
}

#[test]
fn relative_patterns_start_at_the_root_url() {
    table(
        "https://h/base",
        &[
            ("/x/*", "https://h/base/x/y", YES),
            ("/x/*", "https://h/base/x", YES),
            ("/x/*", "https://h/x/y", NO),
            ("/x/*", "https://other/base/x/y", NO),
            ("/*", "https://h/base", YES),
            ("/*", "https://h/base/x", YES),
            ("/*", "https://h/basex", NO),
            ("/*", "https://h/", NO),
            ("/cb", "https://h/base/cb", YES),
        ],
    );
    table(
        "http://localhost:5000/",
        &[
            ("/*", "http://localhost:5000/auth/callback", YES),
            ("/*", "http://localhost:5000/", YES),
            ("/*", "http://localhost:5000", YES),
            ("/*", "http://localhost:5000//auth/callback", NO),
            ("/*", "http://localhost:5001/auth/callback", NO),
            ("/*", "http://127.0.0.1:5000/auth/callback", NO),
        ],
    );
    table("http://localhost", &[("/*", "http://localhost:5000/", YES)]);
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
fn a_pattern_that_could_not_mean_what_it_says_is_an_error() {
    use PatternErrorKind as Kind;
    let cases = [
        ("", Kind::Empty),
        ("*", Kind::LoneStar),
        ("http://h:5000*", Kind::StarOutsidePath(UriPart::Port)),
        ("http://localhost:*", Kind::StarOutsidePath(UriPart::Port)),
        (
            "http://localhost:*/auth",
            Kind::StarOutsidePath(UriPart::Port),
        ),
        (
            "http://localhost:50*/auth/*",
            Kind::StarOutsidePath(UriPart::Port),
        ),
        ("http://[::1]:*/", Kind::StarOutsidePath(UriPart::Port)),
        ("http://[::1]*", Kind::StarOutsidePath(UriPart::Host)),
        ("https://h*", Kind::StarOutsidePath(UriPart::Host)),
        ("https://*", Kind::StarOutsidePath(UriPart::Host)),
        ("https://*/", Kind::StarOutsidePath(UriPart::Host)),
        (
            "https://*.app.example/*",
            Kind::StarOutsidePath(UriPart::Host),
        ),
        (
            "https://app.*.example/",
            Kind::StarOutsidePath(UriPart::Host),
        ),
        ("*://app.example/", Kind::StarOutsidePath(UriPart::Scheme)),
        (
            "http*://app.example/",
            Kind::StarOutsidePath(UriPart::Scheme),
        ),
        ("**", Kind::StarNotLast),
        ("auth/*", Kind::NoLeadingSlash),
        ("auth/callback", Kind::NoLeadingSlash),
        ("localhost:5000/*", Kind::NoLeadingSlash),
        ("javascript:alert(1)", Kind::NoLeadingSlash),
        ("+", Kind::NoLeadingSlash),
        ("-", Kind::NoLeadingSlash),
        ("/*/callback", Kind::StarNotLast),
        ("/auth/**", Kind::StarNotLast),
        ("/*x", Kind::StarNotLast),
        ("https://h/*/x/*", Kind::StarNotLast),
        ("/auth/*?a=b", Kind::StarWithQuery),
        ("/auth?a=*", Kind::StarWithQuery),
        ("https://h?*", Kind::StarWithQuery),
        ("http://app.example/*", Kind::NotHttps),
        ("http://10.0.0.1/*", Kind::NotHttps),
        ("http://localhost.evil.test/*", Kind::NotHttps),
        ("ftp://app.example/*", Kind::Url(UrlDefect::Scheme)),
        ("com.example.app://callback", Kind::Url(UrlDefect::Scheme)),
        ("//evil.test/*", Kind::Url(UrlDefect::DoubleSlash)),
        ("https://h//x/*", Kind::Url(UrlDefect::DoubleSlash)),
        ("/a/../*", Kind::Url(UrlDefect::DotSegment)),
        ("/a/%2e%2e/*", Kind::Url(UrlDefect::DotSegment)),
        ("/a%2*", Kind::Url(UrlDefect::BadEscape)),
        ("/a#b", Kind::Url(UrlDefect::Fragment)),
        ("https://h/#*", Kind::Url(UrlDefect::Fragment)),
        ("https://user@h/*", Kind::Url(UrlDefect::UserInfo)),
        ("/a b/*", Kind::Url(UrlDefect::Blank)),
        ("/a\\*", Kind::Url(UrlDefect::Backslash)),
        ("https://\u{fc}.example/*", Kind::Url(UrlDefect::NotAscii)),
        ("https://h:0/*", Kind::Url(UrlDefect::Port)),
    ];
    for (pattern, kind) in cases {
        let error =
            ValidRedirectUris::new(["/fine", pattern], &root("https://app.example")).unwrap_err();
        assert_eq!(error.kind, kind, "{pattern}");
        let message = error.to_string();
        assert!(
            message.starts_with("pattern ") && !message.contains('\n') && !message.ends_with('.'),
            "{message}"
        );
    }
}

#[test]
fn a_pattern_error_says_what_is_allowed() {
    let cases = [
        (
            "http://h:5000*",
            "pattern http://h:5000*: the * is in the port; it must be in the path, as in https://app.example/*",
        ),
        (
            "auth/*",
            "pattern auth/*: is neither a whole URL nor a path that starts with a slash; write /auth/* or https://app.example/auth/*",
        ),
        (
            "https://user:secret@h/*",
            "pattern https://…@h/*: the URL has user information before the host",
        ),
    ];
    for (pattern, message) in cases {
        assert_eq!(
            ValidRedirectUris::new([pattern], &root("https://h"))
                .unwrap_err()
                .to_string(),
            message
        );
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
fn a_refusal_names_the_nearest_pattern_and_the_part_that_differs() {
    use UriPart as Part;
    let patterns = [
        "http://localhost:5000/*",
        "https://app.example/auth/*",
        "https://app.example/bye?x=1",
        "https://app.example/auth/callback/keycloak",
    ];
    let cases = [
        (
            "http://localhost:5001/auth/callback",
            patterns[0],
            Part::Port,
            "5000",
            "5001",
        ),
        (
            "http://localhost/auth/callback",
            patterns[0],
            Part::Port,
            "5000",
            "80",
        ),
        (
            "http://127.0.0.1:5000/x",
            patterns[0],
            Part::Host,
            "localhost",
            "127.0.0.1",
        ),
        (
            "https://localhost:5000/x",
            patterns[0],
            Part::Scheme,
            "http",
            "https",
        ),
        (
            "https://app.example/authx",
            patterns[1],
            Part::Path,
            "/auth/*",
            "/authx",
        ),
        (
            "https://app.example/bye",
            patterns[2],
            Part::Query,
            "x=1",
            "none",
        ),
        (
            "https://app.example/bye?x=secret",
            patterns[2],
            Part::Query,
            "x=1",
            "present",
        ),
        (
            "https://app.example/",
            patterns[1],
            Part::Path,
            "/auth/*",
            "/",
        ),
        (
            "https://app.example",
            patterns[1],
            Part::Path,
            "/auth/*",
            "(empty)",
        ),
        (
            "https://app.example:8443/auth/callback/keycloak",
            patterns[3],
            Part::Port,
            "443",
            "8443",
        ),
        (
            "http://app.example/auth/x",
            patterns[1],
            Part::Scheme,
            "https",
            "http",
        ),
    ];
    let valid = valid(&patterns, "http://localhost:5000");
    for (uri, pattern, differs, expected, found) in cases {
        let refused = valid.check(uri).unwrap_err();
        let nearest = *refused.nearest.unwrap();
        assert_eq!(
            (nearest.pattern.as_str(), nearest.differs),
            (pattern, differs),
            "{uri}"
        );
        assert_eq!(
            (nearest.expected.as_str(), nearest.found.as_str()),
            (expected, found),
            "{uri}"
        );
    }
}

#[test]
fn a_refusal_is_one_line_without_secrets() {
    let one = valid(&["/*"], "http://localhost:5000/");
    let two = valid(&["/*", "https://app.example/*"], "http://localhost:5000/");
    let none = valid(&[], "http://localhost:5000/");
    let cases = [
        (
            &one,
            "http://localhost:5001/cb",
            "http://localhost:5001/cb does not match http://localhost:5000/*: port 5001, expected 5000",
        ),
        (
            &two,
            "http://localhost:5001/cb?code=secret",
            "http://localhost:5001/cb?… matches none of 2 patterns; nearest is http://localhost:5000/*: port 5001, expected 5000",
        ),
        (
            &none,
            "http://localhost:5000/cb",
            "http://localhost:5000/cb is not allowed, and nothing is",
        ),
        (
            &one,
            "http://me:secret@localhost:5000/\r\n",
            "http://…@localhost:5000/\\r\\n contains a control character",
        ),
    ];
    for (valid, uri, message) in cases {
        let refused = valid.check(uri).unwrap_err();
        assert_eq!(refused.to_string(), message);
        assert!(!format!("{refused:?}").contains("secret"));
    }
}

#[test]
fn what_keycloak_understands_differently_is_said() {
    let warning = |pattern: &str, root_url: &str| {
        valid(&[pattern], root_url)
            .warnings()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let joined = PatternWarning::KeycloakJoinsAsText {
        pattern: "/*".into(),
        keycloak_reads: "http://localhost:5000//*".into(),
    };
    assert_eq!(
        valid(&["/*"], "http://localhost:5000/").warnings(),
        [joined.clone()]
    );
    assert_eq!(
        warning("/*", "http://localhost:5000/"),
        [joined.to_string()]
    );
    assert!(joined.to_string().contains("http://localhost:5000//*"));
    assert!(warning("/x/*", "https://h/base/")[0].contains("https://h/base//x/*"));
    assert!(warning("https://App.example/*", "https://h")[0].contains("write https://app.example"));
    assert!(warning("HTTPS://app.example/*", "https://h")[0].contains("write https://app.example"));
    assert!(warning("https://h:443/*", "https://h")[0].contains("write https://h"));
    for (pattern, root_url) in [
        ("/*", "http://localhost:5000"),
        ("http://localhost:5000/*", "http://localhost:5000/"),
        ("https://h/Auth/*", "https://h"),
    ] {
        assert_eq!(
            warning(pattern, root_url),
            Vec::<String>::new(),
            "{pattern} {root_url}"
        );
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
