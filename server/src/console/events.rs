//! What pages wait for: events that the server sends (HTML, section 9.2).

use std::convert::Infallible;
use std::time::Duration;

use app::context::Visitor;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use axum::{Extension, Router};
use contract::console::Called;
use contract::{ApiKeyId, Kind, request};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, Stream, unfold};
use keyring::news::News;
use keyring::{Caller, Keyring};
use serde::Deserialize;

use crate::answer::{Refusal, Result};
use crate::house::{Doors, House};

/// How long a browser waits before it comes back after the connection broke.
pub(super) const RETRY: Duration = Duration::from_secs(1);
/// For the first calls of how many keys one page waits.
const MOST_CALLS: usize = 8;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/live", get(live))
}

/// What a page listens to.
#[derive(Deserialize)]
struct Listening {
    /// After which place in the audit log something is news; without it, from now on.
    after: Option<u64>,
    /// The keys whose first calls are waited for, by their ids, with commas between them.
    #[serde(default)]
    calls: String,
}

/// All that is told to one tab. `happened` with a `Happened`: what happens to the things that lists show, from a
/// place on; a browser that comes back says the last one it heard of. `called` with a `Called`: the first call
/// with the current token of a key. It ends with the session, and when the server stops.
async fn live(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Query(listening): Query<Listening>,
) -> Result<impl IntoResponse> {
    let caller = waiting(visitor)?;
    let came_back = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = came_back.and_then(|id| id.parse().ok());
    let keys = listening.calls.split(',').filter(|id| !id.is_empty());
    let keys: Vec<ApiKeyId> = keys.map(request::key_id).collect::<contract::Result<_>>()?;
    let keyring = &house.keyring;
    let calls = keys.into_iter().take(MOST_CALLS);
    let calls = calls.map(|key| first_call(keyring.clone(), caller.clone(), key));
    let told = Told {
        news: keyring::news::listen(keyring, &caller, after.or(listening.after)).await?,
        calls: calls.collect(),
        doors: house.doors.clone(),
    };
    let events = unfold(
        told,
        |mut told| async move { Some((told.next().await?, told)) },
    );
    Ok(sent(events.map(Ok)))
}

/// What is waited for on behalf of a tab.
struct Told {
    news: News,
    calls: FuturesUnordered<BoxFuture<'static, Option<Called>>>,
    doors: Doors,
}

impl Told {
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                happened = self.news.next() => {
                    let happened = match happened {
                        Ok(happened) => happened,
                        Err(error) => {
                            over(&error, "a page was not told what happened");
                            return None;
                        }
                    };
                    let event = Event::default().event("happened").retry(RETRY);
                    return event.id(happened.place.to_string()).json_data(happened).ok();
                }
                // Nobody waits for the calls of a key that they do not see.
                Some(called) = self.calls.next() => if let Some(called) = called {
                    return Event::default().event("called").json_data(called).ok();
                },
                () = self.doors.closed() => return None,
            }
        }
    }
}

fn first_call(
    keyring: Keyring,
    caller: Caller,
    key: ApiKeyId,
) -> BoxFuture<'static, Option<Called>> {
    Box::pin(async move {
        let at = keyring::usage::first_call(&keyring, &caller, key)
            .await
            .ok()?;
        let at = at.to_string();
        Some(Called { key, at })
    })
}

/// Whoever may not look any more is not told why: the page finds out when it asks.
pub(super) fn over(error: &keyring::Error, what: &str) {
    if error.public().kind != Kind::Unauthenticated {
        tracing::error!(error.cause = error.cause(), "{what}");
    }
}

/// Events as they are sent; a proxy in front does not gather them.
pub(super) fn sent<S>(events: S) -> impl IntoResponse
where
    S: Stream<Item = Result<Event, Infallible>> + Send + 'static,
{
    let sse = Sse::new(events).keep_alive(KeepAlive::default());
    ([(HeaderName::from_static("x-accel-buffering"), "no")], sse)
}

/// Who waits.
fn waiting(visitor: Visitor) -> Result<Caller> {
    let signed_out = || Refusal::new(Kind::Unauthenticated, "Sign in to wait for this.");
    visitor.caller.ok_or_else(signed_out)
}
