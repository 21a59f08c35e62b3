//! What the command palette finds.

use contract::console::Found;
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

#[server(prefix = "/_fn", endpoint = "palette.find", input = Json, output = Json)]
pub async fn find(text: String) -> Result<Found, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::palette::find(&keyring, &caller, &text).await?)
    })
    .await
}
