//! Whether the userinfo endpoint is asked.

/// Whether the provider's userinfo endpoint is asked for claims ([OpenID Connect Core §5.3]), at
/// each login and each refresh.
///
/// An answer about another `sub` than the ID token's is refused, and the login or the refresh with
/// it. What a token says of itself and of how the user signed in (`iss`, `sub`, `aud`, `exp`,
/// `nonce`, `acr`, `auth_time`, `sid` and the like) only the ID token says. Of everything else the
/// newer word counts, which is userinfo's; `email` and `email_verified` are taken together, and so
/// are `phone_number` and `phone_number_verified`. Claims that stand elsewhere (`_claim_names`,
/// `_claim_sources`) are kept as they are and not followed.
///
/// [OpenID Connect Core §5.3]: https://openid.net/specs/openid-connect-core-1_0.html#UserInfo
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserInfo {
    /// Never: claims come from the ID token.
    Off,
    /// Always. Where the endpoint does not answer as it should, or is not there, the login is
    /// refused; a refresh keeps the claims there were.
    Always,
    /// When the provider has the endpoint, and the ID token lacks claims that a requested scope asks
    /// for ([§5.4]): for `profile` any name, for `email` `email`, for `address` `address`, for
    /// `phone` `phone_number`.
    ///
    /// An endpoint that does not answer as it should is logged, and the login goes on without it:
    /// who the user is, the ID token has said, and most apps can greet somebody without a name.
    ///
    /// [§5.4]: https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims
    #[default]
    Auto,
}
