//! What the page of the matrix loads by itself, beside the page.

use app::context::Visitor;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::response::sse::Event;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use contract::access::{Change, Here, PageId, Snapshot, USED_DAYS};
use contract::{Invalid, Kind, Timestamp};
use futures_util::StreamExt;
use futures_util::stream::{iter, unfold};
use keyring::Caller;
use keyring::access::News;
use serde::Deserialize;

use super::events::{RETRY, over, sent};
use crate::answer::{Refusal, Result};
use crate::house::House;

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/access/snapshot", get(snapshot))
        .route("/access/live", get(live))
        .route("/access/here", post(here))
}

fn signed_in(visitor: Visitor) -> Result<Caller> {
    let signed_out = || Refusal::new(Kind::Unauthenticated, "Sign in to see this.");
    visitor.caller.ok_or_else(signed_out)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    as_of: Option<String>,
    used_days: Option<u64>,
}

/// The whole matrix as the caller sees it, now or as it was.
async fn snapshot(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    Query(asked): Query<Asked>,
) -> Result<Json<Snapshot>> {
    let caller = signed_in(visitor)?;
    let keyring = &house.keyring;
    Ok(Json(match asked.as_of {
        None => {
            let days = asked.used_days.unwrap_or(USED_DAYS);
            keyring::access::snapshot_used(keyring, &caller, days).await?
        }
        Some(at) => {
            let at = Timestamp::parse(&at).map_err(refused("asOf"))?;
            keyring::access::as_of(keyring, &caller, at).await?
        }
    }))
}

fn refused(field: &'static str) -> impl Fn(Invalid) -> contract::Error {
    move |invalid| invalid.at(field).into()
}

/// What a page that listens says of itself.
#[derive(Deserialize)]
struct Listening {
    page: String,
    /// Until which place the page knows everything. One that comes back says it in `Last-Event-ID`.
    after: Option<String>,
}

/// What happens to the matrix from a place in the audit log on: `change` with a [`Change`], and `present` with
/// everybody else who is here. It ends with the session, and when the server stops.
async fn live(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Query(listening): Query<Listening>,
) -> Result<impl IntoResponse> {
    let caller = signed_in(visitor)?;
    let page = PageId::parse(&listening.page).map_err(refused("page"))?;
    let came_back = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = came_back
        .or(listening.after.as_deref())
        .filter(|id| !id.is_empty());
    let unread = |_| Invalid::new("send the id of the last event that came");
    let after: Option<u64> = after
        .map(str::parse)
        .transpose()
        .map_err(unread)
        .map_err(refused("after"))?;
    let live = keyring::access::live(&house.keyring, &caller, page, after).await?;
    let doors = house.doors.clone();
    let news = unfold((live, doors), |(mut live, doors)| async move {
        let news = tokio::select! {
            news = live.next() => match news {
                Ok(news) => news?,
                Err(error) => {
                    over(&error, "a page of the matrix was not told");
                    return None;
                }
            },
            () = doors.closed() => return None,
        };
        Some((iter(events(news)), (live, doors)))
    });
    Ok(sent(news.flatten().map(Ok)))
}

fn events(news: News) -> Vec<Event> {
    match news {
        News::Present(present) => {
            let event = Event::default().event("present").retry(RETRY);
            event.json_data(present).into_iter().collect()
        }
        News::Changes(changes) => changes.into_iter().filter_map(change).collect(),
    }
}

fn change((place, change): (Option<u64>, Change)) -> Option<Event> {
    let event = Event::default().event("change").json_data(change).ok()?;
    Some(match place {
        Some(place) => event.id(place.to_string()),
        None => event,
    })
}

/// Notes which cell somebody is on.
async fn here(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    body: Result<Json<Here>, JsonRejection>,
) -> Result<StatusCode> {
    let caller = signed_in(visitor)?;
    let unread = |_| Refusal::new(Kind::InvalidArgument, "Say the page, and the cell or null.");
    let Json(here) = body.map_err(unread)?;
    // A page that does not listen, not yet or not any more, is nowhere: nothing is wrong with that.
    match keyring::access::here(&house.keyring, &caller, &here.page, here.cell) {
        Err(error) if error.public().kind != Kind::NotFound => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    Ok(StatusCode::NO_CONTENT)
}
