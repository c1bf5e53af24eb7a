//! How a URL from outside is shown in an error or a log line.

const MOST_CHARACTERS: usize = 200;

/// One escaped line without user information, query and fragment, which may hold a secret, and of
/// bounded length.
pub(super) fn shown(text: &str) -> String {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (address, hidden) = text.split_at(end);
    let mut shown = String::with_capacity(address.len() + 4);
    let (before, after) = without_user_information(address);
    shown.push_str(before);
    if before.len() + after.len() < address.len() {
        shown.push('…');
    }
    shown.push_str(after);
    if let Some(delimiter) = hidden.chars().next() {
        shown.push(delimiter);
        shown.push('…');
    }
    one_line(&shown)
}

/// Cuts out what stands between the first slashes and the last `@`.
fn without_user_information(address: &str) -> (&str, &str) {
    let Some(at) = address.rfind('@') else {
        return (address, "");
    };
    let slash = ['/', '\\'];
    let start = address.find(slash).map_or(0, |first| {
        let after_slashes = address[first..].trim_start_matches(slash);
        address.len() - after_slashes.len()
    });
    if start < at {
        (&address[..start], &address[at..])
    } else {
        (address, "")
    }
}

fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for (count, character) in text.chars().enumerate() {
        if count == MOST_CHARACTERS {
            line.push('…');
            break;
        }
        match character {
            '\\' | '\'' | '"' => line.push(character),
            other => line.extend(other.escape_debug()),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_urls_are_shown_as_they_are() {
        for url in [
            "http://localhost:5000/auth/callback",
            "/\\evil.test",
            "/*",
            "",
            "*",
        ] {
            assert_eq!(shown(url), url);
        }
    }

    #[test]
    fn what_may_be_secret_or_break_the_line_is_not_shown() {
        let cases = [
            ("http://h/cb?code=secret", "http://h/cb?…"),
            ("http://h/cb#access_token=secret", "http://h/cb#…"),
            ("http://user:secret@h/cb", "http://…@h/cb"),
            ("http://secret@secret@h/cb", "http://…@h/cb"),
            ("http:\\\\user:secret@h", "http:\\\\…@h"),
            ("user:secret@h", "…@h"),
            ("/a\r\nSet-Cookie: x", "/a\\r\\nSet-Cookie: x"),
            ("/a\u{202e}b", "/a\\u{202e}b"),
        ];
        for (url, line) in cases {
            assert_eq!(shown(url), line);
        }
    }

    #[test]
    fn long_urls_are_cut() {
        assert_eq!(
            shown(&"a".repeat(1000)).chars().count(),
            MOST_CHARACTERS + 1
        );
    }
}
