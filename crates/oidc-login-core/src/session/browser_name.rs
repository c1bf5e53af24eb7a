//! The name of a browser, read from what it says of itself.

/// By the first part of a product's token. What imitates another browser stands before it.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg", "Edge"),
    ("EdgA", "Edge"),
    ("EdgiOS", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    // All with Apple's engine send `Safari`; only Safari itself sends `Version` as well.
    ("Version", "Safari"),
];

/// By a word of the first comment. What imitates another system stands before it.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// `Firefox on Linux`, for common browsers on common systems; `None` for everything else.
pub(super) fn browser_name(user_agent: &str) -> Option<String> {
    let (comment, products) = user_agent.strip_prefix("Mozilla/5.0 (")?.split_once(')')?;
    // Crawlers say so, and may say the rest as well.
    if comment.contains("compatible") || products.contains("compatible") {
        return None;
    }
    let has_product = |wanted: &str| {
        let mut tokens = products.split_whitespace();
        tokens.any(|token| {
            token
                .split_once('/')
                .is_some_and(|(name, _)| name == wanted)
        })
    };
    let has_word = |wanted: &str| {
        let mut words = comment.split([' ', ';']);
        words.any(|word| word == wanted)
    };
    let browser = BROWSERS.iter().find(|(product, _)| has_product(product))?.1;
    let system = SYSTEMS.iter().find(|(word, _)| has_word(word))?.1;
    Some(format!("{browser} on {system}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_browsers_have_a_name_and_others_keep_their_text() {
        const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
        const IOS: &str = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
        let blink = |system: &str, rest: &str| format!("Mozilla/5.0 ({system}) {WEBKIT} {rest}");
        let apple = |system: &str, rest: &str| format!("Mozilla/5.0 ({system}) {IOS} {rest}");
        let windows = "Windows NT 10.0; Win64; x64";
        let phone = "iPhone; CPU iPhone OS 18_6 like Mac OS X";
        for (text, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned(),
                Some("Firefox on Linux"),
            ),
            (
                "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0".to_owned(),
                Some("Firefox on Android"),
            ),
            (
                blink(windows, "Chrome/142.0.0.0 Safari/537.36"),
                Some("Chrome on Windows"),
            ),
            (
                blink(windows, "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"),
                Some("Edge on Windows"),
            ),
            (
                blink(windows, "Chrome/142.0.0.0 Safari/537.36 OPR/124.0.0.0"),
                Some("Opera on Windows"),
            ),
            (
                blink(
                    "Linux; Android 10; K",
                    "Chrome/142.0.0.0 Mobile Safari/537.36",
                ),
                Some("Chrome on Android"),
            ),
            (
                blink(
                    "Linux; Android 10; K",
                    "SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
                ),
                Some("Samsung Internet on Android"),
            ),
            (
                blink(
                    "X11; CrOS x86_64 14541.0.0",
                    "Chrome/142.0.0.0 Safari/537.36",
                ),
                Some("Chrome on ChromeOS"),
            ),
            (
                apple(
                    "Macintosh; Intel Mac OS X 10_15_7",
                    "Version/26.0 Safari/605.1.15",
                ),
                Some("Safari on macOS"),
            ),
            (
                apple(phone, "Version/26.0 Mobile/15E148 Safari/604.1"),
                Some("Safari on iPhone"),
            ),
            (
                apple(phone, "CriOS/142.0 Mobile/15E148 Safari/604.1"),
                Some("Chrome on iPhone"),
            ),
            (
                apple(phone, "FxiOS/145.0 Mobile/15E148 Safari/605.1.15"),
                Some("Firefox on iPhone"),
            ),
            (
                apple(
                    "Macintosh; Intel Mac OS X 10_15_7",
                    "Unknown/1.0 Safari/605.1.15",
                ),
                None,
            ),
            (
                blink(
                    "X11; Linux x86_64",
                    "HeadlessChrome/142.0.0.0 Safari/537.36",
                ),
                None,
            ),
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
                    .to_owned(),
                None,
            ),
            (
                blink(
                    "Linux; Android 6.0.1",
                    "Chrome/142.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1)",
                ),
                None,
            ),
            (
                "Mozilla/5.0 (BeOS) Gecko/20100101 Firefox/145.0".to_owned(),
                None,
            ),
            ("curl/8.5.0".to_owned(), None),
            ("Mozilla/5.0 (".to_owned(), None),
            ("Firefox on Linux".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(browser_name(&text).as_deref(), name, "{text}");
        }
    }
}
