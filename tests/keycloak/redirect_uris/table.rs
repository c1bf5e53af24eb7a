//! What is compared, and where we mean to differ from Keycloak.

/// A root URL, and a pattern for it. `-` is none at all; it comes last, as a client that is created without any gets one.
pub(crate) const PATTERNS: &str = "
    http://localhost:5000       http://localhost:5000/auth/*
    http://localhost:5000       http://localhost:5000/auth*
    http://localhost:5000       http://localhost:5000/*
    http://localhost:5000       http://localhost:5000
    http://localhost:5000       http://localhost:5000/
    http://localhost:5000       http://localhost:5000/auth/callback
    http://localhost:5000       http://localhost:5000/auth/callback?a=b
    http://localhost:5000       http://localhost/*
    http://localhost:5000       http://localhost/auth/callback
    http://localhost:5000       http://127.0.0.1/*
    http://localhost:5000       http://[::1]/*
    http://localhost:5000       https://localhost/*
    http://localhost:5000       https://app.example/*
    http://localhost:5000       https://app.example/auth/*
    http://localhost:5000       https://app.example:443/*
    http://localhost:5000       https://app.example:8443/*
    http://localhost:5000       /auth/*
    http://localhost:5000       /*
    http://localhost:5000/      /*
    http://localhost:5000/base  /x/*
    http://localhost:5000       -
";

/// Every one is asked for with every pattern.
pub(crate) const URIS: &str = r"
    http://localhost:5000
    http://localhost:5000/
    http://localhost:5000/auth
    http://localhost:5000/auth/
    http://localhost:5000/auth/callback
    http://localhost:5000/auth/callback/
    http://localhost:5000/auth/a//b
    http://localhost:5000/authx
    http://localhost:5000/AUTH/callback
    http://localhost:5000/%61uth/callback
    http://localhost:5000/auth%2fcallback
    http://localhost:5000/base/x/y
    http://localhost:5000/x/y
    http://localhost:5000/auth/callback?a=b
    http://localhost:5000/auth/callback?a=b&c=d
    http://localhost:5000/auth/callback?
    http://localhost:5000?a=b
    http://localhost:50000/auth/callback
    http://localhost:5000.evil.test/auth/callback
    http://localhost/auth/callback
    http://localhost:80/auth/callback
    http://localhost.evil.test/auth/callback
    http://127.0.0.1:5000/auth/callback
    http://127.0.0.2:5000/auth/callback
    http://[::1]:5000/auth/callback
    https://localhost/auth/callback
    https://localhost:8443/auth/callback
    https://app.example/auth/callback
    https://app.example:443/auth/callback
    https://app.example:8443/auth/callback
    http://app.example/auth/callback
    https://app.example.evil.test/auth/callback
    https://x.app.example/auth/callback
    HTTP://LOCALHOST:5000/auth/callback
    https://APP.example/auth/callback
    http://localhost:5000/auth/#fragment
    http://localhost:5000/auth/%00
    http://localhost:5000/auth/%0d%0a
    http://localhost:5000/auth/%252e%252e
    http://localhost:5000//auth/callback
    http://localhost:5000/auth/../x
    http://localhost:5000/auth/%2e%2e/x
    http://localhost:5000/auth/..%2fx
    http://localhost:5000/auth/./x
    http://localhost:5000@evil.test/auth/callback
    http://user@localhost:5000/auth/callback
    http://localhost:5000/auth\x
    http://localhost:5000\@evil.test/
    http://localhost:5000/auth/a%20b
    http://0x7f.1:5000/auth/callback
    http://[0:0::1]:5000/auth/callback
    //localhost:5000/auth/callback
    /auth/callback
    javascript:alert(1)
    com.example.app:/auth/callback
";

/// Patterns that Keycloak takes and we refuse: one of the URIs that it then accepts although nobody meant it, or refuses
/// although everybody would think it fits.
pub(crate) const REFUSED_PATTERNS: &str = "
    http://localhost:5000*     http://localhost:50000/              yes
    http://localhost:5000*     http://localhost:5000.evil.test/     yes
    *                          https://evil.test/                   yes
    auth/*                     http://localhost:5000/auth/callback  no
    https://*.app.example/*    https://x.app.example/auth/callback  no
    https://app.example:*/*    https://app.example:8443/            no
    https://app.example/*?a=b  https://app.example/x?a=b            no
";

/// A row of the table in the documentation of `ValidRedirectUris` on which we mean to differ.
pub(crate) struct Difference {
    pub(crate) row: &'static str,
    pub(crate) keycloak_accepts: bool,
    /// The root URL and the pattern; none stands for all.
    pub(crate) patterns: &'static [&'static str],
    /// None stands for all.
    pub(crate) uris: &'static [&'static str],
}

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        row: "scheme and host: compared as text there, parsed here",
        keycloak_accepts: false,
        patterns: &[],
        uris: &[
            "HTTP://LOCALHOST:5000/auth/callback",
            "https://APP.example/auth/callback",
        ],
    },
    Difference {
        row: "the default port in a URI: kept as text there, the same as none here",
        keycloak_accepts: false,
        patterns: &[
            "http://localhost:5000 https://app.example/*",
            "http://localhost:5000 https://app.example/auth/*",
        ],
        uris: &["https://app.example:443/auth/callback"],
    },
    Difference {
        row: "the default port in a pattern: kept as text there, the same as none here",
        keycloak_accepts: false,
        patterns: &["http://localhost:5000 https://app.example:443/*"],
        uris: &["https://app.example/auth/callback"],
    },
    Difference {
        row: "/* with a root URL that ends in a slash: joined as text there, with one slash here",
        keycloak_accepts: false,
        patterns: &["http://localhost:5000/ /*"],
        uris: &[],
    },
    Difference {
        row: "#fragment, %00, %0d%0a, %252e%252e, a second / after the host: refused here",
        keycloak_accepts: true,
        patterns: &[],
        uris: &[
            "http://localhost:5000/auth/#fragment",
            "http://localhost:5000/auth/%00",
            "http://localhost:5000/auth/%0d%0a",
            "http://localhost:5000/auth/%252e%252e",
            "http://localhost:5000//auth/callback",
        ],
    },
    Difference {
        row: "./: refused here",
        keycloak_accepts: true,
        patterns: &[],
        uris: &["http://localhost:5000/auth/./x"],
    },
    Difference {
        row: "a loopback host without a port, exact: an empty query is dropped there",
        keycloak_accepts: true,
        patterns: &["http://localhost:5000 http://localhost/auth/callback"],
        uris: &["http://localhost:5000/auth/callback?"],
    },
];

impl Difference {
    pub(crate) fn explains(
        &self,
        keycloak_accepts: bool,
        root_url: &str,
        pattern: &str,
        uri: &str,
    ) -> bool {
        let setting = format!("{root_url} {pattern}");
        let has = |list: &[&str], value: &str| list.is_empty() || list.contains(&value);
        self.keycloak_accepts == keycloak_accepts
            && has(self.patterns, &setting)
            && has(self.uris, uri)
    }
}

/// The rows of a table whose cells are separated by blanks.
pub(crate) fn rows<const CELLS: usize>(
    table: &'static str,
) -> impl Iterator<Item = [&'static str; CELLS]> {
    let rows = table.lines().map(|row| row.split_whitespace().collect());
    rows.filter(|row: &Vec<_>| !row.is_empty())
        .map(|row| row.try_into().expect("a row has all its cells"))
}
