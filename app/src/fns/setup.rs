//! The first start.

use contract::console::SetupState;
use contract::form::Fields;
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

/// Whether somebody owns this Keyrack yet.
#[server(prefix = "/_fn", endpoint = "setup.state", input = Json, output = Json)]
pub async fn state() -> Result<SetupState, Problem> {
    super::answer(async {
        let keyring = crate::context::keyring()?;
        Ok(keyring::setup::state(&keyring).await?)
    })
    .await
}

/// Makes the owner with the code from the log, and signs them in.
#[server(prefix = "/_fn", endpoint = "setup.claim", input = Json, output = Json)]
pub async fn claim(fields: Fields) -> Result<(), Problem> {
    use crate::context;
    super::answer(async {
        let keyring = context::keyring()?;
        let owner = contract::form::NewOwner::from_form(&fields)?;
        let code = fields.get("code").unwrap_or_default();
        let passphrase = fields.get("passphrase").unwrap_or_default().into();
        let origin = context::visitor().origin;
        let session = keyring::setup::claim(&keyring, code, owner, passphrase, origin).await?;
        Ok(context::begin_session(&session)?)
    })
    .await
}
