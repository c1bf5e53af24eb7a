//! A server that is gone, hangs, forgets, or refuses.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod support;

use std::{sync::Arc, time::Duration};

use oidc_login_core::session::{Loaded, LoginStore};
use oidc_login_redis_store::RedisStore;
use support::{Server, record, session_key, sign_in, text_of, until_up};
use tokio::task::JoinSet;

const APPEND_ONLY: &[&str] = &["--appendonly", "yes", "--appendfsync", "always"];

/// Writers run until the server is killed under them; what one of them saw succeed is there after.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn with_persistence_nothing_that_succeeded_is_lost() {
    let mut server = Server::start(APPEND_ONLY).await;
    let store = RedisStore::new(server.url()).unwrap();
    let (alive, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let mut writers = JoinSet::new();
    for writer in 0..16 {
        let (store, alive) = (store.clone(), alive.clone());
        writers.spawn(async move {
            let mut saved = Vec::new();
            for number in 0.. {
                let text = format!("{writer} {number}");
                let Some(key) = sign_in(&store, text.as_bytes()).await else {
                    break;
                };
                let is_ended = number % 3 == 0;
                if is_ended && !matches!(store.end(&key).await, Ok(Some(_))) {
                    break;
                }
                saved.push((key, text, is_ended));
                let _ = alive.send(());
            }
            saved
        });
    }
    for _ in 0..200 {
        seen.recv().await.unwrap();
    }
    server.kill();
    let saved = writers.join_all().await.concat();
    server.restart().await;
    until_up(&store).await;
    assert!(saved.len() >= 200);
    for (key, text, is_ended) in saved {
        let expected = (!is_ended).then_some(text);
        let found = record(&store, &key).await;
        let found = found.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
        assert_eq!(found, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn without_persistence_the_store_fails_and_then_works_again() {
    let mut server = Server::start(&[]).await;
    let store = RedisStore::new(server.url()).unwrap();
    let key = sign_in(&store, b"before").await.unwrap();
    for _ in 0..3 {
        server.kill();
        LoginStore::load(&store, &key, None).await.unwrap_err();
        store.end(&key).await.unwrap_err();
        assert_eq!(sign_in(&store, b"down").await, None);
        server.restart().await;
        until_up(&store).await;
        let gone = LoginStore::load(&store, &key, None).await.unwrap();
        assert_eq!(gone, Loaded::Gone, "forgotten is signed out");
        let again = sign_in(&store, b"again").await.unwrap();
        assert_eq!(record(&store, &again).await.unwrap(), "again");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn an_app_starts_before_its_server() {
    let mut server = Server::start(&[]).await;
    server.kill();
    let store = RedisStore::new(server.url()).unwrap();
    let error = store.ping().await.unwrap_err();
    assert!(
        text_of(&error).contains("nobody listens"),
        "{}",
        text_of(&error)
    );
    server.restart().await;
    until_up(&store).await;
    assert!(sign_in(&store, b"record").await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn a_server_that_hangs_is_an_error_and_then_works_again() {
    let server = Server::start(&[]).await;
    let store = RedisStore::builder(server.url())
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let key = sign_in(&store, b"record").await.unwrap();
    server.signal("-STOP");
    for _ in 0..3 {
        let error = LoginStore::load(&store, &key, None).await.unwrap_err();
        let text = text_of(&error);
        assert!(
            text.contains("in time") || text.contains("moment ago"),
            "{text}"
        );
    }
    server.signal("-CONT");
    until_up(&store).await;
    assert_eq!(record(&store, &key).await.unwrap(), "record");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn requests_do_not_pile_up() {
    let server = Server::start(&[]).await;
    let store = RedisStore::builder(server.url())
        .timeout(Duration::from_secs(3600))
        .max_waiting(10)
        .build()
        .unwrap();
    let key = sign_in(&store, b"record").await.unwrap();
    server.signal("-STOP");
    let store = Arc::new(store);
    let mut requests = JoinSet::new();
    for _ in 0..100 {
        let store = store.clone();
        requests.spawn(async move { LoginStore::load(&*store, &key, None).await });
    }
    for _ in 0..90 {
        let refused = requests.join_next().await.unwrap().unwrap().unwrap_err();
        assert!(
            text_of(&refused).contains("too many"),
            "{}",
            text_of(&refused)
        );
    }
    server.signal("-CONT");
    while let Some(answered) = requests.join_next().await {
        assert_ne!(answered.unwrap().unwrap(), Loaded::Gone);
    }
    assert_eq!(record(&store, &key).await.unwrap(), "record");
}

#[tokio::test]
#[ignore = "needs redis-server: ./test installs it"]
async fn a_refused_password_is_not_in_the_error() {
    let server = Server::start(&["--requirepass", "right-Pa55word"]).await;
    let address = |password: &str| format!("redis://:{password}@127.0.0.1:{}", server.port());
    let store = RedisStore::new(address("wrong-Pa55word")).unwrap();
    for _ in 0..2 {
        let error = LoginStore::load(&store, &session_key(), None)
            .await
            .unwrap_err();
        let text = text_of(&error) + &format!("{store:?}");
        assert!(!text.contains("Pa55word"), "{text}");
        assert!(
            text.contains("WRONGPASS") || text.contains("moment ago"),
            "{text}"
        );
    }
    let store = RedisStore::new(address("right-Pa55word")).unwrap();
    store.ping().await.unwrap();
}

#[test]
fn an_address_that_cannot_be_read_is_not_in_the_error() {
    for url in [
        "",
        "no address with Pa55word",
        "http://:Pa55word@host",
        "redis://:Pa55word@host:notaport",
        "redis://:Pa55word@host/notadatabase",
    ] {
        let error = RedisStore::new(url).unwrap_err();
        assert!(!text_of(&error).contains("Pa55word"), "{url}");
        let builder = RedisStore::builder(url);
        assert!(!format!("{builder:?}").contains("Pa55word"), "{url}");
    }
    let certificate = RedisStore::builder("rediss://localhost").root_certificate("no PEM");
    assert!(certificate.build().is_err());
}

/// What a server says may quote what it was sent.
#[tokio::test]
#[ignore = "needs redis-server: ./test installs it"]
async fn a_servers_words_are_not_in_the_error() {
    let server = Server::start(&[
        "--rename-command",
        "EVALSHA",
        "",
        "--rename-command",
        "EVAL",
        "",
    ])
    .await;
    let store = RedisStore::new(server.url()).unwrap();
    let error = LoginStore::load(&store, &session_key(), None)
        .await
        .unwrap_err();
    let text = text_of(&error);
    assert!(
        text.contains("refused") && !text.contains("oidc-login:"),
        "{text}"
    );
}
