//! The discovery document.

use url::{Host, Url};

use super::signer::ISSUER;
use crate::protocol::metadata::{Metadata, Transport};

/// A document of anybody's: what is taken from it can be asked, and by https.
pub fn discovery(json: &[u8]) {
    for transport in [
        Transport::Https,
        Transport::HttpOnLoopback,
        Transport::HttpAnywhere,
    ] {
        let metadata = match Metadata::from_json(json, ISSUER, transport) {
            Ok(metadata) => metadata,
            Err(error) => {
                assert!(error.to_string().len() < 2_000, "{error}");
                continue;
            }
        };
        assert_eq!(metadata.issuer, ISSUER);
        assert_eq!(super::json(json)["issuer"], ISSUER);
        let always = [
            &metadata.authorization_endpoint,
            &metadata.token_endpoint,
            &metadata.jwks_uri,
        ];
        let optional = [
            &metadata.userinfo_endpoint,
            &metadata.end_session_endpoint,
            &metadata.pushed_authorization_request_endpoint,
            &metadata.revocation_endpoint,
        ];
        let optional = optional.into_iter().flatten();
        for endpoint in always.into_iter().chain(optional) {
            assert_can_be_asked(endpoint, transport);
        }
    }
}

fn assert_can_be_asked(endpoint: &Url, transport: Transport) {
    let is_here = match endpoint.host().expect("a host") {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let may_be_http = match transport {
        Transport::Https => false,
        Transport::HttpOnLoopback => is_here,
        Transport::HttpAnywhere => true,
    };
    let is_safe = endpoint.scheme() == "https" || (may_be_http && endpoint.scheme() == "http");
    assert!(is_safe, "{endpoint}");
    let uri: http::Uri = endpoint.as_str().parse().expect("a URI");
    assert!(uri.authority().is_some(), "{endpoint}");
}
