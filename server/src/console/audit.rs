//! Beside the page of the audit log: the export, and a changeset that is taken back.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use contract::audit::AuditQuery;
use contract::request::RevertAccess;

use super::forms::Post;
use crate::answer::Refusal;
use crate::house::House;
use crate::rest;

const PAGE: &str = "/audit";

pub(super) fn routes() -> Router<House> {
    Router::new()
        .route("/audit/export", post(export))
        .route("/audit/revert", post(revert))
}

/// `POST /audit/export`: what the page lists, as a file.
async fn export(mut post: Post) -> Response {
    let caller = match post.caller().await {
        Ok(caller) => caller,
        Err(turned) => return post.turned(PAGE, turned).await,
    };
    let query = AuditQuery {
        cursor: String::new(),
        ..AuditQuery::of(|name| post.text(name).to_owned())
    };
    let exported = async {
        let keyring = &post.house.keyring;
        let list = query.list(keyring.clock().now())?;
        Ok::<_, Refusal>(keyring::audit::export(keyring, &caller, list).await?)
    };
    match exported.await {
        Ok(export) => rest::audit_lines(export),
        Err(refusal) => {
            let asked = serde_urlencoded::to_string(query.pairs()).unwrap_or_default();
            post.refused(&format!("{PAGE}?{asked}"), refusal).await
        }
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
