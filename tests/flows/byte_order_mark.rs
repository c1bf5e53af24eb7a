//! JSON with a byte order mark before it, which readers may ignore (RFC 8259 §8.1).

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use oidc_login::{
    OidcLayer, PushedAuthorizationRequests, RelyingParty, UserInfo,
    seams::{HttpClient, HttpError},
};
use oidc_login_tests::{
    hostile::{Endpoint, HostileProvider, HostileWorld},
    user_agent::UserAgent,
    world::{APP, client, routes},
};
use serde_json::json;

/// Every answer of this provider begins with the mark.
struct Marked(HostileProvider);

#[async_trait]
impl HttpClient for Marked {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.0.send(request).await?;
        Ok(answer.map(|body| ["\u{feff}".as_bytes(), &body].concat().into()))
    }
}

#[tokio::test]
async fn every_answer_may_begin_with_one() {
    let mut world = HostileWorld::new();
    world.provider.bend_metadata(|metadata| {
        metadata["pushed_authorization_request_endpoint"] = json!("http://localhost:5001/par");
    });
    world.provider.offer_userinfo(|_| ());
    let client = client(Marked(world.provider.clone()))
        .userinfo(UserInfo::Always)
        .pushed_authorization_requests(PushedAuthorizationRequests::Required);
    let relying_party = RelyingParty::builder(client.build().expect("a client"));
    let relying_party = relying_party.clock(world.clock.clone()).build();
    let app = routes().layer(OidcLayer::new(relying_party.expect("a relying party")));
    world.browser = UserAgent::new([(APP.to_owned(), app)], world.clock.clone());
    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(page.text(), "secure alice");
    for endpoint in [
        Endpoint::Discovery,
        Endpoint::Keys,
        Endpoint::Pushed,
        Endpoint::Token,
        Endpoint::UserInfo,
    ] {
        assert_eq!(world.provider.count(endpoint), 1, "{endpoint:?}");
    }
}
