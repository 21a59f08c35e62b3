//! What there is to call.

use contract::reference::Reference;
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

/// The API, as the reference page tells it.
#[server(prefix = "/_fn", endpoint = "reference.read", input = Json, output = Json)]
pub async fn read() -> Result<Reference, Problem> {
    super::answer(async {
        let _ = crate::context::signed_in()?;
        Ok(crate::context::reference()?)
    })
    .await
}
