//! What pages wait for: events that the server sends (HTML, section 9.2).

use std::convert::Infallible;
use std::time::Duration;

use app::context::Visitor;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use axum::{Extension, Router};
use contract::{Kind, request};
use futures_util::StreamExt;
use futures_util::stream::{Stream, iter, once};

use crate::answer::{Refusal, Result};
use crate::house::House;

/// Whoever still waits then asks again, and is looked at anew.
const PATIENCE: Duration = Duration::from_mins(10);

pub(super) fn routes() -> Router<House> {
    Router::new().route("/keys/{id}/first-call", get(first_call))
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
