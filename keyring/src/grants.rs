//! Grants: which key reaches which workspace.

use std::collections::BTreeSet;

use contract::audit::Action;
use contract::page::{Page, PageRequest, SortOrder};
use contract::request::ListWorkspaces;
use contract::resource::{ApiKey, Workspace};
use contract::{ApiKeyId, Labels, Permission, WorkspaceId};
use serde_json::json;

use crate::caller::Caller;
use crate::entity::{api_key, workspace};
use crate::error::{Error, Result};
use crate::unit::Unit;
use crate::{Keyring, keys, store, verdict, workspaces};

/// Lets a key reach a workspace. Granting what is granted changes nothing.
pub async fn grant(
    keyring: &Keyring,
    caller: &Caller,
    key: ApiKeyId,
    workspace: WorkspaceId,
) -> Result<ApiKey> {
    keyring
        .write(caller, |unit| async move {
            let row = keys::changeable(&unit, key).await?;
            let granted =
                keys::grantable(&*unit.txn, &unit.caller, &BTreeSet::from([workspace])).await?;
            let (account, by) = (unit.caller.account, unit.caller.profile);
            let pair = (key, workspace);
            if store::grants::insert(&*unit.txn, account, pair, by, unit.now).await? {
                record(&unit, Action::WorkspaceGranted, &row, &granted).await?;
            }
            keys::described(&*unit.txn, row, unit.now).await
        })
        .await
}

/// Takes a workspace away from a key. Taking what is not granted changes nothing; a key without
/// workspaces stays valid.
pub async fn revoke(
    keyring: &Keyring,
    caller: &Caller,
    key: ApiKeyId,
    workspace: WorkspaceId,
) -> Result<ApiKey> {
    keyring
        .write(caller, |unit| async move {
            let row = keys::changeable(&unit, key).await?;
            let found = store::workspaces::find(&*unit.txn, unit.caller.account, workspace).await?;
            let seen = unit.caller.known_workspaces();
            let found = found
                .filter(|_| seen.includes(workspace))
                .ok_or_else(|| Error::not_found("workspace"))?;
            unit.caller.reaches(workspace, &found.name)?;
            if store::grants::delete(&*unit.txn, key, workspace).await? {
                record(&unit, Action::WorkspaceUngranted, &row, &[found]).await?;
            }
            keys::described(&*unit.txn, row, unit.now).await
        })
        .await
}

/// The workspaces a key reaches, newest first.
pub async fn list(
    keyring: &Keyring,
    caller: &Caller,
    key: ApiKeyId,
    labels: Labels,
    page: PageRequest,
) -> Result<Page<Workspace>> {
    caller.require(&Permission::read("api_keys"))?;
    let row = keys::visible(keyring.reader(), caller, key).await?;
    let list = ListWorkspaces {
        page,
        labels,
        ..ListWorkspaces::default()
    };
    reached(keyring, caller, &row, list).await
}

/// The same, also of a key that was revoked: what it reached when it ended, with what was archived.
pub async fn list_ever(
    keyring: &Keyring,
    caller: &Caller,
    key: ApiKeyId,
    page: PageRequest,
) -> Result<Page<Workspace>> {
    caller.require(&Permission::read("api_keys"))?;
    let row = keys::visible_ever(keyring.reader(), caller, key).await?;
    let list = ListWorkspaces {
        page,
        include_archived: row.revoked_at.is_some(),
        ..ListWorkspaces::default()
    };
    reached(keyring, caller, &row, list).await
}

async fn reached(
    keyring: &Keyring,
    caller: &Caller,
    key: &api_key::Model,
    list: ListWorkspaces,
) -> Result<Page<Workspace>> {
    let reach = verdict::reach_of(keyring.reader(), key).await?;
    let list = ListWorkspaces {
        order: SortOrder::Desc,
        include_info: false,
        ..list
    };
    let list_of = key.typed_id().to_string();
    workspaces::page(keyring, caller, &reach, &list, &list_of).await
}

async fn record(
    unit: &Unit,
    action: Action,
    key: &api_key::Model,
    workspaces: &[workspace::Model],
) -> Result<()> {
    for workspace in workspaces {
        let details =
            json!({ "workspaceId": workspace.typed_id(), "workspaceName": workspace.name });
        unit.record_with(action, key.typed_id(), &key.name, details)
            .await?;
    }
    Ok(())
}
