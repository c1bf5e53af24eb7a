//! Layers of tower-http around the login layer and inside it, without a router's box between them.
#![allow(clippy::unwrap_used)]

use std::{convert::Infallible, time::Duration};

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use oidc_login::{ClientConfig, OidcLayer, RequireLoginLayer};
use tower::{Service, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::{cors::CorsLayer, timeout::TimeoutLayer, trace::TraceLayer};

type Body = Full<bytes::Bytes>;

fn login() -> OidcLayer {
    let client = ClientConfig::builder()
        .issuer("http://localhost:5001")
        .public_client("shop")
        .root_url("http://localhost:5000/")
        .build();
    OidcLayer::new(client.unwrap())
}

fn limit() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(60))
}

async fn app(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::from("the app")))
}

/// Gives what is said at a guarded path, and at one of ours.
async fn said<S, B>(service: S) -> [(u16, String); 2]
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
    B: http_body::Body<Data = bytes::Bytes>,
{
    let mut said = Vec::new();
    for path in ["/", "/auth/session"] {
        let request = Request::get(path).body(Body::default()).unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.ok().unwrap();
        said.push((
            status,
            String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        ));
    }
    said.try_into().unwrap()
}

fn visitor() -> (u16, String) {
    (200, r#"{"authenticated":false}"#.to_owned())
}

#[tokio::test]
async fn the_login_layer_fits_anywhere_in_a_stack() {
    let app = || service_fn(app);
    let open = (200, "the app".to_owned());
    let inside = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(limit())
        .layer(CorsLayer::permissive())
        .layer(login());
    assert_eq!(said(inside.service(app())).await, [open.clone(), visitor()]);
    let outside = ServiceBuilder::new()
        .layer(login())
        .layer(TraceLayer::new_for_http())
        .layer(limit())
        .layer(CorsLayer::permissive());
    assert_eq!(said(outside.service(app())).await, [open, visitor()]);
    let guarded = ServiceBuilder::new()
        .layer(limit())
        .layer(login())
        .layer(limit())
        .layer(RequireLoginLayer::new())
        .layer(limit());
    let [(status, text), session] = said(guarded.service(app())).await;
    assert_eq!((status, session), (401, visitor()));
    assert!(text.contains("not_signed_in"), "{text}");
}

#[tokio::test]
async fn a_layer_outside_may_answer_by_itself() {
    let never = service_fn(|_: Request<Body>| std::future::pending());
    let never = ServiceBuilder::new()
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            Duration::ZERO,
        ))
        .layer(login())
        .service(never);
    let request = Request::get("/").body(Body::default()).unwrap();
    let answer: Result<Response<_>, Infallible> = never.oneshot(request).await;
    let answer: Response<oidc_login::Body<Body>> = answer.unwrap();
    assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
    assert!(
        answer
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .is_empty()
    );
}
