//! What is wrong with a URL.

/// Why a text is not accepted as a [`WebUrl`](super::WebUrl): what a browser, a proxy or another
/// parser may read differently than we do.
///
/// The text says what is wrong with the URL and continues a sentence that names it: "`http://h//x`
/// *has a second slash after the host*".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlDefect {
    /// A raw control character, anywhere: browsers drop tabs and line breaks, headers end at them.
    #[error("contains a control character")]
    Control,
    /// A blank, anywhere: browsers trim or encode it.
    #[error("contains a blank")]
    Blank,
    /// A character outside ASCII: hosts are mapped (`／` becomes `/`), paths are encoded. Write
    /// punycode or percent-encoding.
    #[error("contains a character outside ASCII")]
    NotAscii,
    /// A backslash before the query, plain or percent-encoded: browsers read `/`.
    #[error("contains a backslash")]
    Backslash,
    /// A fragment, which a redirect URI must not have
    /// ([RFC 6749 §3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2)).
    #[error("has a fragment")]
    Fragment,
    /// Not `http://` or `https://` with two slashes in front of a host.
    #[error("is not an absolute http or https URL")]
    Scheme,
    /// User information (`user@`), behind which the real host hides.
    #[error("has user information before the host")]
    UserInfo,
    /// A host that is empty, percent-encoded, ends in a dot, or is no host at all.
    #[error("has an invalid host")]
    Host,
    /// A host that browsers read as another one, such as `0x7f.1` for `127.0.0.1`.
    #[error("has a host that browsers read as {read_as}")]
    HostRewritten {
        /// The host as browsers read it.
        read_as: Box<str>,
    },
    /// A port that is empty, zero, too large, or has leading zeros.
    #[error("has an invalid port")]
    Port,
    /// A second `/` after the host, plain, encoded, or with blanks in between: a path that, taken
    /// alone, names another host.
    #[error("has a second slash after the host")]
    DoubleSlash,
    /// A `.` or `..` segment in the path, plain, percent-encoded (however often), or with
    /// parameters (`..;`).
    #[error("contains a dot segment")]
    DotSegment,
    /// A percent-encoded control character in the path, such as `%00` or `%0d%0a`.
    #[error("contains an encoded control character")]
    EncodedControl,
    /// A `%` in the path without two hexadecimal digits after it.
    #[error("contains a percent sign without two hexadecimal digits")]
    BadEscape,
    /// Escapes in the path that do not spell UTF-8, such as the overlong slash `%c0%af`.
    #[error("contains escapes that are not UTF-8")]
    NotUtf8,
    /// Escapes within escapes within escapes: nobody writes them for an honest purpose.
    #[error("is percent-encoded too many times over")]
    NestedEscapes,
    /// A character in the path that a URL must percent-encode
    /// ([RFC 3986 §3.3](https://www.rfc-editor.org/rfc/rfc3986#section-3.3)).
    #[error("has the character {0:?} in its path")]
    PathCharacter(char),
}
