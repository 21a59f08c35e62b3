//! Keys: list, issue, rotate, change, revoke.

use contract::audit::AuditEvent;
use contract::bulk::Together;
use contract::console::{IssueOptions, KeysQuery, KeysView};
use contract::form::Fields;
use contract::resource::{ApiKey, RevealedApiKey};
use contract::usage::KeyUsage;
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

/// One page of the list.
#[server(prefix = "/_fn", endpoint = "keys.view", input = Json, output = Json)]
pub async fn view(query: KeysQuery) -> Result<KeysView, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::keys::view(&keyring, &caller, query.list()?).await?)
    })
    .await
}

/// What would become of many keys.
#[server(prefix = "/_fn", endpoint = "keys.preview", input = Json, output = Json)]
pub async fn preview(fields: Fields) -> Result<Together, Problem> {
    change_all(fields, true).await
}

/// Changes many keys together.
#[server(prefix = "/_fn", endpoint = "keys.change", input = Json, output = Json)]
pub async fn change(fields: Fields) -> Result<Together, Problem> {
    change_all(fields, false).await
}

#[cfg(feature = "ssr")]
async fn change_all(fields: Fields, dry_run: bool) -> Result<Together, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let request = contract::request::ChangeKeys::from_form(&fields, dry_run)?;
        // On the heap: it can do all that may be done to a key.
        Ok(Box::pin(keyring::keys::change_all(&keyring, &caller, &request)).await?)
    })
    .await
}

/// Saves what the list is asked under a name.
#[server(prefix = "/_fn", endpoint = "keys.save_view", input = Json, output = Json)]
pub async fn save_view(fields: Fields) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let (name, query) = KeysQuery::named(&fields)?;
        Ok(keyring::views::save(&keyring, &caller, &name, &query).await?)
    })
    .await
}

/// Forgets a saved view, by its name.
#[server(prefix = "/_fn", endpoint = "keys.remove_view", input = Json, output = Json)]
pub async fn remove_view(fields: Fields) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let name = fields.get("name").unwrap_or_default();
        Ok(keyring::views::remove(&keyring, &caller, name).await?)
    })
    .await
}

/// What the caller may put into a key.
#[server(prefix = "/_fn", endpoint = "keys.options", input = Json, output = Json)]
pub async fn options() -> Result<IssueOptions, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::keys::options(&keyring, &caller).await?)
    })
    .await
}

/// One key, also one that was revoked.
#[server(prefix = "/_fn", endpoint = "keys.get", input = Json, output = Json)]
pub async fn get(id: String) -> Result<ApiKey, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::key_id(&id)?;
        Ok(keyring::keys::get_ever(&keyring, &caller, id).await?)
    })
    .await
}

/// What a key is used for; one that was revoked, until it ended.
#[server(prefix = "/_fn", endpoint = "keys.usage", input = Json, output = Json)]
pub async fn usage(id: String) -> Result<KeyUsage, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::key_id(&id)?;
        Ok(keyring::usage::of_key_ever(&keyring, &caller, id).await?)
    })
    .await
}

/// What happened to a key, newest first.
#[server(prefix = "/_fn", endpoint = "keys.history", input = Json, output = Json)]
pub async fn history(id: String) -> Result<Vec<AuditEvent>, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::key_id(&id)?;
        Ok(keyring::audit::history(&keyring, &caller, id).await?)
    })
    .await
}

/// Issues a key. The answer is the only thing that will ever hold its token.
#[server(prefix = "/_fn", endpoint = "keys.issue", input = Json, output = Json)]
pub async fn issue(fields: Fields) -> Result<RevealedApiKey, Problem> {
    super::answer(async {
        let (keyring, caller) = super::confirmed(&fields).await?;
        let request = contract::request::IssueKey::from_form(&fields, keyring.clock().now())?;
        // On the heap: it holds every field of a key.
        let issuing = Box::pin(keyring::keys::issue(&keyring, &caller, request));
        let (key, token) = issuing.await?;
        Ok(revealed(key, &token))
    })
    .await
}

/// Replaces a key's token. The answer is the only thing that will ever hold the new one.
#[server(prefix = "/_fn", endpoint = "keys.rotate", input = Json, output = Json)]
pub async fn rotate(
    id: String,
    #[server(default)] fields: Fields,
) -> Result<RevealedApiKey, Problem> {
    super::answer(async {
        let (keyring, caller) = super::confirmed(&fields).await?;
        let id = contract::request::key_id(&id)?;
        let how = contract::request::Rotate::from_form(&fields)?;
        let rotating = Box::pin(keyring::keys::rotate(&keyring, &caller, id, how));
        let (key, token) = rotating.await?;
        Ok(revealed(key, &token))
    })
    .await
}

/// How long the token before stays good.
#[server(prefix = "/_fn", endpoint = "keys.change_grace", input = Json, output = Json)]
pub async fn change_grace(id: String, fields: Fields) -> Result<ApiKey, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::key_id(&id)?;
        let change = contract::request::GraceChange::from_form(&fields)?;
        Ok(keyring::keys::change_grace(&keyring, &caller, id, change).await?)
    })
    .await
}

/// Ends the token before.
#[server(prefix = "/_fn", endpoint = "keys.end_grace", input = Json, output = Json)]
pub async fn end_grace(id: String) -> Result<ApiKey, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::key_id(&id)?;
        Ok(keyring::keys::end_grace(&keyring, &caller, id).await?)
    })
    .await
}

#[cfg(feature = "ssr")]
fn revealed(key: ApiKey, token: &keyring::PlainToken) -> RevealedApiKey {
    // The browser asked for this answer alone, and nothing on the way may keep it.
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        use axum::http::{HeaderValue, header::CACHE_CONTROL};
        options.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    RevealedApiKey::new(key, contract::resource::RevealedToken::new(token.expose()))
}

/// Changes what the details form carries.
#[server(prefix = "/_fn", endpoint = "keys.update", input = Json, output = Json)]
pub async fn update(id: String, fields: Fields) -> Result<ApiKey, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::key_id(&id)?;
        let changes = contract::request::KeyChanges::from_form(&fields, keyring.clock().now())?;
        // On the heap: it holds every field that may change.
        Ok(Box::pin(keyring::keys::update(&keyring, &caller, id, changes)).await?)
    })
    .await
}

/// Revokes a key; `name` is what was typed as its name, where that is asked for.
#[server(prefix = "/_fn", endpoint = "keys.revoke", input = Json, output = Json)]
pub async fn revoke(id: String, #[server(default)] fields: Fields) -> Result<(), Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::key_id(&id)?;
        let name = fields.get("name").unwrap_or_default();
        let reason = fields.reason()?;
        Ok(keyring::keys::revoke_by_name(&keyring, &caller, id, name, reason).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "keys.disable", input = Json, output = Json)]
pub async fn disable(id: String, #[server(default)] fields: Fields) -> Result<ApiKey, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::key_id(&id)?;
        let reason = fields.reason()?;
        Ok(keyring::keys::disable(&keyring, &caller, id, reason).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "keys.enable", input = Json, output = Json)]
pub async fn enable(id: String) -> Result<ApiKey, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::key_id(&id)?;
        Ok(keyring::keys::enable(&keyring, &caller, id).await?)
    })
    .await
}
