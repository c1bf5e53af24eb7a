//! Against a real redis-server, which each test starts for itself.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod support;

use oidc_login_core::session::{Leased, Loaded, LoginStore, contract};
use oidc_login_redis_store::RedisStore;
use support::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn logins_keep_the_contract() {
    let server = Server::start(&[]).await;
    contract::check_login_store(async |clock| server.store(clock)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn values_keep_the_contract() {
    let server = Server::start(&[]).await;
    contract::check_session_store(async |clock| server.store(clock)).await;
}

/// A cluster refuses a script that touches keys of two slots, also where one node has them all.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn a_cluster_runs_every_script() {
    let server = Server::start(&["--cluster-enabled", "yes"]).await;
    let () = server
        .ask(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"])
        .await;
    while !server
        .ask::<String>(&["CLUSTER", "INFO"])
        .await
        .contains("cluster_state:ok")
    {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    contract::check_login_store(async |clock| server.store(clock)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server and openssl: ./test installs them"]
async fn tls_is_spoken_with_the_right_certificate_only() {
    let tls = [
        ["--tls-port", "PORT"],
        ["--tls-cert-file", "server.pem"],
        ["--tls-key-file", "server.key"],
        ["--tls-ca-cert-file", "server.pem"],
        ["--tls-auth-clients", "no"],
    ];
    let server = Server::start_with(&tls.concat(), support::make_certificate).await;
    let pem = std::fs::read(server.directory().join("server.pem")).unwrap();
    let store = |host: &str| RedisStore::builder(format!("rediss://{host}:{}", server.port()));
    let trusting = store("localhost")
        .root_certificate(pem.clone())
        .build()
        .unwrap();
    let key = support::sign_in(&trusting, b"record").await.unwrap();
    assert_eq!(support::record(&trusting, &key).await.unwrap(), "record");
    for (name, builder) in [
        ("the platform's authorities", store("localhost")),
        ("another host", store("127.0.0.1").root_certificate(pem)),
        ("no TLS", RedisStore::builder(server.url())),
    ] {
        let store = builder.timeout(std::time::Duration::from_secs(20));
        assert!(store.build().unwrap().ping().await.is_err(), "{name}");
    }
}

/// Without a clock of its own, a store goes by the server's.
#[tokio::test]
#[ignore = "needs redis-server: ./test installs it"]
async fn the_servers_clock_is_the_default() {
    let server = Server::start(&[]).await;
    let store = RedisStore::new(server.url()).unwrap();
    let key = support::sign_in(&store, b"record").await.unwrap();
    assert_eq!(support::record(&store, &key).await.unwrap(), "record");
    let lease = async || {
        store
            .lease(&key, std::time::Duration::from_secs(60))
            .await
            .unwrap()
    };
    assert!(matches!(lease().await, Leased::Held(_)));
    assert_eq!(lease().await, Leased::Busy);
    let past = time::OffsetDateTime::now_utc() - time::Duration::SECOND;
    store.touch(&key, past).await.unwrap();
    assert_eq!(support::record(&store, &key).await, None);
}

/// Two clients see what the third costs: calls, and bytes on the wire.
#[tokio::test]
#[ignore = "needs redis-server: ./test installs it"]
async fn an_unchanged_login_costs_one_round_trip_and_no_record() {
    let server = Server::start(&[]).await;
    let store = RedisStore::new(server.url()).unwrap();
    let key = support::sign_in(&store, &vec![7; 100_000]).await.unwrap();
    let Loaded::Changed { version, .. } = LoginStore::load(&store, &key, None).await.unwrap()
    else {
        panic!("it was saved");
    };
    let before = Costs::of(&server).await;
    let loaded = LoginStore::load(&store, &key, Some(version)).await.unwrap();
    let after = Costs::of(&server).await;
    assert!(matches!(loaded, Loaded::Unchanged { .. }));
    assert_eq!(after.scripts - before.scripts, 1);
    let sent = after.bytes_of_store - before.bytes_of_store;
    assert!(sent < 100, "{sent} bytes");
}

/// Every key the store leaves has an end.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn every_key_expires() {
    let server = Server::start(&[]).await;
    let make = || RedisStore::builder(server.url());
    contract::check_login_store(async |clock| make().clock(clock).build().unwrap()).await;
    contract::check_session_store(async |clock| make().clock(clock).build().unwrap()).await;
    let keys: Vec<String> = server.ask(&["KEYS", "*"]).await;
    assert!(keys.len() > 1000, "{}", keys.len());
    let day = 24 * 60 * 60 * 1000;
    for key in keys {
        assert!(key.starts_with("oidc-login:"), "{key}");
        let left: i64 = server.ask(&["PTTL", &key]).await;
        assert!(
            (-2..day).contains(&left) && left != -1,
            "{key} has {left} ms left"
        );
    }
}

struct Costs {
    scripts: u64,
    bytes_of_store: u64,
}

impl Costs {
    async fn of(server: &Server) -> Self {
        let statistics: String = server.ask(&["INFO", "commandstats"]).await;
        let scripts = number_after(&statistics, "cmdstat_evalsha:calls=");
        let clients: String = server.ask(&["CLIENT", "LIST"]).await;
        let store = clients
            .lines()
            .find(|line| line.contains("cmd=evalsha"))
            .unwrap();
        Self {
            scripts,
            bytes_of_store: number_after(store, "tot-net-out="),
        }
    }
}

fn number_after(text: &str, name: &str) -> u64 {
    let after = text.split(name).nth(1).unwrap_or("0");
    let digits = after.split(|letter: char| !letter.is_ascii_digit()).next();
    digits.unwrap().parse().unwrap()
}
