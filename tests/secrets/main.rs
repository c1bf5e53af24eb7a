//! Nothing secret is told: not in the log of any crate at any level, not on any page.
//!
//! A program of its own, because the recorder must be the one for all threads: what the first thread
//! without one meets is not logged anywhere else either.

use std::{
    io,
    sync::{Arc, Mutex},
};

use oidc_login::{
    ClientAuthentication, ClientKeys, ClientSecret, DetailSetting, LoginError, ProviderConfig,
    seams::HttpErrorKind,
};
use oidc_login_tests::{
    folder::Folder,
    hostile::{
        Endpoint, HostileWorld, OverSocket, location_of_login, parameter, to_provider,
        with_another, with_parameter,
    },
    steps::Gates,
    tokens::token_routes,
    user_agent::Page,
    world::{APP, ISSUER},
};
use serde_json::json;
use tracing_subscriber::fmt::format::FmtSpan;
use url::Url;

const CLIENT_SECRET: &str = "client-secret-9c41d7";
const CLIENT_KEY: &str =
    include_str!("../../crates/oidc-login-core/src/protocol/client_key/testdata/p256.pkcs8.pem");

/// What every crate logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a log").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was told, and what must not be.
#[derive(Default)]
struct Record {
    told: Vec<(String, String)>,
    secrets: Vec<(&'static str, String)>,
}

impl Record {
    fn keep(&mut self, what: &'static str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() > 5, "{what} {secret} could stand anywhere");
        self.secrets.push((what, secret));
    }

    fn keep_cookies(&mut self, world: &HostileWorld) {
        for ((_, name), (value, _)) in &world.browser.jar {
            if name.contains("oidc") && !value.is_empty() {
                self.keep("a cookie", value.clone());
            }
        }
    }

    /// Begins a login and notes what the browser carries.
    async fn begin(&mut self, world: &mut HostileWorld) -> Url {
        let link = format!("{APP}{}", location_of_login("/secure"));
        let url = to_provider(&mut world.browser, &link).await;
        self.keep("state", parameter(&url, "state"));
        self.keep("nonce", parameter(&url, "nonce"));
        self.keep_cookies(world);
        world.provider.answer(&url, "alice")
    }

    fn keep_what_was_exchanged(&mut self, world: &HostileWorld) {
        for issued in world.provider.issued() {
            if let Some((_, signature)) = issued.rsplit_once('.') {
                self.keep("a signature", signature);
            }
            self.keep("a code or token", issued);
        }
        for seen in world.provider.seen() {
            if let Some(verifier) = seen.form.get("code_verifier") {
                self.keep("a code verifier", verifier);
            }
            if let Some(assertion) = seen.form.get("client_assertion") {
                self.keep("an assertion", assertion);
            }
            if let Some(credentials) = seen.headers.get("authorization") {
                let credentials = credentials.to_str().expect("ASCII");
                self.keep("credentials", credentials.trim_start_matches("Basic "));
            }
        }
    }

    fn told_by(&mut self, what: &str, page: &Page) {
        let error = page.error.as_ref();
        assert!(
            error.is_some(),
            "{what} is an error: {} {:?}",
            page.status,
            page.location()
        );
        let mut text = page.text();
        text.extend(error.map(|error| format!("{error} {error:?} {}", causes(error))));
        self.told.push((what.to_owned(), text));
    }

    fn check(&self) {
        for (what, secret) in &self.secrets {
            for (place, told) in &self.told {
                let at = told.find(secret.as_str());
                let excerpt = at.map(|at| &told[at.saturating_sub(200)..at]);
                assert!(excerpt.is_none(), "{what} is told by {place}: {excerpt:?}");
            }
        }
    }
}

fn causes(error: &LoginError) -> String {
    let first = std::error::Error::source(error);
    let causes = std::iter::successors(first, |cause| cause.source());
    let causes: Vec<_> = causes.map(|cause| format!("{cause} {cause:?}")).collect();
    causes.join(" ")
}

/// A life with failures of every kind in it: logins, requests, logout.
async fn live(world: &mut HostileWorld, record: &mut Record) {
    world.browser.peer = Some("127.0.0.1:4000".parse().expect("an address"));
    for (name, tamper) in [
        (
            "no iss",
            (|url| with_parameter(url, "iss", None)) as fn(&Url) -> Url,
        ),
        ("state twice", |url| {
            with_another(url, "state", &parameter(url, "state"))
        }),
        ("code twice", |url| {
            with_another(url, "code", &parameter(url, "code"))
        }),
        ("state as iss", |url| {
            with_parameter(url, "iss", Some("https://evil.test"))
        }),
        ("a wrong code", |url| {
            with_parameter(url, "code", Some("wrong-code-17ac"))
        }),
        ("a wrong state", |url| {
            with_parameter(url, "state", Some("wrong-state-17ac"))
        }),
    ] {
        let callback = record.begin(world).await;
        let page = world.browser.get(tamper(&callback).as_str()).await;
        record.told_by(name, &page);
    }
    record.keep("a wrong code", "wrong-code-17ac");
    record.keep("a wrong state", "wrong-state-17ac");
    for status in [400, 500, 200] {
        let callback = record.begin(world).await;
        let body = json!({ "access_token": 7, "refresh_token": "refresh-in-bad-answer" });
        world
            .provider
            .reply(Endpoint::Token, status, body.to_string());
        let page = world.browser.get(callback.as_str()).await;
        record.told_by(&format!("token endpoint {status}"), &page);
        // Opened again it is the way to a new sign-in, and then no longer.
        let page = world.browser.get(callback.as_str()).await;
        let again = page.location().expect("a new try");
        record.keep("state", parameter(&again, "state"));
        record.keep("nonce", parameter(&again, "nonce"));
        record.keep_cookies(world);
        let callback = world.provider.answer(&again, "alice");
        for name in ["the new try", "replay"] {
            let page = world.browser.get(callback.as_str()).await;
            record.told_by(name, &page);
        }
        world.provider.be_honest();
    }
    for error in ["access_denied", "invalid_scope", "server_error"] {
        record.begin(world).await;
        let link = format!("{APP}{}", location_of_login("/secure"));
        let url = to_provider(&mut world.browser, &link).await;
        let answer = world.provider.refuse(&url, error, "no");
        let page = world.browser.get(answer.as_str()).await;
        record.told_by(error, &page);
    }
    record.keep("a token in a bad answer", "refresh-in-bad-answer");
    for claim in ["nonce", "iss", "aud", "at_hash", "exp"] {
        let callback = record.begin(world).await;
        world
            .provider
            .bend_id_token(move |token| token.claims[claim] = json!("wrong"));
        let page = world.browser.get(callback.as_str()).await;
        record.told_by(claim, &page);
        world.provider.be_honest();
    }
    let callback = record.begin(world).await;
    world.provider.fail(Endpoint::Token, HttpErrorKind::Timeout);
    let page = world.browser.get(callback.as_str()).await;
    record.told_by("timeout", &page);
    world.provider.be_honest();

    let callback = record.begin(world).await;
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
    record.keep_cookies(world);
    for path in ["/hello", "/secure", "/auth/session", "/auth/logout"] {
        world.browser.get(&format!("{APP}{path}")).await;
    }
    let page = world.browser.get(&format!("{APP}/admin")).await;
    record.told_by("forbidden", &page);
    for _ in 0..7 {
        let callback = record.begin(world).await;
        world.browser.open(callback.as_str()).await;
        record.keep_cookies(world);
    }
    let page = world.browser.get(&format!("{APP}/auth/login")).await;
    record.told_by("a loop", &page);
    let callback = record.begin(world).await;
    world.browser.open(callback.as_str()).await;
    record.keep_cookies(world);
    let page = world.browser.other_browser().get(callback.as_str()).await;
    record.told_by("replay in another browser", &page);
    refresh(world, record).await;
    let page = world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    let provider = page.location().expect("the provider's logout");
    assert!(provider.as_str().starts_with(ISSUER), "{provider}");
    assert_eq!(world.greeting().await, "hello stranger");
}

/// Refreshes that go well and badly, of the user who is signed in.
async fn refresh(world: &mut HostileWorld, record: &mut Record) {
    let forced = format!("{APP}/refresh");
    let page = world.browser.get(&forced).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let answer = json!({ "access_token": 7, "refresh_token": "refresh-in-bad-refresh" });
    record.keep("a token in a bad refresh", "refresh-in-bad-refresh");
    for status in [200, 400, 503] {
        world.clock.advance(100);
        let answer = answer.to_string();
        world.provider.reply(Endpoint::Token, status, answer);
        let page = world.browser.get(&forced).await;
        record.told_by(&format!("refresh {status}"), &page);
    }
    world.provider.be_honest();
    for claim in ["sub", "nonce", "at_hash"] {
        world.clock.advance(100);
        world
            .provider
            .bend_id_token(move |token| token.claims[claim] = json!("wrong"));
        let page = world.browser.get(&forced).await;
        record.told_by(&format!("refresh, {claim}"), &page);
        // Its refresh token is used up by now: the user signs in again.
        world.provider.be_honest();
        let callback = record.begin(world).await;
        world.browser.open(callback.as_str()).await;
        record.keep_cookies(world);
    }
    world.clock.advance(300);
    world.provider.fail(Endpoint::Token, HttpErrorKind::Timeout);
    let page = world.browser.get(&format!("{APP}/token")).await;
    record.told_by("a token that has ended", &page);
    world.provider.be_honest();
}

#[tokio::test]
async fn no_log_and_no_page_tells_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let folder = Folder::new();
    let secret_file = folder.write("secret", CLIENT_SECRET);
    let key_file = folder.write("key", CLIENT_KEY);
    let mut record = Record::default();
    record.keep("the client secret", CLIENT_SECRET);
    for line in CLIENT_KEY.lines().filter(|line| !line.starts_with('-')) {
        record.keep("the client's key", line);
    }
    for (authentication, file) in [
        (
            ClientAuthentication::ClientSecret(ClientSecret::new(CLIENT_SECRET)),
            None,
        ),
        (
            ClientAuthentication::ClientSecretPost(ClientSecret::from_file(&secret_file)),
            Some("secret"),
        ),
        (
            ClientAuthentication::PrivateKeyJwt(ClientKeys::from_file(&key_file)),
            Some("key"),
        ),
    ] {
        let (over_socket, listener) = OverSocket::new().await;
        let provider = ProviderConfig::builder()
            .issuer(ISSUER)
            .http_client(over_socket)
            .build()
            .expect("a provider");
        let mut world = HostileWorld::with_routes(
            |client| {
                client
                    .provider(provider)
                    .client("flask-app", authentication)
            },
            |rp, _| rp.detail(DetailSetting::Full),
            token_routes(&Gates::default()),
        );
        world.provider.serve(listener);
        live(&mut world, &mut record).await;
        if let Some(file) = file {
            folder.write(
                file,
                &format!("{CLIENT_SECRET}\n{}", CLIENT_KEY.replace("END", "")),
            );
            let callback = record.begin(&mut world).await;
            let page = world.browser.get(callback.as_str()).await;
            record.told_by("a broken file", &page);
        }
        record.keep_what_was_exchanged(&world);
    }
    let log = String::from_utf8(log.0.lock().expect("a log").clone()).expect("UTF-8");
    for told in [
        "a user signed in",
        "id_token_nonce",
        "refresh_failed",
        "id_token_subject",
        "client_credential_unusable",
        "client authentication",
        "DEBUG",
        "TRACE",
        "reqwest",
    ] {
        assert!(log.contains(told), "the log does not hold {told}: {log}");
    }
    record.told.push(("the log".to_owned(), log));
    assert!(record.secrets.len() > 240, "{}", record.secrets.len());
    record.check();
}
