//! The matrix.

use contract::access::AccessMatrix;
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

/// Which key reaches which workspace, as far as the caller sees them.
#[server(prefix = "/_fn", endpoint = "access.matrix", input = Json, output = Json)]
pub async fn matrix() -> Result<AccessMatrix, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::access::matrix(&keyring, &caller, keyring::access::SHOWN).await?)
    })
    .await
}
