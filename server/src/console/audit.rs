//! Beside the page of the audit log: what is newer than it, the export, and a changeset that is taken back.

use std::convert::Infallible;
use std::time::Duration;

use app::context::Visitor;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use contract::Kind;
use contract::audit::AuditQuery;
use contract::request::RevertAccess;
use futures_util::StreamExt;
use futures_util::stream::{Stream, iter, once};
use serde::Deserialize;

use super::forms::Post;
use crate::answer::{Refusal, Result};
use crate::house::House;
use crate::rest;

/// How often it is looked for what is new: one row is read.
const LOOK: Duration = Duration::from_secs(2);
/// Whoever still waits then asks again, and is looked at anew.
const PATIENCE: Duration = Duration::from_mins(10);
const PAGE: &str = "/audit";

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/audit/news", get(news))
        .route("/audit/export", post(export))
        .route("/audit/revert", post(revert))
}

/// Beyond which event of the account something is new, and how many new ones are known.
#[derive(Deserialize)]
struct Known {
    after: u64,
    #[serde(default)]
    known: u64,
}

/// One event, `news`, when there are more entries than are known; its data is how many.
async fn news(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    Query(query): Query<AuditQuery>,
    Query(known): Query<Known>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let signed_out = || Refusal::new(Kind::Unauthenticated, "Sign in to wait for this.");
    let caller = visitor.caller.ok_or_else(signed_out)?;
    let keyring = house.keyring.clone();
    // Who may not ask is told so, and not left waiting.
    keyring::audit::newer(&keyring, &caller, &query, known.after).await?;
    let wait = async move {
        let more = async {
            let mut seen = known.after;
            loop {
                tokio::time::sleep(LOOK).await;
                let head = keyring::audit::head(&keyring, &caller).await.ok()??;
                if head.sequence > seen {
                    seen = head.sequence;
                    let newer = keyring::audit::newer(&keyring, &caller, &query, known.after)
                        .await
                        .ok()?;
                    if newer > known.known {
                        return Some(newer);
                    }
                }
            }
        };
        tokio::select! {
            more = more => more,
            () = house.doors.closed() => None,
            () = tokio::time::sleep(PATIENCE) => None,
        }
    };
    let event = |more: Option<u64>| {
        let event = more.map(|more| Event::default().event("news").data(more.to_string()));
        iter(event.map(Ok))
    };
    Ok(Sse::new(once(wait).flat_map(event)).keep_alive(KeepAlive::default()))
}

/// `POST /audit/export`: what the page lists, as a file.
async fn export(post: Post) -> Response {
    let caller = match post.caller(PAGE) {
        Ok(caller) => caller,
        Err(sign_in) => return sign_in.into_response(),
    };
    let exported = async {
        let text = |name| post.text(name).to_owned();
        let query = AuditQuery {
            q: text("q"),
            who: text("who"),
            action: text("action"),
            target: text("target"),
            period: text("period"),
            refused: text("refused"),
            cursor: String::new(),
        };
        let keyring = &post.house.keyring;
        let list = query.list(keyring.clock().now())?;
        Ok::<_, Refusal>(keyring::audit::export(keyring, &caller, list).await?)
    };
    match exported.await {
        Ok(export) => rest::audit_lines(export),
        Err(refusal) => post.refused(PAGE, refusal).await,
    }
}

/// `POST /audit/revert`: a changeset of the matrix, taken back.
async fn revert(post: Post) -> Response {
    let caller = match post.caller(PAGE) {
        Ok(caller) => caller,
        Err(sign_in) => return sign_in.into_response(),
    };
    let reverted = async {
        let batch_id = post.text("batchId").to_owned();
        let batch = RevertAccess { batch_id }.parse()?;
        Ok::<_, Refusal>(keyring::access::revert(&post.house.keyring, &caller, batch).await?)
    };
    match reverted.await {
        Ok(_) => post.done(PAGE),
        Err(refusal) => post.refused(PAGE, refusal).await,
    }
}
