//! Which workspaces a key reaches.

use contract::resource::{ApiKey, Workspace};
use contract::{ApiKeyId, WorkspaceId};
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

#[server(prefix = "/_fn", endpoint = "grants.grant", input = Json, output = Json)]
pub async fn grant(key: ApiKeyId, workspace: WorkspaceId) -> Result<ApiKey, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(Box::pin(keyring::grants::grant(&keyring, &caller, key, workspace)).await?)
    })
    .await
}

#[server(prefix = "/_fn", endpoint = "grants.revoke", input = Json, output = Json)]
pub async fn revoke(key: ApiKeyId, workspace: WorkspaceId) -> Result<ApiKey, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::grants::revoke(&keyring, &caller, key, workspace).await?)
    })
    .await
}

/// Every workspace a key reaches; one that was revoked, what it reached.
#[server(prefix = "/_fn", endpoint = "grants.list", input = Json, output = Json)]
pub async fn list(id: String) -> Result<Vec<Workspace>, Problem> {
    use contract::page::{MAX_LIMIT, PageRequest};
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = contract::request::key_id(&id)?;
        let mut all = Vec::new();
        let mut cursor = None;
        loop {
            let page = PageRequest {
                cursor,
                limit: Some(MAX_LIMIT),
            };
            let granted = keyring::grants::list_ever(&keyring, &caller, id, page).await?;
            all.extend(granted.items);
            cursor = granted.pagination.next_cursor;
            if cursor.is_none() {
                return Ok(all);
            }
        }
    })
    .await
}
