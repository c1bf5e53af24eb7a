//! Every pattern with every URI: Keycloak's verdict and ours are the same, except where we mean to differ.

mod table;

use std::collections::BTreeSet;

use oidc_login::config::{RootUrl, ValidRedirectUris};
use oidc_login_tests::keycloak::Keycloak;
use url::form_urlencoded;

use crate::stage::{REALM, put_client, remove_client};

use table::{DIFFERENCES, PATTERNS, REFUSED_PATTERNS, URIS, rows};

/// Keycloak's endpoint for browsers, asked without one.
struct AuthorizationEndpoint {
    http: reqwest::Client,
    url: String,
}

impl AuthorizationEndpoint {
    fn of(keycloak: &Keycloak) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().expect("no setting here can fail"),
            url: format!("{}/protocol/openid-connect/auth", keycloak.issuer(REALM)),
        }
    }

    async fn accepts(&self, client_id: &str, uri: &str) -> bool {
        // With prompt=none it has no page to draw: it sends the browser back at once, or refuses to.
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", client_id),
                ("response_type", "code"),
                ("scope", "openid"),
                ("prompt", "none"),
                ("redirect_uri", uri),
            ])
            .finish();
        let answer = self.http.get(format!("{}?{query}", self.url)).send().await;
        let answer = answer.unwrap_or_else(|error| panic!("{uri}: {error}"));
        let status = answer.status();
        // Read to its end, so that the connection serves the next request too.
        let text = answer.text().await.unwrap_or_default();
        match status.as_u16() {
            302 => true,
            400 if text.contains("Invalid parameter: redirect_uri") => false,
            _ => panic!("{uri}: {status}: {text}"),
        }
    }
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn keycloak_and_we_agree_or_mean_to_differ() {
    const CLIENT: &str = "verdicts-on-redirect-uris";
    let keycloak = Keycloak::from_env();
    let endpoint = AuthorizationEndpoint::of(&keycloak);
    remove_client(&keycloak, CLIENT).await;
    let (mut unexplained, mut seen) = (Vec::new(), BTreeSet::new());
    for [root_url, pattern] in rows(PATTERNS) {
        let patterns: &[&str] = if pattern == "-" { &[] } else { &[pattern] };
        put_client(&keycloak, CLIENT, root_url, patterns).await;
        let ours = valid(patterns, root_url);
        for [uri] in rows(URIS) {
            let accepts = endpoint.accepts(CLIENT, uri).await;
            if accepts == ours.check(uri).is_ok() {
                continue;
            }
            let mut differences = DIFFERENCES.iter();
            match differences.find(|it| it.explains(accepts, root_url, pattern, uri)) {
                Some(difference) => _ = seen.insert(difference.row),
                None => unexplained.push(format!(
                    "{pattern} with the root URL {root_url}, {uri}: Keycloak {}",
                    if accepts { "accepts" } else { "refuses" }
                )),
            }
        }
    }
    remove_client(&keycloak, CLIENT).await;
    assert!(
        unexplained.is_empty(),
        "we differ on\n{}",
        unexplained.join("\n")
    );
    for difference in DIFFERENCES {
        let row = difference.row;
        assert!(seen.contains(row), "Keycloak and we agree by now: {row}");
    }
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn a_pattern_that_we_refuse_is_a_trap_there() {
    const CLIENT: &str = "traps-in-redirect-uris";
    const ROOT_URL: &str = "http://localhost:5000";
    let keycloak = Keycloak::from_env();
    let endpoint = AuthorizationEndpoint::of(&keycloak);
    let root_url = RootUrl::parse(ROOT_URL).expect("it is one");
    for [pattern, uri, verdict] in rows(REFUSED_PATTERNS) {
        assert!(
            ValidRedirectUris::new([pattern], &root_url).is_err(),
            "{pattern}"
        );
        put_client(&keycloak, CLIENT, ROOT_URL, &[pattern]).await;
        let accepts = endpoint.accepts(CLIENT, uri).await;
        assert_eq!(
            if accepts { "yes" } else { "no" },
            verdict,
            "{pattern} {uri}"
        );
    }
    remove_client(&keycloak, CLIENT).await;
}

fn valid(patterns: &[&str], root_url: &str) -> ValidRedirectUris {
    let root_url = RootUrl::parse(root_url).unwrap_or_else(|error| panic!("{error}"));
    ValidRedirectUris::new(patterns, &root_url).unwrap_or_else(|error| panic!("{error}"))
}
