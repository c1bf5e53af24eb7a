//! The parameters of a request.

use std::collections::BTreeMap;

use url::form_urlencoded;

/// The parameters of a request, [RFC 6749 §3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1): empty ones count as absent, each comes once.
#[derive(Debug, Default)]
pub(crate) struct Params {
    values: BTreeMap<String, String>,
    repeated: Option<String>,
}

impl Params {
    pub(crate) fn parse(encoded: &str) -> Self {
        let mut params = Self::default();
        for (name, value) in
            form_urlencoded::parse(encoded.as_bytes()).filter(|(_, value)| !value.is_empty())
        {
            if params
                .values
                .insert(name.clone().into_owned(), value.into_owned())
                .is_some()
            {
                params.repeated.get_or_insert(name.into_owned());
            }
        }
        params
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The first parameter that came more than once, which the specification forbids.
    pub(crate) fn repeated(&self) -> Option<&str> {
        self.repeated.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_absent_and_repetition_is_noticed() {
        let params = Params::parse("a=1&b=&c=x+y%21&c=z");
        assert_eq!(
            (params.get("a"), params.get("b"), params.repeated()),
            (Some("1"), None, Some("c"))
        );
        assert_eq!(Params::parse("c=x+y%21").get("c"), Some("x y!"));
        assert_eq!(Params::parse("a=1&a=").repeated(), None);
    }
}
