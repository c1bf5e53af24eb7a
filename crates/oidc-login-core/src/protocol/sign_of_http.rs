//! What says that a browser came by plain http, where only https keeps its cookies.

use std::fmt;

/// What says that a browser came by plain http. Only to explain a failure: most of it anybody can
/// write into a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignOfHttp {
    /// A proxy says so, whether it is a trusted one or not.
    Proxy,
    /// The page that the browser came from was one of ours, by http.
    Referer,
    /// A browser that sends no `Sec-Fetch-*`, which they all do by https
    /// ([Fetch Metadata §2](https://www.w3.org/TR/fetch-metadata/#framework)).
    NoFetchMetadata,
}

impl SignOfHttp {
    const ALL: [Self; 3] = [Self::Proxy, Self::Referer, Self::NoFetchMetadata];

    pub(super) fn to_byte(sign: Option<Self>) -> u8 {
        match sign {
            None => 0,
            Some(Self::Proxy) => 1,
            Some(Self::Referer) => 2,
            Some(Self::NoFetchMetadata) => 3,
        }
    }

    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|sign| Self::to_byte(Some(*sign)) == byte)
    }
}

impl fmt::Display for SignOfHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proxy => "a forwarded header says http",
            Self::Referer => "the browser came from a page of this host by http",
            Self::NoFetchMetadata => "the browser sent no Sec-Fetch headers, as by http",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_comes_back() {
        for sign in SignOfHttp::ALL.map(Some).into_iter().chain([None]) {
            assert_eq!(SignOfHttp::from_byte(SignOfHttp::to_byte(sign)), sign);
        }
        assert_eq!(SignOfHttp::from_byte(4), None);
    }
}
