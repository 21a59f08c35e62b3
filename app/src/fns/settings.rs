//! What the account decides for itself.

use contract::form::Fields;
use contract::settings::AccountSettings;
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

#[server(prefix = "/_fn", endpoint = "settings.get", input = Json, output = Json)]
pub async fn get() -> Result<AccountSettings, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::settings::get(&keyring, &caller).await?)
    })
    .await
}

/// Changes what the form carries.
#[server(prefix = "/_fn", endpoint = "settings.update", input = Json, output = Json)]
pub async fn update(fields: Fields) -> Result<AccountSettings, Problem> {
    super::answer(async {
        let (keyring, caller) = super::confirmed(&fields).await?;
        let changes = contract::settings::SettingsChanges::from_form(&fields)?;
        Ok(keyring::settings::update(&keyring, &caller, changes).await?)
    })
    .await
}
