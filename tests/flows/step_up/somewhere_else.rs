//! The user proves who they are at another app of the provider's, which then says so in refreshed ID tokens here.

use http::StatusCode;
use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{hostile::HostileWorld, tokens::LIFETIME};
use serde_json::{Value, json};

use super::{get_page, seconds_ago, world};

/// Alice signed in a while ago, and not in a strong way.
async fn signed_in(world: &mut HostileWorld) -> Value {
    let long_ago = seconds_ago(world, 1000);
    let claims = json!({ "acr": "silver", "amr": ["pwd"], "auth_time": long_ago, "sid": "first" });
    bend(world, &claims);
    world.sign_in("alice", "/secure").await;
    claims
}

/// What the ID tokens to come say.
fn bend(world: &HostileWorld, claims: &Value) {
    let claims = claims.as_object().expect("an object").clone();
    world.provider.bend_id_token(move |token| {
        let of_token = token.claims.as_object_mut().expect("an object");
        of_token.extend(claims.clone());
    });
}

/// Whoever copied the cookie would only have to wait until its owner signs in anew, anywhere.
#[tokio::test]
async fn what_a_user_proves_there_makes_no_login_here_better() {
    let mut world = world();
    let first = signed_in(&mut world).await;
    let mut token = get_page(&mut world, "/token").await.text();
    for hour in 1..=3 {
        world.clock.advance(LIFETIME);
        let strong = json!({
            "acr": "gold", "amr": ["otp"], "auth_time": seconds_ago(&world, 1), "sid": "second",
        });
        bend(&world, &strong);
        let page = get_page(&mut world, "/token").await;
        assert_eq!(page.status, StatusCode::OK, "{hour}: {}", page.text());
        assert_ne!(page.text(), token, "{hour}: a new one");
        token = page.text();

        let claims = get_page(&mut world, "/claims").await.json();
        for (name, value) in first.as_object().expect("claims") {
            assert_eq!(&claims[name], value, "{hour}: {name}");
        }
        for path in ["/gold", "/recent"] {
            let page = get_page(&mut world, path).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{hour}: {path}");
        }
    }
    // The provider, asked for this very login, says it as well.
    let page = world.sign_in("alice", "/strict").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert_eq!(get_page(&mut world, "/claims").await.json()["acr"], "gold");
}

/// A session that has two parts at the provider, one of which ends, say.
#[tokio::test]
async fn times_are_compared_with_the_logins_however_many_refreshes_later() {
    let mut world = world();
    let first = signed_in(&mut world).await["auth_time"].as_i64();
    let first = first.expect("seconds");
    for (name, auth_time) in [
        ("later", json!(first + 900)),
        ("as at the login", json!(first)),
        ("from the future", json!(99_999_999_999_i64)),
        ("not said", Value::Null),
    ] {
        world.clock.advance(LIFETIME);
        bend(&world, &json!({ "auth_time": auth_time }));
        let page = get_page(&mut world, "/token").await;
        assert_eq!(page.status, StatusCode::OK, "{name}: {}", page.text());
        let claims = get_page(&mut world, "/claims").await.json();
        assert_eq!(claims["auth_time"], first, "{name}");
    }
    world.clock.advance(11);
    bend(&world, &json!({ "auth_time": first - 1 }));
    let page = get_page(&mut world, "/refresh").await;
    assert_eq!(page.text(), Kind::IdTokenAuthTime.code());
    assert_eq!(world.greeting().await, "hello alice");
}
