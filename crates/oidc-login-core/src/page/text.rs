//! From values to what stands on a page.

/// The text of an error as a heading: its first letter in upper case.
///
/// A first word that is a name in code (`app_sessions()`) stays as it is.
pub(super) fn heading(text: &str) -> String {
    let first_word = text.split(' ').next().unwrap_or_default();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if first_word.chars().all(char::is_alphabetic) => {
            first.to_uppercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

/// An address to link or to post to: a path or a web address, else `/`.
///
/// # Security
///
/// Escaping does not make `javascript:` harmless. The policy of our pages stops it too, but an app
/// may send a page with a policy of its own.
pub(super) fn link(address: &str) -> &str {
    let is_web = ["/", "http://", "https://"]
        .iter()
        .any(|start| address.starts_with(start));
    if is_web { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_begins_in_upper_case_unless_it_begins_with_code() {
        for (text, expected) in [
            ("you are not signed in", "You are not signed in"),
            ("app_sessions() is set", "app_sessions() is set"),
            ("éa", "Éa"),
            ("", ""),
        ] {
            assert_eq!(heading(text), expected);
        }
    }

    #[test]
    fn a_link_is_a_path_or_a_web_address() {
        for (address, expected) in [
            ("/", "/"),
            ("/auth/login?return_to=%2F", "/auth/login?return_to=%2F"),
            ("http://localhost:5000/", "http://localhost:5000/"),
            ("https://app.example/x", "https://app.example/x"),
            ("javascript:alert(1)", "/"),
            (" javascript:alert(1)", "/"),
            ("data:text/html,x", "/"),
            ("", "/"),
        ] {
            assert_eq!(link(address), expected, "{address}");
        }
    }
}
