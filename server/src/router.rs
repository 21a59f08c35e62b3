//! Which path leads where.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::Kind;
use futures_util::FutureExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tower::{Service, ServiceExt};
use tracing::Instrument;

use crate::answer::{Asked, Refusal};
use crate::house::House;
use crate::pulse::within;
use crate::request::Identified;
use crate::security::Protected;
use crate::{answer, assets, console, health, request, rest};

/// The most bytes a body may have.
pub const MAX_BODY: usize = 64 * 1024;
/// The most bytes a changeset may have: ten thousand cells.
pub const MAX_CHANGESET: usize = 2 * 1024 * 1024;

/// The most bytes a body may have that is sent to `path`.
pub(crate) fn most_bytes(path: &str) -> usize {
    if [rest::APPLY, console::APPLY].contains(&path) {
        MAX_CHANGESET
    } else {
        MAX_BODY
    }
}

/// How long a request may take as a whole, once its body is there.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// How much is worked on at once, and for how long; but for the turn, up to a pulse longer.
struct Work {
    /// Requests that are carried out. More wait for their turn, then they are sent away.
    places: Arc<Semaphore>,
    /// Bodies on their way, which are held in memory; large ones apart. A slow one takes no place.
    bodies: Arc<Semaphore>,
    changesets: Arc<Semaphore>,
    turn: Duration,
    body: Duration,
    whole: Duration,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(512)),
            bodies: Arc::new(Semaphore::new(2_048)),
            changesets: Arc::new(Semaphore::new(16)),
            turn: Duration::from_secs(1),
            body: Duration::from_secs(15),
            whole: PATIENCE,
        }
    }
}

/// A request's place among those that are carried out, in its extensions. Work that goes on without the
/// request keeps a clone.
#[derive(Clone, Debug)]
pub(crate) struct Place(
    #[expect(dead_code, reason = "held, never looked at")] Arc<OwnedSemaphorePermit>,
);

/// The whole server. What is done around every request is done here, one thing after the other, for each layer of a
/// router costs every request an allocation and more, and each future around another all that it holds. Its deadlines
/// are kept where it is polled at a pulse, as by [`crate::listener::serve`].
#[derive(Clone)]
pub struct Site(Arc<Parts>);

struct Parts {
    house: House,
    work: Work,
    router: Router,
}

impl Site {
    pub fn new(house: House) -> Self {
        Self(Arc::new(Parts {
            work: Work::default(),
            router: router(&house),
            house,
        }))
    }

    fn answer(self, mut request: Request) -> impl Future<Output = Response> {
        rest::split_verb(&mut request);
        let (identified, span) = Identified::new(&self.0.house, &mut request);
        let protected = Protected::new(&self.0.house, &mut request);
        let asked = Asked::of(&mut request);
        let answered = async move {
            let Parts {
                house,
                work,
                router,
            } = &*self.0;
            let mut response = limit_work(work, request, |request| {
                answer::unpanicked(match rest::straight(&request) {
                    Some(answer) => answer(request, house.clone()),
                    None => router
                        .clone()
                        .oneshot(request)
                        .map(|Ok(answer)| answer)
                        .boxed(),
                })
            })
            .await;
            asked.answered(house, &mut response).await;
            protected.answered(house, &mut response);
            identified.answered(&mut response);
            response
        };
        answered.instrument(span)
    }
}

impl Service<Request> for Site {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        Box::pin(self.clone().answer(request).map(Ok))
    }
}

fn router(house: &House) -> Router {
    let pages = console::unrouted(house);
    let unrouted = async move |request: Request| {
        if console::is_for_people(request.uri(), request.headers()) {
            pages.oneshot(request).await.into_response()
        } else {
            answer::no_such_path().await.into_response()
        }
    };
    Router::new()
        .without_v07_checks()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/pkg/{*file}", get(assets::file))
        .nest("/v1", rest::routes(house))
        .merge(console::routes(house))
        .fallback(unrouted)
        .method_not_allowed_fallback(answer::no_such_method)
        .layer(from_fn(request::name_route))
        .layer(DefaultBodyLimit::disable())
        .merge(rest::questions().method_not_allowed_fallback(answer::no_such_method))
        .with_state(house.clone())
}

/// Takes a body in as a whole, sends requests away when there are too many at once, and ends those that
/// take too long. Whether the server is alive or ready does not depend on any of it.
async fn limit_work<F>(
    work: &Work,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response> + Unpin,
{
    if ["/healthz", "/readyz"].contains(&request.uri().path()) {
        return next(request).await;
    }
    // Held here as well: a handler may let go of the request before it answers.
    let place = match let_in(work, &mut request).await {
        Ok(place) => place,
        Err(refusal) => return refusal.into_response(),
    };
    let answered = within(work.whole, next(request)).await;
    drop(place);
    answered.unwrap_or_else(|| called_off().into_response())
}

/// The request's body is there, and it has its place.
async fn let_in(work: &Work, request: &mut Request) -> Result<Place, Refusal> {
    take_in(work, request).await?;
    let place = Place(Arc::new(turn(&work.places, work.turn).await?));
    // Nothing goes on without a question about tokens.
    if rest::verifying(request.uri().path()).is_none() {
        request.extensions_mut().insert(place.clone());
    }
    Ok(place)
}

/// A place, at once if there is one: a clock for the wait costs more, and takes room in every request.
async fn turn(places: &Arc<Semaphore>, wait: Duration) -> Result<OwnedSemaphorePermit, Refusal> {
    if let Ok(place) = places.clone().try_acquire_owned() {
        return Ok(place);
    }
    let place = Box::pin(timeout(wait, places.clone().acquire_owned()));
    place.await.ok().and_then(Result::ok).ok_or_else(too_many)
}

fn too_many() -> Refusal {
    let message = "There are too many requests at once. Try again in a moment.";
    Refusal::new(Kind::Unavailable, message)
}

pub(crate) fn called_off() -> Refusal {
    let message = "This took too long and was called off. Try again in a moment.";
    Refusal::new(Kind::Unavailable, message)
}

/// Reads the body into memory, and refuses one that is too large, by its announced length or once it
/// turns out so, or that comes too slowly.
async fn take_in(work: &Work, request: &mut Request) -> Result<(), Refusal> {
    if request.body().is_end_stream() {
        return Ok(());
    }
    let most = most_bytes(request.uri().path());
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most as u64) {
        return Err(rest::too_large(most));
    }
    let room = if most > MAX_BODY {
        &work.changesets
    } else {
        &work.bodies
    };
    let _room = turn(room, work.turn).await?;
    let sent = std::mem::take(request.body_mut());
    let broken = |message| Refusal::new(Kind::InvalidArgument, message);
    let whole = pin!(Limited::new(sent, most).collect());
    match within(work.body, whole).await {
        Some(Ok(whole)) => {
            *request.body_mut() = whole.to_bytes().into();
            Ok(())
        }
        Some(Err(error)) if error.is::<LengthLimitError>() => Err(rest::too_large(most)),
        Some(Err(_)) => Err(broken("The body broke off before its end. Send it again.")),
        None => Err(broken("The body came too slowly. Send it again, faster.")),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, Bytes};
    use axum::http::StatusCode;
    use axum::middleware::Next;
    use hyper::body::Frame;
    use tokio::sync::Notify;

    use super::*;
    use crate::pulse::pulsed;

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
            places: Arc::new(Semaphore::new(1)),
            turn,
            body: SOON,
            whole,
            ..Work::default()
        });
        let limited = move |request: Request, next: Next| {
            let work = work.clone();
            async move {
                pulsed(
                    SOON / 4,
                    limit_work(&work, request, |request| Box::pin(next.run(request))),
                )
                .await
            }
        };
        let router = Router::new()
            .route("/", get(page))
            .route("/healthz", get("ok"))
            .layer(from_fn(limited));
        (router, begun, finish)
    }

    async fn ask(router: &Router, path: &str) -> StatusCode {
        let request = Request::get(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status()
    }

    /// A body of which nothing ever comes.
    struct Never;

    impl hyper::body::Body for Never {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
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

    #[tokio::test]
    async fn a_body_that_dawdles_takes_no_place_and_is_refused() {
        let (router, begun, finish) = slow(NEVER, NEVER);
        let request = Request::get("/").body(Body::new(Never)).unwrap();
        let dawdling = tokio::spawn(router.clone().oneshot(request));
        let quick = tokio::spawn({
            let router = router.clone();
            async move { ask(&router, "/").await }
        });
        begun.notified().await;
        finish.notify_one();
        assert_eq!(quick.await.unwrap(), StatusCode::OK);
        let refused = dawdling.await.unwrap().unwrap();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }
}
