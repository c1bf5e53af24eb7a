//! What a provider must not say, one thing at a time, so that one can see what an app does then.
//!
//! One file for each thing that is bent. Its function stands where the honest answer is made, and leaves it alone unless
//! the lie is about it.

pub(crate) mod authorization_response;
pub(crate) mod id_token;
pub(crate) mod instead;
pub(crate) mod keys;
pub(crate) mod logout_token;
pub(crate) mod metadata;
pub(crate) mod refresh;
mod signed;
pub(crate) mod token_response;
pub(crate) mod userinfo;

use std::{fmt, str::FromStr};

use serde_json::Value;

/// The enum, its list and its names from one table: none can be forgotten.
macro_rules! bends {
    ($($(#[$doc:meta])+ $bend:ident $name:literal,)+) => {
        /// A lie of the provider, to be told with [`Control::bend`](crate::Control::bend): everything else stays honest.
        ///
        /// The link of each is to where the specification lets the relying party refuse it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Bend {
            $($(#[$doc])+ $bend,)+
        }

        impl Bend {
            /// All of them, in the order of a login.
            pub const ALL: &'static [Self] = &[$(Self::$bend,)+];

            /// Its name on a command line, as `id-token-nonce`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$bend => $name,)+
                }
            }
        }
    };
}

bends! {
    /// Discovery names another issuer: [Discovery §4.3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation).
    DiscoveryIssuer "discovery-issuer",
    /// The token endpoint is one of another host, without TLS: [RFC 6749 §3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2).
    DiscoveryPlainHttp "discovery-plain-http",
    /// There is no `jwks_uri`: [Discovery §3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata).
    DiscoveryNoJwksUri "discovery-no-jwks-uri",
    /// An HTML page in place of the document: [Discovery §4.2](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationResponse).
    DiscoveryNotJson "discovery-not-json",
    /// A document of 2 MiB and more: [RFC 8259 §9](https://www.rfc-editor.org/rfc/rfc8259#section-9) lets readers set a limit.
    DiscoveryTooLarge "discovery-too-large",
    /// A redirect to another host in place of the document: [Discovery §4.2](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationResponse).
    DiscoveryRedirect "discovery-redirect",

    /// No keys: [OIDC Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), number 6.
    KeysNone "keys-none",
    /// Other keys, under the same `kid`: the same, number 6.
    KeysOther "keys-other",
    /// A status of 500 in place of keys: the same, number 6.
    KeysUnavailable "keys-unavailable",

    /// The `state` is another one: [RFC 6749 §10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12).
    AnswerState "answer-state",
    /// There is no `iss`, although discovery promises it: [RFC 9207 §2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4).
    AnswerNoIssuer "answer-no-issuer",
    /// The `iss` is another one: [RFC 9207 §2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4).
    AnswerIssuer "answer-issuer",
    /// There are two codes: [RFC 6749 §3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1).
    AnswerCodeTwice "answer-code-twice",
    /// An error whose `error_description` is a piece of HTML: [RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1).
    AnswerHtml "answer-html",
    /// No parameters at all: [RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2).
    AnswerEmpty "answer-empty",

    /// Every code, and every refresh token, is refused with `invalid_grant`: [RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2).
    TokenInvalidGrant "token-invalid-grant",
    /// A status of 500 in place of tokens: [OIDC Core §3.1.3.3](https://openid.net/specs/openid-connect-core-1_0.html#TokenResponse).
    TokenUnavailable "token-unavailable",
    /// An HTML page in place of tokens: the same.
    TokenNotJson "token-not-json",
    /// Nothing in place of tokens: the same.
    TokenEmpty "token-empty",
    /// 64 MiB in place of tokens, without a word about the length: [RFC 8259 §9](https://www.rfc-editor.org/rfc/rfc8259#section-9).
    TokenTooLarge "token-too-large",
    /// There is no ID token: [OIDC Core §3.1.3.3](https://openid.net/specs/openid-connect-core-1_0.html#TokenResponse).
    TokenNoIdToken "token-no-id-token",
    /// The access token is of a type the client does not know: [RFC 6749 §7.1](https://www.rfc-editor.org/rfc/rfc6749#section-7.1).
    TokenType "token-type",

    /// Another `iss`: [OIDC Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), number 2.
    IdTokenIssuer "id-token-issuer",
    /// An `aud` of another client: the same, number 3.
    IdTokenAudience "id-token-audience",
    /// An `aud` of this client and of one that it does not know: the same, number 3.
    IdTokenMoreAudiences "id-token-more-audiences",
    /// An `azp` of another client: the same, number 5.
    IdTokenAuthorizedParty "id-token-authorized-party",
    /// No `sub`: [OIDC Core §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken).
    IdTokenNoSubject "id-token-no-subject",
    /// The signature is damaged: [OIDC Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), number 6.
    IdTokenSignature "id-token-signature",
    /// A `kid` that none of the keys has: the same, number 6.
    IdTokenUnknownKey "id-token-unknown-key",
    /// The `alg` is `none`, without a signature: the same, number 7.
    IdTokenAlgNone "id-token-alg-none",
    /// HS256 with the provider's public key as the secret: the same, number 7.
    IdTokenHmacPublicKey "id-token-hmac-public-key",
    /// HS256 with the client's secret, or with an empty one, although the client is registered for another algorithm: the same, number 7.
    IdTokenHmacSecret "id-token-hmac-secret",
    /// An `exp` of an hour ago: the same, number 9.
    IdTokenExpired "id-token-expired",
    /// An `iat` in an hour: the same, number 10.
    IdTokenIssuedInFuture "id-token-issued-in-future",
    /// No `nonce`: the same, number 11.
    IdTokenNoNonce "id-token-no-nonce",
    /// Another `nonce`: the same, number 11.
    IdTokenNonce "id-token-nonce",
    /// Another `acr` than whoever asked for one asked for: the same, number 12.
    IdTokenAcr "id-token-acr",
    /// No `auth_time`, also for whoever asked with `max_age`: the same, number 13.
    IdTokenNoAuthTime "id-token-no-auth-time",
    /// An `auth_time` of a day ago, also for whoever asked with `max_age`: the same, number 13.
    IdTokenAuthTime "id-token-auth-time",
    /// An `at_hash` of another access token: [OIDC Core §3.1.3.8](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowTokenValidation).
    IdTokenAccessTokenHash "id-token-access-token-hash",
    /// A `crit` in the header with what nobody understands: [RFC 7515 §4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11).
    IdTokenCrit "id-token-crit",
    /// A claim of arrays in arrays, 200 deep: [RFC 8259 §9](https://www.rfc-editor.org/rfc/rfc8259#section-9) lets readers set a limit.
    IdTokenNested "id-token-nested",

    /// Userinfo is about somebody else: [OIDC Core §5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse).
    UserInfoSubject "userinfo-subject",
    /// Userinfo is an HTML page: the same.
    UserInfoNotJson "userinfo-not-json",

    /// A refresh is refused with `invalid_grant`: [RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2).
    RefreshInvalidGrant "refresh-invalid-grant",
    /// The ID token of a refresh is about somebody else: [OIDC Core §12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse).
    RefreshSubject "refresh-subject",

    /// A logout token for another client: [Back-Channel Logout §2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation), number 3.
    LogoutTokenAudience "logout-token-audience",
    /// A logout token without `events`: the same, number 5.
    LogoutTokenNoEvents "logout-token-no-events",
    /// A logout token with a `nonce`, as only an ID token has one: the same, number 6.
    LogoutTokenNonce "logout-token-nonce",
    /// A logout token with the `alg` `none`: the same, number 2.
    LogoutTokenAlgNone "logout-token-alg-none",
    /// A logout token for the session of somebody else, which it must end and no other: [Back-Channel Logout §2.7](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCActions).
    LogoutTokenOtherSession "logout-token-other-session",
}

fn remove(claims: &mut Value, name: &str) {
    if let Some(claims) = claims.as_object_mut() {
        claims.remove(name);
    }
}

impl fmt::Display for Bend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Bend {
    type Err = UnknownBend;

    fn from_str(name: &str) -> Result<Self, UnknownBend> {
        let mut all = Self::ALL.iter().copied();
        all.find(|bend| bend.name() == name).ok_or(UnknownBend)
    }
}

/// There is no [`Bend`] of that name; the text lists those there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownBend;

impl fmt::Display for UnknownBend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Bend::ALL.iter().map(|bend| bend.name()).collect();
        write!(
            f,
            "there is no lie of that name; there are {}",
            names.join(", ")
        )
    }
}

impl std::error::Error for UnknownBend {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_has_a_name_of_its_own_that_finds_it() {
        let names: BTreeSet<_> = Bend::ALL.iter().map(|bend| bend.name()).collect();
        assert_eq!(names.len(), Bend::ALL.len());
        let listed = UnknownBend.to_string();
        for bend in Bend::ALL {
            let name = bend.name();
            assert_eq!(name.parse::<Bend>().unwrap(), *bend);
            assert!(name.bytes().all(|c| c == b'-' || c.is_ascii_lowercase()));
            assert!(listed.contains(name), "{name}");
        }
        assert_eq!("id_token_nonce".parse::<Bend>(), Err(UnknownBend));
    }
}
