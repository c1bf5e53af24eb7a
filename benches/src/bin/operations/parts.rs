//! The parts of a request and of a login, each by itself.

use std::{hint::black_box, rc::Rc, sync::Arc};

use benches::{APP, BareSignature, ISSUER, LeastLogin, OneClient, World, get};
use oidc_login::{
    Login,
    config::{RootUrl, ValidRedirectUris},
    protocol::{id_token, key_set::KeySet},
};
use time::OffsetDateTime;

use crate::scenario::{Scenario, Stage};

const TIMES: u32 = 200;

pub(crate) fn scenarios(stage: &Stage) -> impl Iterator<Item = Scenario> + use<> {
    [look_up(stage)]
        .into_iter()
        .chain(patterns())
        .chain(signed("RS256", OneClient::Rs256, stage, &stage.rs256))
        .chain(signed("ES256", OneClient::Es256, stage, &stage.es256))
}

pub(crate) fn signature_check(algorithm: &str) -> String {
    format!("signature check, {algorithm}")
}

fn part(name: &str, mut work: impl FnMut() + 'static) -> Scenario {
    Scenario {
        name: name.to_owned(),
        floor: None,
        is_ours: true,
        times: TIMES,
        work: Box::new(move |times| (0..times).for_each(|_| work())),
    }
}

/// From a request's headers to who makes it.
fn look_up(stage: &Stage) -> Scenario {
    let runtime = stage.runtime.clone();
    let cookie = runtime.block_on(stage.rs256.sign_in());
    let request = get("/hello", Some(&cookie));
    let relying_party = stage.rs256.relying_party().clone();
    Scenario {
        work: Box::new(move |times| {
            runtime.block_on(async {
                for _ in 0..times {
                    let context = relying_party.context(&request, request.uri(), None);
                    let login = context.login().await.expect("a store that answers");
                    assert!(black_box(login).is_some());
                }
            });
        }),
        ..part("session look-up", || ())
    }
}

/// Five patterns, the last one decides.
fn patterns() -> [Scenario; 2] {
    let root_url = RootUrl::parse(&format!("{APP}/")).expect("a URL");
    let patterns = [
        "https://one.example/callback",
        "https://two.example/*",
        "https://three.example:8443/a/*",
        "/exact",
        "/auth/*",
    ];
    let valid = ValidRedirectUris::new(patterns, &root_url).expect("patterns");
    let other = valid.clone();
    [
        part("redirect URI accepted, 5 patterns", move || {
            let uri = black_box("http://localhost:5000/auth/callback");
            assert!(valid.check(uri).is_ok());
        }),
        part("redirect URI refused, 5 patterns", move || {
            let uri = black_box("http://localhost:5000/other/callback");
            assert!(other.check(uri).is_err());
        }),
    ]
}

/// The check of an ID token, of nothing but its signature, and the least that a login does with it.
fn signed(algorithm: &str, client: OneClient, stage: &Stage, world: &Rc<World>) -> [Scenario; 3] {
    let (login, jwks) = stage.runtime.block_on(async {
        let cookie = world.sign_in().await;
        (world.login(&cookie).await, world.jwks().await)
    });
    let signature = BareSignature::of(client, login.id_token().secret(), &jwks);
    let least = LeastLogin::of(client, &login, &jwks);
    let bare = signature_check(algorithm);
    [
        Scenario {
            is_ours: false,
            ..part(&bare, move || signature.check())
        },
        Scenario {
            floor: Some(bare.clone()),
            ..id_token_check(algorithm, &login, &jwks)
        },
        Scenario {
            floor: Some(bare),
            is_ours: false,
            ..part(&format!("login: least possible, {algorithm}"), move || {
                black_box(least.sign_in());
            })
        },
    ]
}

fn id_token_check(algorithm: &str, login: &Arc<Login>, jwks: &[u8]) -> Scenario {
    let keys = KeySet::from_json(jwks).expect("keys");
    let login = login.clone();
    part(&format!("ID token check, {algorithm}"), move || {
        let mut expected = id_token::Expected::new(ISSUER, login.client_id());
        expected.access_token = Some(login.access_token().secret());
        let raw = black_box(login.id_token().secret());
        let verified = id_token::verify(raw, &keys, &expected, OffsetDateTime::now_utc());
        assert!(verified.is_ok());
    })
}
