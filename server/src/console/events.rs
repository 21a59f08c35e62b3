//! What pages wait for: events that the server sends (HTML, section 9.2).

use std::convert::Infallible;
use std::time::Duration;

use app::context::Visitor;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, KeepAliveStream, Sse};
use axum::routing::get;
use axum::{Extension, Router};
use contract::{Kind, request};
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, Stream, iter, once, unfold};
use keyring::Caller;
use serde::Deserialize;

use crate::answer::{Refusal, Result};
use crate::house::House;

/// Whoever still waits then asks again, and is looked at anew.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long a browser waits before it comes back after the connection broke.
pub(super) const RETRY: Duration = Duration::from_secs(1);

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/live", get(live))
        .route("/keys/{id}/first-call", get(first_call))
}

/// After which place in the audit log something is news.
#[derive(Deserialize)]
struct Known {
    after: u64,
}

/// What happens to the things that lists show: `happened` with a `Happened`, from a place on; a browser that
/// comes back says the last one it heard of. It ends with the session, and when the server stops.
async fn live(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Query(known): Query<Known>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let caller = waiting(visitor)?;
    let came_back = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = came_back.and_then(|id| id.parse().ok());
    let news = keyring::news::listen(&house.keyring, &caller, after.unwrap_or(known.after));
    let events = unfold(
        (news, house.doors.clone()),
        |(mut news, doors)| async move {
            let happened = tokio::select! {
                // Whoever may not look any more is not told why: the page finds out when it asks.
                happened = news.next() => happened.ok()?,
                () = doors.closed() => return None,
            };
            let event = Event::default().event("happened").retry(RETRY);
            let event = event.id(happened.place.to_string()).json_data(happened);
            Some((event.ok()?, (news, doors)))
        },
    );
    Ok(Sse::new(events.map(Ok)).keep_alive(KeepAlive::default()))
}

/// One event, `called`, when the key's current token was used; its data is when.
async fn first_call(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Once> {
    let caller = waiting(visitor)?;
    let key = request::key_id(&id)?;
    let keyring = house.keyring.clone();
    keyring::keys::get(&keyring, &caller, key).await?;
    let told = async move {
        let first = keyring::usage::first_call(&keyring, &caller, key);
        first.await.ok()
    };
    Ok(once_told(&house, "called", told))
}

/// Who waits.
pub(super) fn waiting(visitor: Visitor) -> Result<Caller> {
    let signed_out = || Refusal::new(Kind::Unauthenticated, "Sign in to wait for this.");
    visitor.caller.ok_or_else(signed_out)
}

/// A stream that says one thing and ends.
pub(super) type Once = Sse<KeepAliveStream<BoxStream<'static, Result<Event, Infallible>>>>;

/// One event of that name, with what comes of `told` as its data. It ends without one when nothing does, with
/// patience, and when the server stops.
pub(super) fn once_told<T: ToString>(
    house: &House,
    name: &'static str,
    told: impl Future<Output = Option<T>> + Send + 'static,
) -> Once {
    let doors = house.doors.clone();
    let wait = async move {
        tokio::select! {
            told = told => told.map(|told| told.to_string()),
            () = doors.closed() => None,
            () = tokio::time::sleep(PATIENCE) => None,
        }
    };
    let event = move |told: Option<String>| {
        iter(told.map(|told| Ok(Event::default().event(name).data(told))))
    };
    Sse::new(once(wait).flat_map(event).boxed()).keep_alive(KeepAlive::default())
}
