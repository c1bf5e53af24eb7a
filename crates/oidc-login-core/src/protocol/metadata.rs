//! The provider's metadata (OpenID Connect Discovery §3 and §4.3).

use serde::{Deserialize, Deserializer};
use url::Url;

use super::auth_methods::AuthMethods;

/// What is read of a discovery document. Nothing else in it can refuse a login: providers leave
/// lists out that the specification requires, and write `""` where they have nothing to say.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    #[serde(default, deserialize_with = "unless_empty")]
    token_endpoint: Option<Url>,
    jwks_uri: Url,
    #[serde(default, deserialize_with = "unless_empty")]
    userinfo_endpoint: Option<Url>,
    #[serde(default, deserialize_with = "unless_empty")]
    end_session_endpoint: Option<Url>,
    #[serde(default, deserialize_with = "unless_empty")]
    pushed_authorization_request_endpoint: Option<Url>,
    #[serde(default, deserialize_with = "unless_empty")]
    revocation_endpoint: Option<Url>,
    require_pushed_authorization_requests: Option<bool>,
    authorization_response_iss_parameter_supported: Option<bool>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

fn unless_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let text = text.filter(|text| !text.is_empty());
    let url = text.map(|text| Url::parse(&text)).transpose();
    url.map_err(serde::de::Error::custom)
}

/// What a login needs to know of a provider.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    /// The issuer, the same text as in the configuration.
    pub(crate) issuer: String,
    /// Where the browser is sent.
    pub(crate) authorization_endpoint: Url,
    /// Where a code becomes tokens.
    pub(crate) token_endpoint: Url,
    /// Where the provider's keys are.
    pub(crate) jwks_uri: Url,
    /// Where an access token buys claims about the user.
    pub(crate) userinfo_endpoint: Option<Url>,
    /// Where the user's session at the provider is ended.
    pub(crate) end_session_endpoint: Option<Url>,
    /// Where authorization requests are pushed to (RFC 9126 §5).
    pub(crate) pushed_authorization_request_endpoint: Option<Url>,
    /// Whether they must be.
    pub(crate) requires_pushed_authorization_requests: bool,
    /// Where a token is revoked (RFC 8414 §2).
    pub(crate) revocation_endpoint: Option<Url>,
    /// How clients may say who they are.
    pub(crate) auth_methods: AuthMethods,
    /// Whether every answer names the issuer (RFC 9207 §3).
    pub(crate) names_issuer_in_response: bool,
}

/// How a provider may be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// By https alone: its issuer is https.
    Https,
    /// By http as well, on this machine: its issuer is http there.
    HttpOnLoopback,
    /// By http anywhere.
    ///
    /// # Security
    /// Codes, tokens and keys cross the network in the clear.
    HttpAnywhere,
}

/// Why a discovery document cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DiscoveryError {
    /// Not JSON, or without what OpenID Connect Discovery requires.
    #[error("the document is not provider metadata")]
    Malformed(#[source] serde_json::Error),
    /// Another issuer than the one asked for.
    #[error("the document's issuer is `{found}`, expected `{expected}`")]
    Issuer {
        /// The issuer in the document.
        found: String,
        /// The configured issuer.
        expected: String,
    },
    /// No token endpoint.
    #[error("the document names no token_endpoint")]
    NoTokenEndpoint,
    /// An endpoint with http where that is not allowed.
    #[error("{name} is `{url}`, which is not https")]
    NotHttps {
        /// The name of the endpoint.
        name: &'static str,
        /// Its address.
        url: String,
    },
    /// An endpoint that no request can be sent to.
    #[error("{name} is `{url}`, which is no address to send a request to")]
    Unusable {
        /// The name of the endpoint.
        name: &'static str,
        /// Its address.
        url: String,
    },
}

impl Metadata {
    /// Where an issuer's discovery document is.
    pub(crate) fn discovery_url(issuer: &str) -> String {
        format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        )
    }

    /// Reads a discovery document.
    ///
    /// # Errors
    /// When it is malformed, of another issuer (compared as text), or names an endpoint that the
    /// transport does not allow.
    pub(crate) fn from_json(
        json: &[u8],
        issuer: &str,
        transport: Transport,
    ) -> Result<Self, DiscoveryError> {
        let document: Document = serde_json::from_slice(json).map_err(DiscoveryError::Malformed)?;
        if document.issuer != issuer {
            return Err(DiscoveryError::Issuer {
                found: document.issuer.chars().take(300).collect(),
                expected: issuer.to_owned(),
            });
        }
        let safe = |name, url: &Url| safe(name, url, transport);
        let optional =
            |name, url: &Option<Url>| url.as_ref().map(|url| safe(name, url)).transpose();
        let token_endpoint = optional("token_endpoint", &document.token_endpoint)?;
        Ok(Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: safe(
                "authorization_endpoint",
                &document.authorization_endpoint,
            )?,
            token_endpoint: token_endpoint.ok_or(DiscoveryError::NoTokenEndpoint)?,
            jwks_uri: safe("jwks_uri", &document.jwks_uri)?,
            userinfo_endpoint: optional("userinfo_endpoint", &document.userinfo_endpoint)?,
            end_session_endpoint: optional("end_session_endpoint", &document.end_session_endpoint)?,
            pushed_authorization_request_endpoint: optional(
                "pushed_authorization_request_endpoint",
                &document.pushed_authorization_request_endpoint,
            )?,
            requires_pushed_authorization_requests: document
                .require_pushed_authorization_requests
                .unwrap_or_default(),
            revocation_endpoint: optional("revocation_endpoint", &document.revocation_endpoint)?,
            auth_methods: AuthMethods::new(document.token_endpoint_auth_methods_supported),
            names_issuer_in_response: document
                .authorization_response_iss_parameter_supported
                .unwrap_or_default(),
        })
    }
}

/// https, or http where that is allowed.
pub(crate) fn safe(
    name: &'static str,
    url: &Url,
    transport: Transport,
) -> Result<Url, DiscoveryError> {
    let is_loopback = match url.host() {
        Some(url::Host::Domain(host)) => host == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let may_be_http = match transport {
        Transport::Https => false,
        Transport::HttpOnLoopback => is_loopback,
        Transport::HttpAnywhere => true,
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && may_be_http);
    // A URI is at most 64 KB long and allows fewer characters than a URL.
    let is_uri = url.as_str().parse::<http::Uri>().is_ok();
    let shown = || url.as_str().chars().take(300).collect();
    match (is_safe, is_uri) {
        (true, true) => Ok(url.clone()),
        (true, false) => Err(DiscoveryError::Unusable { name, url: shown() }),
        (false, _) => Err(DiscoveryError::NotHttps { name, url: shown() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://provider.test/realms/a";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://provider.test/authorize/",
            "token_endpoint": "https://provider.test/token",
            "jwks_uri": "https://provider.test/jwks",
            "userinfo_endpoint": "https://provider.test/userinfo",
            "end_session_endpoint": "https://provider.test/logout",
            "revocation_endpoint": "https://provider.test/revoke",
            "response_types_supported": ["code", "something new"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "none", "XX999"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "new_method"],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    fn read(change: impl FnOnce(&mut Value)) -> Result<Metadata, DiscoveryError> {
        let mut document = document();
        change(&mut document);
        Metadata::from_json(document.to_string().as_bytes(), ISSUER, Transport::Https)
    }

    #[test]
    fn a_document_with_unknown_values_is_read() {
        let metadata = read(|_| ()).unwrap();
        assert_eq!(
            metadata.authorization_endpoint.as_str(),
            "https://provider.test/authorize/"
        );
        let userinfo = metadata.userinfo_endpoint.unwrap();
        assert_eq!(userinfo.as_str(), "https://provider.test/userinfo");
        let revocation = metadata.revocation_endpoint.unwrap();
        assert_eq!(revocation.as_str(), "https://provider.test/revoke");
        assert!(metadata.names_issuer_in_response);
        let bare = read(|document| {
            let document = document.as_object_mut().unwrap();
            document.remove("userinfo_endpoint");
            document.remove("end_session_endpoint");
            document.remove("revocation_endpoint");
            document.remove("authorization_response_iss_parameter_supported");
            document.remove("token_endpoint_auth_methods_supported");
        })
        .unwrap();
        assert!(bare.userinfo_endpoint.is_none() && bare.revocation_endpoint.is_none());
        assert!(bare.end_session_endpoint.is_none() && !bare.names_issuer_in_response);
    }

    /// Seen: lists that are required and missing, empty texts for what is not there.
    #[test]
    fn what_no_login_needs_may_be_anything() {
        for (member, value) in [
            ("response_types_supported", Value::Null),
            ("subject_types_supported", Value::Null),
            ("id_token_signing_alg_values_supported", json!("RS256")),
            ("service_documentation", json!("")),
            ("op_tos_uri", json!("/terms")),
            ("registration_endpoint", json!("")),
            ("ui_locales_supported", json!("de")),
            ("claims_parameter_supported", json!("yes")),
            ("check_session_iframe", json!(7)),
            ("mtls_endpoint_aliases", json!([])),
            ("userinfo_endpoint", json!("")),
            ("userinfo_endpoint", Value::Null),
            ("end_session_endpoint", json!("")),
            ("revocation_endpoint", json!("")),
            ("require_pushed_authorization_requests", Value::Null),
            (
                "authorization_response_iss_parameter_supported",
                Value::Null,
            ),
        ] {
            let read = read(|document| document[member] = value.clone());
            assert!(read.is_ok(), "{member} {value}: {:?}", read.err());
        }
        let metadata = read(|document| document["userinfo_endpoint"] = json!("")).unwrap();
        assert!(metadata.userinfo_endpoint.is_none());
    }

    #[test]
    fn a_document_that_cannot_be_used_says_why() {
        for (name, change, expected) in [
            (
                "other issuer",
                ("issuer", json!("https://evil.test")),
                "issuer is `https://evil.test`",
            ),
            (
                "a slash more",
                ("issuer", json!("https://provider.test/realms/a/")),
                "issuer is",
            ),
            (
                "no token endpoint",
                ("token_endpoint", Value::Null),
                "token_endpoint",
            ),
            (
                "http",
                ("token_endpoint", json!("http://provider.test/token")),
                "not https",
            ),
            (
                "http jwks",
                ("jwks_uri", json!("http://provider.test/jwks")),
                "not https",
            ),
            (
                "http userinfo",
                ("userinfo_endpoint", json!("http://provider.test/userinfo")),
                "not https",
            ),
            (
                "http PAR",
                (
                    "pushed_authorization_request_endpoint",
                    json!("http://provider.test/par"),
                ),
                "not https",
            ),
            (
                "http revocation",
                ("revocation_endpoint", json!("http://provider.test/r")),
                "not https",
            ),
            (
                "script",
                ("authorization_endpoint", json!("javascript:alert(1)")),
                "not https",
            ),
            (
                "too long for a request",
                (
                    "token_endpoint",
                    json!(format!("https://provider.test/{}", "a".repeat(70_000))),
                ),
                "no address to send a request to",
            ),
            (
                "no jwks",
                ("jwks_uri", Value::Null),
                "not provider metadata",
            ),
        ] {
            let error = read(|document| document[change.0] = change.1.clone()).unwrap_err();
            assert!(error.to_string().contains(expected), "{name}: {error}");
        }
        assert!(Metadata::from_json(b"<html>", ISSUER, Transport::Https).is_err());
    }

    #[test]
    fn the_ways_of_authentication_are_kept_as_written() {
        let methods = |methods: Value| {
            let change = |document: &mut Value| {
                document["token_endpoint_auth_methods_supported"] = methods;
            };
            read(change).unwrap().auth_methods
        };
        let listed = ["client_secret_post", "new_method"];
        assert_eq!(methods(json!(listed)), AuthMethods::new(Some(listed)));
        assert_eq!(methods(Value::Null), AuthMethods::default());
    }

    #[test]
    fn plain_http_is_for_where_it_is_allowed() {
        use Transport::{HttpAnywhere, HttpOnLoopback, Https};
        for (transport, endpoint, is_allowed) in [
            (Https, "http://localhost:1/t", false),
            (HttpOnLoopback, "http://localhost:1/t", true),
            (HttpOnLoopback, "http://[::1]:1/t", true),
            (HttpOnLoopback, "http://keycloak:8080/t", false),
            (HttpAnywhere, "http://keycloak:8080/t", true),
            (HttpAnywhere, "ftp://keycloak/t", false),
        ] {
            let mut document = document();
            document["token_endpoint"] = json!(endpoint);
            let json = document.to_string();
            let read = Metadata::from_json(json.as_bytes(), ISSUER, transport);
            assert_eq!(read.is_ok(), is_allowed, "{transport:?} {endpoint}");
        }
    }

    #[test]
    fn the_discovery_url_has_one_slash() {
        for (issuer, expected) in [
            (
                "https://a.test",
                "https://a.test/.well-known/openid-configuration",
            ),
            (
                "https://a.test/",
                "https://a.test/.well-known/openid-configuration",
            ),
            (
                "https://a.test/r",
                "https://a.test/r/.well-known/openid-configuration",
            ),
            (
                "https://a.test/r/",
                "https://a.test/r/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(Metadata::discovery_url(issuer), expected);
        }
    }
}
