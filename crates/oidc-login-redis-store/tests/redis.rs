//! Against a real redis-server, which each test starts for itself.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod support;

use oidc_login_core::session::contract;
use oidc_login_redis_store::RedisStore;
use support::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn logins_keep_the_contract() {
    let server = Server::start(&[]).await;
    contract::check_login_store(async |clock| {
        RedisStore::builder(server.url())
            .clock(clock)
            .build()
            .unwrap()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server: ./test installs it"]
async fn values_keep_the_contract() {
    let server = Server::start(&[]).await;
    contract::check_session_store(async |clock| {
        RedisStore::builder(server.url())
            .clock(clock)
            .build()
            .unwrap()
    })
    .await;
}
