//! The tokens of a user who signs out are revoked at the provider, after the answer (RFC 7009).

use std::time::Duration;

use http::StatusCode;
use oidc_login::{
    RelyingPartyBuilder, TokenRevocation, config::ClientConfigBuilder, seams::HttpErrorKind,
};
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld},
    log::Log,
    steps::Gates,
    tasks::Tasks,
    timer::HandTimer,
    tokens::{LIFETIME, TokenNodes, token_routes},
    user_agent::{Page, UserAgent},
    world::APP,
};

const LOGOUT: &str = "http://localhost:5000/auth/logout";

/// The app, and what it does when nobody waits.
struct Stage {
    world: HostileWorld,
    tasks: Tasks,
    timer: HandTimer,
}

impl Stage {
    fn new() -> Self {
        Self::with(|client| client, |relying_party| relying_party)
    }

    fn with(
        client: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        settings: impl FnOnce(RelyingPartyBuilder) -> RelyingPartyBuilder,
    ) -> Self {
        let (tasks, timer) = (Tasks::default(), HandTimer::new());
        let world = HostileWorld::with_routes(
            client,
            |builder, _| settings(builder.spawn(tasks.clone()).timer(timer.clone())),
            token_routes(&Gates::default()).merge(oidc_login_tests::session_list::session_routes()),
        );
        Self {
            world,
            tasks,
            timer,
        }
    }

    /// Signs alice in; her access token and her refresh token.
    async fn sign_in(&mut self) -> [String; 2] {
        self.world.sign_in("alice", "/secure").await;
        let issued = self.world.provider.issued();
        let [.., access_token, _id_token, refresh_token] = &issued[..] else {
            panic!("three tokens: {issued:?}");
        };
        [access_token.clone(), refresh_token.clone()]
    }

    async fn sign_out(&mut self) -> Page {
        let page = self.world.browser.post(LOGOUT, &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
        assert_eq!(self.world.greeting().await, "hello stranger");
        page
    }

    /// What was sent to the revocation endpoint: tokens with their kinds.
    async fn revoked(&self) -> Vec<[String; 2]> {
        self.tasks.ended().await;
        let seen = self.world.provider.seen().into_iter();
        let requests = seen.filter(|seen| seen.endpoint == Endpoint::Revocation);
        requests
            .map(|seen| ["token", "token_type_hint"].map(|name| seen.form[name].clone()))
            .collect()
    }
}

fn kinds(revoked: &[[String; 2]]) -> Vec<&str> {
    revoked.iter().map(|[_, kind]| kind.as_str()).collect()
}

#[tokio::test]
async fn the_refresh_token_goes_first_and_then_the_access_token() {
    let mut stage = Stage::new();
    let [access_token, refresh_token] = stage.sign_in().await;
    stage.sign_out().await;
    let expected = [
        [refresh_token, "refresh_token".to_owned()],
        [access_token, "access_token".to_owned()],
    ];
    assert_eq!(stage.revoked().await, expected);
    stage.sign_out().await;
    assert_eq!(stage.revoked().await.len(), 2, "a visitor has none");
}

#[tokio::test]
async fn it_says_who_it_is_as_at_the_token_endpoint() {
    type Client = fn(ClientConfigBuilder) -> ClientConfigBuilder;
    let clients: [(&str, Client, bool); 2] = [
        ("public", |client| client, false),
        (
            "confidential",
            |client| client.confidential_client("flask-app", "s:e}c%r"),
            true,
        ),
    ];
    for (name, client, has_secret) in clients {
        let mut stage = Stage::with(client, |relying_party| relying_party);
        stage.sign_in().await;
        stage.sign_out().await;
        stage.tasks.ended().await;
        let seen = stage.world.provider.seen();
        let of = |endpoint| seen.iter().rfind(|seen| seen.endpoint == endpoint);
        let token = of(Endpoint::Token).expect("a token request");
        let revocation = of(Endpoint::Revocation).expect("a revocation");
        let authorization = token.headers.get("authorization");
        assert_eq!(authorization.is_some(), has_secret, "{name}");
        assert_eq!(revocation.headers.get("authorization"), authorization);
        let client_id = token.form.get("client_id");
        assert_eq!(revocation.form.get("client_id"), client_id, "{name}");
    }
}

#[tokio::test]
async fn nothing_is_sent_where_it_is_switched_off_or_not_offered() {
    let off = |client: ClientConfigBuilder| client.token_revocation(TokenRevocation::Off);
    let mut stage = Stage::with(off, |relying_party| relying_party);
    stage.sign_in().await;
    stage.sign_out().await;
    assert_eq!(stage.revoked().await.len(), 0, "off");

    let mut stage = Stage::new();
    stage.world.provider.bend_metadata(|metadata| {
        metadata["revocation_endpoint"] = serde_json::Value::Null;
    });
    stage.sign_in().await;
    stage.sign_out().await;
    assert_eq!(stage.revoked().await.len(), 0, "not offered");
}

#[tokio::test]
async fn only_what_is_of_use_is_revoked() {
    let mut stage = Stage::new();
    stage.sign_in().await;
    stage.world.clock.advance(LIFETIME);
    stage.sign_out().await;
    let revoked = stage.revoked().await;
    assert_eq!(kinds(&revoked), ["refresh_token"], "the other has ended");

    let mut stage = Stage::new();
    stage.world.provider.bend_tokens(|tokens| {
        let tokens = tokens.as_object_mut().expect("an object");
        tokens.remove("refresh_token");
    });
    stage.world.sign_in("alice", "/secure").await;
    stage.sign_out().await;
    let revoked = stage.revoked().await;
    assert_eq!(kinds(&revoked), ["access_token"], "there is no other");
}

/// The answer is there while the provider has not even read the request.
#[tokio::test]
async fn no_answer_waits_for_it() {
    let mut stage = Stage::new();
    stage.sign_in().await;
    let mut gate = stage.world.provider.hold(Endpoint::Revocation);
    let page = stage.sign_out().await;
    assert!(page.location().is_some_and(|to| to.path() == "/logout"));
    gate.reached(1).await;
    gate.open();
    let revoked = stage.revoked().await;
    assert_eq!(kinds(&revoked), ["refresh_token", "access_token"]);
}

#[tokio::test]
async fn a_client_that_hangs_up_changes_nothing() {
    let gates = Gates::default();
    let waiting = gates.clone();
    let mut stage = Stage::with(
        |client| client,
        |relying_party| {
            relying_party.on_logout(move |_| {
                let waiting = waiting.clone();
                async move {
                    waiting.wait("told").await;
                    Ok(())
                }
            })
        },
    );
    stage.sign_in().await;
    let mut browser = stage.world.browser.clone();
    let logout = tokio::spawn(async move { browser.post(LOGOUT, &[]).await });
    gates.arrival("told").await;
    logout.abort();
    assert!(logout.await.is_err_and(|error| error.is_cancelled()));
    gates.open("told");
    let revoked = stage.revoked().await;
    assert_eq!(kinds(&revoked), ["refresh_token", "access_token"]);
    assert_eq!(stage.world.greeting().await, "hello stranger");
}

/// However the provider behaves, the user is signed out, and it is asked no more than twice.
#[tokio::test]
async fn a_hostile_endpoint_costs_little() {
    let unsupported = r#"{"error":"unsupported_token_type"}"#;
    for (name, status, body, asked) in [
        ("a kind it cannot revoke", 400, unsupported.to_owned(), 2),
        ("an unknown error", 400, "{}".to_owned(), 2),
        ("a wrong secret", 401, "{}".to_owned(), 2),
        ("down", 503, String::new(), 2),
        ("a redirect", 307, String::new(), 2),
        ("long", 400, "x".repeat(1 << 20), 2),
        ("long and nested", 400, "[".repeat(1 << 20), 2),
    ] {
        let mut stage = Stage::new();
        stage.sign_in().await;
        let provider = &stage.world.provider;
        provider.reply(Endpoint::Revocation, status, body);
        stage.sign_out().await;
        assert_eq!(stage.revoked().await.len(), asked, "{name}");
    }
    for kind in [
        HttpErrorKind::Connect,
        HttpErrorKind::Timeout,
        HttpErrorKind::BodyTooLarge,
    ] {
        let mut stage = Stage::new();
        stage.sign_in().await;
        stage.world.provider.fail(Endpoint::Revocation, kind);
        stage.sign_out().await;
        let asked = stage.revoked().await;
        assert_eq!(kinds(&asked), ["refresh_token"], "{kind:?}: asked once");
    }
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_given_up() {
    let (log, _guard) = Log::record();
    let mut stage = Stage::new();
    stage.sign_in().await;
    let mut gate = stage.world.provider.hold(Endpoint::Revocation);
    stage.sign_out().await;
    gate.reached(1).await;
    let limit = Duration::from_secs(20);
    stage.timer.asleep(1, limit).await;
    stage.timer.pass(limit);
    assert_eq!(stage.revoked().await.len(), 1);
    assert_eq!(log.count("takes too long"), 1);
}

/// Whose login is refreshed at the very moment of the sign-out: the tokens that come too late.
#[tokio::test]
async fn tokens_that_come_after_the_sign_out_are_revoked_too() {
    let mut stage = Stage::new();
    let [_, first] = stage.sign_in().await;
    let mut gate = stage.world.provider.hold(Endpoint::Token);
    let refresh = stage.world.browser.script_later("/refresh");
    gate.reached(1).await;
    stage.sign_out().await;
    gate.open();
    assert_eq!(refresh.await.expect("an answer").text(), "stranger");
    let revoked = stage.revoked().await;
    let issued = stage.world.provider.issued();
    let [.., access_token, _, refresh_token] = &issued[..] else {
        panic!("{issued:?}");
    };
    let tokens: Vec<_> = revoked.iter().map(|[token, _]| token).collect();
    assert!(tokens.contains(&&first), "{tokens:?}");
    assert!(tokens.contains(&refresh_token) && tokens.contains(&access_token));
    assert_eq!(tokens.len(), 4);
}

/// What the store had of another session's tokens cannot be read without that browser's cookie.
#[tokio::test]
async fn of_a_list_of_sessions_only_this_ones_tokens_are_revoked() {
    let mut stage = Stage::new();
    stage.sign_in().await;
    let mut phone = stage.world.browser.clone();
    stage.world.browser = UserAgent::other_browser(&phone);
    stage.sign_in().await;
    let other = phone.handle().await;
    assert_eq!(stage.world.browser.end_session(&other).await.text(), "true");
    assert_eq!(stage.revoked().await.len(), 0);
    let this = stage.world.browser.handle().await;
    assert_eq!(stage.world.browser.end_session(&this).await.text(), "true");
    let revoked = stage.revoked().await;
    assert_eq!(kinds(&revoked), ["refresh_token", "access_token"]);
    let page = phone.get(&format!("{APP}/hello")).await;
    assert_eq!(page.text(), "hello stranger");
}

/// No token is in what is logged, whatever goes wrong.
#[tokio::test]
async fn nothing_secret_is_logged() {
    let (log, _guard) = Log::record();
    for (status, body) in [(200, String::new()), (400, "{}".to_owned())] {
        let mut stage = Stage::new();
        let tokens = stage.sign_in().await;
        let echoed = format!("{body}{}", tokens.join(" "));
        stage
            .world
            .provider
            .reply(Endpoint::Revocation, status, echoed);
        stage.sign_out().await;
        assert_eq!(stage.revoked().await.len(), 2);
        for token in tokens {
            assert_eq!(log.count(&token), 0, "{status}");
        }
    }
    assert!(log.count("refused to revoke") > 0, "{}", log.text());
}

/// A node may serve a login for a while without asking the store, and the other one refresh it.
#[tokio::test]
async fn the_tokens_that_another_node_got_are_revoked() {
    let tasks = Tasks::default();
    let settings = |relying_party: RelyingPartyBuilder| {
        let cache_time = Duration::from_secs(3600);
        relying_party
            .login_cache_time(cache_time)
            .spawn(tasks.clone())
    };
    let (mut nodes, first) = TokenNodes::signed_in_with(settings).await;
    assert_eq!(nodes.b.script("/token").await.text(), first, "it is known");
    let second = nodes.a.script("/refresh").await.text();
    assert_ne!(second, first);
    let page = nodes.b.post(LOGOUT, &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    tasks.ended().await;
    let issued = nodes.provider.issued();
    let refresh_token = issued.last().expect("a refresh token");
    let seen = nodes.provider.seen().into_iter();
    let requests = seen.filter(|seen| seen.endpoint == Endpoint::Revocation);
    let revoked: Vec<_> = requests.map(|seen| seen.form["token"].clone()).collect();
    assert_eq!(revoked, [refresh_token.clone(), second]);
}
