//! The corpus of hostile URLs, decoded.

/// A value that must never be accepted as a redirect URI, a post-logout target or a place to return
/// to.
pub(super) struct Hostile {
    pub(super) name: &'static str,
    pub(super) value: String,
}

pub(super) fn all() -> Vec<Hostile> {
    let lines = include_str!("hostile_urls.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines
        .map(|line| match line.split_once(": ") {
            Some((name, value)) => Hostile {
                name,
                value: unescape(value),
            },
            None => panic!("a line of the corpus is `name: value`: {line}"),
        })
        .collect()
}

fn unescape(text: &str) -> String {
    let mut characters = text.chars();
    let mut value = String::new();
    while let Some(character) = characters.next() {
        value.push(match character {
            '\\' => match characters.next() {
                Some('t') => '\t',
                Some('r') => '\r',
                Some('n') => '\n',
                Some('s') => ' ',
                Some('\\') => '\\',
                Some('u') => {
                    let digits: String = characters
                        .by_ref()
                        .skip(1)
                        .take_while(|digit| *digit != '}')
                        .collect();
                    u32::from_str_radix(&digits, 16)
                        .ok()
                        .and_then(char::from_u32)
                        .unwrap_or_else(|| panic!("\\u{{{digits}}}"))
                }
                other => panic!("unknown escape {other:?} in {text}"),
            },
            other => other,
        });
    }
    value
}

#[test]
fn the_corpus_is_large_and_every_name_and_value_occurs_once() {
    let all = all();
    assert!(all.len() >= 150, "{} values", all.len());
    for (count, case) in all.iter().enumerate() {
        assert!(
            all[..count]
                .iter()
                .all(|other| other.name != case.name && other.value != case.value),
            "{}",
            case.name
        );
    }
}

/// A corpus of harmless values would prove nothing.
#[test]
fn much_of_the_corpus_leads_a_browser_elsewhere() {
    let here = url::Url::parse("https://app.example/auth/callback").expect("a URL");
    let elsewhere = all()
        .iter()
        .filter(|case| {
            here.join(&case.value)
                .is_ok_and(|url| url.origin() != here.origin())
        })
        .count();
    assert!(elsewhere >= 100, "{elsewhere} values");
}

#[test]
fn escapes_are_decoded() {
    assert_eq!(unescape(r"a\t\r\n\s\\\u{2f}b"), "a\t\r\n \\/b");
}
