//! Parameters of a request or an answer, each of which may stand there once (RFC 6749 §3.1).

use url::form_urlencoded;

/// The decoded parameters of a query string or a form.
#[derive(Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// How often a parameter is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter<'a> {
    /// Not at all, or without a value, which is the same (RFC 6749 §3.1).
    Missing,
    /// Once.
    Once(&'a str),
    /// More than once, which is never right.
    Repeated,
}

impl Parameters {
    /// Decodes a query string or a form body.
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// Those of these names, encoded as they were, however often they are there.
    pub(crate) fn encode_only(&self, names: &[&str]) -> String {
        let kept = self
            .0
            .iter()
            .filter(|(name, _)| names.contains(&name.as_str()));
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .finish()
    }

    /// Which of these names are there, to be shown.
    pub(crate) fn which(&self, names: &[&str]) -> String {
        let there = names
            .iter()
            .filter(|name| self.0.iter().any(|(key, _)| key == **name));
        there.copied().collect::<Vec<_>>().join(", ")
    }

    /// The names, as often as they are there.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The parameter of this name.
    pub(crate) fn get(&self, name: &str) -> Parameter<'_> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (None, _) => Parameter::Missing,
            (Some((_, value)), None) if value.is_empty() => Parameter::Missing,
            (Some((_, value)), None) => Parameter::Once(value),
            (Some(_), Some(_)) => Parameter::Repeated,
        }
    }
}

impl<'a> Parameter<'a> {
    /// The value, if it is there exactly once.
    pub(crate) fn once(self) -> Option<&'a str> {
        match self {
            Self::Once(value) => Some(value),
            Self::Missing | Self::Repeated => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_once_and_repeated_are_told_apart() {
        let parameters = Parameters::parse(b"a=1&b=&c=1&c=1&d=%C3%A4+b&%63=2");
        assert_eq!(parameters.get("a").once(), Some("1"));
        assert!(parameters.get("b") == Parameter::Missing);
        assert!(parameters.get("c") == Parameter::Repeated);
        assert_eq!(parameters.get("d").once(), Some("ä b"));
        assert!(parameters.get("e") == Parameter::Missing);
        assert_eq!(parameters.which(&["e", "c", "a"]), "c, a");
    }
}
