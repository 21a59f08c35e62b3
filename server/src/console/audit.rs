//! Beside the page of the audit log: what is newer than it, the export, and a changeset that is taken back.

use std::time::Duration;

use app::context::Visitor;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use contract::audit::AuditQuery;
use contract::request::RevertAccess;
use serde::Deserialize;

use super::events::{Once, once_told, waiting};
use super::forms::Post;
use crate::answer::{Refusal, Result};
use crate::house::House;
use crate::rest;

/// How often it is looked for what is new: one row is read.
const LOOK: Duration = Duration::from_secs(2);
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
) -> Result<Once> {
    let caller = waiting(visitor)?;
    let keyring = house.keyring.clone();
    // Who may not ask is told so, and not left waiting.
    keyring::audit::newer(&keyring, &caller, &query, known.after).await?;
    let more = async move {
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
    Ok(once_told(&house, "news", more))
}

/// `POST /audit/export`: what the page lists, as a file.
async fn export(post: Post) -> Response {
    let caller = match post.caller().await {
        Ok(caller) => caller,
        Err(turned) => return post.turned(PAGE, turned).await,
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
    let batch_id = post.text("batchId").to_owned();
    post.act(PAGE, PAGE, async move |keyring, caller| {
        let batch = RevertAccess { batch_id }.parse()?;
        Ok(keyring::access::revert(&keyring, &caller, batch).await?)
    })
    .await
}
