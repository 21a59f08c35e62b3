//! What the page of the matrix loads by itself, beside the page.

use app::context::Visitor;
use axum::extract::State;
use axum::routing::get;
use axum::{Extension, Json, Router};
use contract::Kind;
use contract::access::Snapshot;
use keyring::Caller;

use crate::answer::{Refusal, Result};
use crate::house::House;

pub(super) fn routes() -> Router<House> {
    Router::new().route("/access/snapshot", get(snapshot))
}

fn signed_in(visitor: Visitor) -> Result<Caller> {
    let signed_out = || Refusal::new(Kind::Unauthenticated, "Sign in to see this.");
    visitor.caller.ok_or_else(signed_out)
}

/// The whole matrix as the caller sees it.
async fn snapshot(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Json<Snapshot>> {
    let caller = signed_in(visitor)?;
    Ok(Json(
        keyring::access::snapshot(&house.keyring, &caller).await?,
    ))
}
