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

    const CHROME: &str = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    const APPLE: &str = "AppleWebKit/605.1.15 (KHTML, like Gecko)";

    fn check(cases: &[(&str, String, Option<&str>)]) {
        for (what, products, name) in cases {
            let text = format!("Mozilla/5.0 ({what}) {products}");
            assert_eq!(browser_name(&text).as_deref(), *name, "{text}");
        }
    }

    #[test]
    fn common_browsers_have_a_name() {
        let firefox = "Gecko/20100101 Firefox/145.0".to_owned();
        let (windows, mac) = (
            "Windows NT 10.0; Win64; x64",
            "Macintosh; Intel Mac OS X 10_15_7",
        );
        let android = "Linux; Android 10; K";
        let phone = "iPhone; CPU iPhone OS 18_6 like Mac OS X";
        let chrome = |rest| format!("{CHROME}{rest}");
        let apple = |rest| format!("{APPLE} {rest}");
        check(&[
            (
                "X11; Linux x86_64; rv:145.0",
                firefox.clone(),
                Some("Firefox on Linux"),
            ),
            (
                "Android 16; Mobile; rv:145.0",
                firefox,
                Some("Firefox on Android"),
            ),
            (windows, chrome(""), Some("Chrome on Windows")),
            (windows, chrome(" Edg/142.0.0.0"), Some("Edge on Windows")),
            (windows, chrome(" OPR/124.0.0.0"), Some("Opera on Windows")),
            (android, chrome(""), Some("Chrome on Android")),
            (
                android,
                chrome(" SamsungBrowser/29.0"),
                Some("Samsung Internet on Android"),
            ),
            (
                "X11; CrOS x86_64 14541.0.0",
                chrome(""),
                Some("Chrome on ChromeOS"),
            ),
            (
                mac,
                apple("Version/26.0 Safari/605.1.15"),
                Some("Safari on macOS"),
            ),
            (
                phone,
                apple("Version/26.0 Mobile/15E148 Safari/604.1"),
                Some("Safari on iPhone"),
            ),
            (
                phone,
                apple("CriOS/142.0 Mobile/15E148 Safari/604.1"),
                Some("Chrome on iPhone"),
            ),
            (
                phone,
                apple("FxiOS/145.0 Mobile/15E148 Safari/605.1.15"),
                Some("Firefox on iPhone"),
            ),
        ]);
    }

    #[test]
    fn all_others_keep_their_text() {
        let headless = CHROME.replace("Chrome/", "HeadlessChrome/");
        let unknown = format!("{APPLE} Unknown/1.0 Safari/605.1.15");
        check(&[
            ("X11; Linux x86_64", headless, None),
            ("Macintosh; Intel Mac OS X 10_15_7", unknown, None),
            ("BeOS", "Gecko/20100101 Firefox/145.0".to_owned(), None),
            ("compatible; Googlebot/2.1; Linux", CHROME.to_owned(), None),
            (
                "Linux; Android 6.0.1",
                format!("{CHROME} (compatible; Googlebot/2.1)"),
                None,
            ),
        ]);
        for text in ["", "curl/8.5.0", "Mozilla/5.0 (", "Firefox on Linux"] {
            assert_eq!(browser_name(text), None, "{text}");
        }
    }
}
