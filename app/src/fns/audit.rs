//! The audit log.

use contract::access::AccessApplied;
use contract::audit::{AuditQuery, AuditView, EntryOpen};
use contract::form::Fields;
use leptos::prelude::*;

use super::json::Json;
use crate::problem::Problem;

/// One page of the list.
#[server(prefix = "/_fn", endpoint = "audit.view", input = Json, output = Json)]
pub async fn view(query: AuditQuery) -> Result<AuditView, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::audit::view(&keyring, &caller, &query).await?)
    })
    .await
}

/// How many entries of the list came after the account's first `after` events.
#[server(prefix = "/_fn", endpoint = "audit.newer", input = Json, output = Json)]
pub async fn newer(query: AuditQuery, after: u64) -> Result<u64, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        Ok(keyring::audit::newer(&keyring, &caller, &query, after).await?)
    })
    .await
}

/// One entry in full.
#[server(prefix = "/_fn", endpoint = "audit.entry", input = Json, output = Json)]
pub async fn entry(id: String) -> Result<EntryOpen, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let id = id
            .parse()
            .map_err(|_| contract::error::not_found("event"))?;
        Ok(keyring::audit::entry(&keyring, &caller, id).await?)
    })
    .await
}

/// Takes a changeset back.
#[server(prefix = "/_fn", endpoint = "audit.revert", input = Json, output = Json)]
pub async fn revert(fields: Fields) -> Result<AccessApplied, Problem> {
    super::answer(async {
        let (keyring, caller) = crate::context::signed_in()?;
        let batch_id = fields.get("batchId").unwrap_or_default().to_owned();
        let batch = contract::request::RevertAccess { batch_id }.parse()?;
        Ok(keyring::access::revert(&keyring, &caller, batch).await?)
    })
    .await
}
