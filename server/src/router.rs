//! Which path leads where.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn, from_fn_with_state, map_request};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http_body_util::Limited;
use tower::{Layer, ServiceBuilder, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutBody;

use crate::house::House;
use crate::{answer, assets, console, health, request, rest, security};

/// The most bytes a body may have.
pub const MAX_BODY: usize = 64 * 1024;

/// How long a body may pause.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// The whole server. Layers are listed from the outside in.
pub fn router(house: House) -> Router {
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(house.clone(), request::identify))
        .layer(from_fn_with_state(house.clone(), security::headers))
        .layer(from_fn_with_state(house.clone(), answer::present))
        .layer(CatchPanicLayer::custom(answer::after_panic))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(limit_body));

    let pages = console::unrouted(&house);
    let unrouted = async move |request: Request| {
        if console::is_for_people(request.uri(), request.headers()) {
            pages.oneshot(request).await.into_response()
        } else {
            answer::no_such_path().await.into_response()
        }
    };
    let routed = Router::new()
        .without_v07_checks()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/pkg/{*file}", get(assets::file))
        .nest("/v1", rest::routes())
        .merge(console::routes(&house))
        .fallback(unrouted)
        .method_not_allowed_fallback(answer::no_such_method)
        .layer(layers)
        .with_state(house);

    // Around everything, because it changes where a request is routed to.
    Router::new()
        .fallback_service(map_request(async |request| rest::split_verb(request)).layer(routed))
}

/// Layer: refuses a body that is too large, by its announced length or once it turns out so, and
/// one that comes too slowly.
async fn limit_body(request: Request, next: Next) -> Response {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY as u64) {
        return rest::too_large().into_response();
    }
    let request = request.map(|body| {
        let patient = TimeoutBody::new(BODY_PAUSE, body);
        axum::body::Body::new(Limited::new(patient, MAX_BODY))
    });
    next.run(request).await
}
