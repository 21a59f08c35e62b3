//! Which path leads where.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn, from_fn_with_state, map_request};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::Kind;
use http_body_util::Limited;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower::{Layer, ServiceBuilder, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutBody;

use crate::answer::Refusal;
use crate::house::House;
use crate::{answer, assets, console, health, request, rest, security};

/// The most bytes a body may have.
pub const MAX_BODY: usize = 64 * 1024;
/// The most bytes a changeset may have: ten thousand cells.
pub const MAX_CHANGESET: usize = 2 * 1024 * 1024;

/// The most bytes a body may have that is sent to `path`.
pub(crate) fn most_bytes(path: &str) -> usize {
    if path == rest::APPLY {
        MAX_CHANGESET
    } else {
        MAX_BODY
    }
}

/// How long a body may pause.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// How much is worked on at once, and for how long.
struct Work {
    /// More requests wait for their turn, then they are sent away.
    places: Semaphore,
    turn: Duration,
    /// How long a request may take as a whole.
    whole: Duration,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            places: Semaphore::new(512),
            turn: Duration::from_secs(1),
            whole: Duration::from_mins(1),
        }
    }
}

/// The whole server. Layers are listed from the outside in.
pub fn router(house: House) -> Router {
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(house.clone(), request::identify))
        .layer(from_fn_with_state(house.clone(), security::headers))
        .layer(from_fn_with_state(house.clone(), answer::present))
        .layer(CatchPanicLayer::custom(answer::after_panic))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::new(Work::default()), limit_work))
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
        .nest("/v1", rest::routes(&house))
        .merge(console::routes(&house))
        .fallback(unrouted)
        .method_not_allowed_fallback(answer::no_such_method)
        .layer(layers)
        .with_state(house);

    // Around everything, because it changes where a request is routed to.
    Router::new()
        .fallback_service(map_request(async |request| rest::split_verb(request)).layer(routed))
}

/// Layer: sends requests away when there are too many at once, and ends those that take too long.
/// Whether the server is alive does not depend on either.
async fn limit_work(State(work): State<Arc<Work>>, request: Request, next: Next) -> Response {
    if request.uri().path() == "/healthz" {
        return next.run(request).await;
    }
    let busy = |message| Refusal::new(Kind::Unavailable, message).into_response();
    let Ok(Ok(_place)) = timeout(work.turn, work.places.acquire()).await else {
        return busy("There are too many requests at once. Try again in a moment.");
    };
    match timeout(work.whole, next.run(request)).await {
        Ok(response) => response,
        Err(_) => busy("This took too long and was called off. Try again in a moment."),
    }
}

/// Layer: refuses a body that is too large, by its announced length or once it turns out so, and
/// one that comes too slowly.
async fn limit_body(request: Request, next: Next) -> Response {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let most = most_bytes(request.uri().path());
    if announced.is_some_and(|length| length > most as u64) {
        return rest::too_large(most).into_response();
    }
    let request = request.map(|body| {
        let patient = TimeoutBody::new(BODY_PAUSE, body);
        axum::body::Body::new(Limited::new(patient, most))
    });
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use tokio::sync::Notify;

    use super::*;

    /// A router with one place, and a page that is finished when it is told to be.
    fn slow(turn: Duration, whole: Duration) -> (Router, Arc<Notify>, Arc<Notify>) {
        let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let page = {
            let (begun, finish) = (begun.clone(), finish.clone());
            async move || {
                begun.notify_one();
                finish.notified().await;
                "done"
            }
        };
        let work = Arc::new(Work {
            places: Semaphore::new(1),
            turn,
            whole,
        });
        let router = Router::new()
            .route("/", get(page))
            .route("/healthz", get("ok"))
            .layer(from_fn_with_state(work, limit_work));
        (router, begun, finish)
    }

    async fn ask(router: &Router, path: &str) -> StatusCode {
        let request = Request::get(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status()
    }

    const SOON: Duration = Duration::from_millis(50);
    const NEVER: Duration = Duration::from_hours(1);

    #[tokio::test]
    async fn too_many_at_once_are_sent_away_and_the_process_stays_alive() {
        let (router, begun, finish) = slow(SOON, NEVER);
        let first = tokio::spawn({
            let router = router.clone();
            async move { ask(&router, "/").await }
        });
        begun.notified().await;
        assert_eq!(ask(&router, "/").await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ask(&router, "/healthz").await, StatusCode::OK);
        finish.notify_one();
        assert_eq!(first.await.unwrap(), StatusCode::OK);
        finish.notify_one();
        assert_eq!(
            ask(&router, "/").await,
            StatusCode::OK,
            "there is room again"
        );
    }

    #[tokio::test]
    async fn what_takes_too_long_is_called_off() {
        let (router, _begun, _finish) = slow(NEVER, SOON);
        assert_eq!(ask(&router, "/").await, StatusCode::SERVICE_UNAVAILABLE);
    }
}
