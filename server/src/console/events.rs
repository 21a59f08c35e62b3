//! What pages wait for: events that the server sends (HTML, section 9.2).

use std::convert::Infallible;
use std::time::Duration;

use app::context::Visitor;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use axum::{Extension, Router};
use contract::{Kind, request};
use futures_util::StreamExt;
use futures_util::stream::{Stream, iter, once, unfold};
use serde::Deserialize;

use crate::answer::{Refusal, Result};
use crate::house::House;

/// Whoever still waits then asks again, and is looked at anew.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long a browser waits before it comes back after the connection broke.
const RETRY: Duration = Duration::from_secs(1);

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
    let signed_out = || Refusal::new(Kind::Unauthenticated, "Sign in to wait for this.");
    let caller = visitor.caller.ok_or_else(signed_out)?;
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
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let signed_out = || Refusal::new(Kind::Unauthenticated, "Sign in to wait for this.");
    let caller = visitor.caller.ok_or_else(signed_out)?;
    let key = request::key_id(&id)?;
    keyring::keys::get(&house.keyring, &caller, key).await?;
    let wait = async move {
        let first = keyring::usage::first_call(&house.keyring, &caller, key);
        tokio::select! {
            at = first => at.ok(),
            () = house.doors.closed() => None,
            () = tokio::time::sleep(PATIENCE) => None,
        }
    };
    let event = |at: Option<contract::Timestamp>| {
        let event = at.map(|at| Event::default().event("called").data(at.to_string()));
        iter(event.map(Ok))
    };
    Ok(Sse::new(once(wait).flat_map(event)).keep_alive(KeepAlive::default()))
}
