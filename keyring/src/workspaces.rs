//! Workspaces: what keys are granted.

mod reach;

use std::collections::{BTreeSet, HashMap};

use contract::audit::Action;
use contract::error::Kind;
use contract::page::Page;
use contract::request::{ListWorkspaces, NewWorkspace, WorkspaceChanges};
use contract::resource::{Metadata, Workspace, WorkspaceInfo, WorkspaceSpec, WorkspaceStatus};
use contract::{AccountId, Permission, ProfileId, WorkspaceId};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use crate::caller::{Caller, Reach};
use crate::cursor::List;
use crate::entity::workspace;
use crate::error::{Error, Result};
use crate::unit::Unit;
use crate::{Keyring, access, database, store};

pub use reach::reach;

pub async fn create(keyring: &Keyring, caller: &Caller, new: NewWorkspace) -> Result<Workspace> {
    let new = &new;
    keyring
        .write(caller, |unit| async move {
            let row = create_in(&unit, new).await?;
            described(&*unit.txn, row).await
        })
        .await
}

/// Makes a workspace inside a transaction.
pub(crate) async fn create_in(unit: &Unit, new: &NewWorkspace) -> Result<workspace::Model> {
    unit.caller.require(&Permission::manage("workspaces"))?;
    let id = WorkspaceId::from_uuid(unit.new_id());
    let (account, by) = (unit.caller.account, unit.caller.profile);
    let row = store::workspaces::insert(&*unit.txn, account, id, new, by, unit.now)
        .await
        .map_err(database::duplicate)?;
    unit.record(Action::WorkspaceCreated, id, &row.name).await?;
    Ok(row)
}

pub async fn get(keyring: &Keyring, caller: &Caller, id: WorkspaceId) -> Result<Workspace> {
    let row = visible(keyring, caller, id).await?;
    one_told(keyring, row).await
}

/// The workspace, if the caller may read it.
pub(crate) async fn visible(
    keyring: &Keyring,
    caller: &Caller,
    id: WorkspaceId,
) -> Result<workspace::Model> {
    caller.require(&Permission::read("workspaces"))?;
    known(keyring, caller, id).await
}

/// The workspace, if the caller knows of it. A foreign one is as if there were none.
async fn known(keyring: &Keyring, caller: &Caller, id: WorkspaceId) -> Result<workspace::Model> {
    let row = store::workspaces::find(keyring.reader(), caller.account, id).await?;
    let row = row.filter(|row| caller.known_workspaces().includes(row.typed_id()));
    row.ok_or_else(|| Error::not_found("workspace"))
}

/// One workspace that the caller reaches. One beyond their reach is denied, an archived one is a
/// failed precondition.
pub async fn reached(keyring: &Keyring, caller: &Caller, id: WorkspaceId) -> Result<Workspace> {
    require_any(caller)?;
    let row = known(keyring, caller, id).await?;
    if !caller.reach.includes(id) {
        // Its name is for those who may read workspaces.
        let named = caller.holds(&Permission::read("workspaces"));
        let name = if named {
            row.name.as_str()
        } else {
            "this workspace"
        };
        let message = format!("You do not reach {name}. Ask for it to be granted.");
        return Err(caller.denied(id, message));
    }
    if row.status() == WorkspaceStatus::Archived {
        let message = format!(
            "{} is archived. Nothing in it can be reached until it is restored.",
            row.name
        );
        return Err(Error::precondition(message));
    }
    one_told(keyring, row).await
}

/// Any permission will do; who holds none reaches nothing but their own profile.
fn require_any(caller: &Caller) -> Result<()> {
    if caller.permissions.is_empty() {
        let message = "This needs a permission, whichever it is, and you hold none.";
        let denied = contract::Error::new(Kind::PermissionDenied, message);
        return Err(Error::from(denied).of(caller.author()));
    }
    Ok(())
}

/// Every workspace of the account; for a member, those they belong to.
pub async fn list(
    keyring: &Keyring,
    caller: &Caller,
    list: ListWorkspaces,
) -> Result<Page<Workspace>> {
    caller.require(&Permission::read("workspaces"))?;
    let reach = caller.known_workspaces();
    page(keyring, caller, &reach, &list, "account").await
}

/// The workspaces the caller reaches.
pub async fn reachable(
    keyring: &Keyring,
    caller: &Caller,
    list: ListWorkspaces,
) -> Result<Page<Workspace>> {
    require_any(caller)?;
    page(keyring, caller, &caller.reach, &list, "reach").await
}

pub async fn update(
    keyring: &Keyring,
    caller: &Caller,
    id: WorkspaceId,
    changes: WorkspaceChanges,
) -> Result<Workspace> {
    let changes = &changes;
    keyring
        .write(caller, |unit| async move {
            let before = changeable(&unit, id).await?;
            let after = store::workspaces::update(&*unit.txn, before.clone(), changes)
                .await
                .map_err(database::duplicate)?;
            if after != before {
                let fields = |row: &workspace::Model| {
                    json!({
                        "name": row.name,
                        "description": row.description,
                        "externalId": row.external_id,
                        "labels": row.labels,
                    })
                };
                let details = json!({ "before": fields(&before), "after": fields(&after) });
                unit.record_with(Action::WorkspaceUpdated, id, &after.name, details)
                    .await?;
            }
            described(&*unit.txn, after).await
        })
        .await
}

/// Archives a workspace: requests scoped to it are refused, its history and grants are kept. The
/// last enabled one stays.
pub async fn archive(keyring: &Keyring, caller: &Caller, id: WorkspaceId) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            let row = changeable(&unit, id).await?;
            if row.status() == WorkspaceStatus::Archived {
                return Ok(());
            }
            let enabled = store::workspaces::count_enabled(&*unit.txn, unit.caller.account).await?;
            if row.status() == WorkspaceStatus::Enabled && enabled == 1 {
                return Err(Error::precondition(
                    "The last enabled workspace cannot be archived. Make another first.",
                ));
            }
            let row =
                store::workspaces::set_status(&*unit.txn, row, WorkspaceStatus::Archived).await?;
            unit.record(Action::WorkspaceArchived, id, &row.name).await
        })
        .await
}

/// Brings an archived workspace back, with the grants it had.
pub async fn restore(keyring: &Keyring, caller: &Caller, id: WorkspaceId) -> Result<Workspace> {
    keyring
        .write(caller, |unit| async move {
            let mut row = changeable(&unit, id).await?;
            if row.status() == WorkspaceStatus::Archived {
                row = store::workspaces::set_status(&*unit.txn, row, WorkspaceStatus::Enabled)
                    .await?;
                unit.record(Action::WorkspaceRestored, id, &row.name)
                    .await?;
            }
            described(&*unit.txn, row).await
        })
        .await
}

/// The workspace, if the caller may change it.
pub(crate) async fn changeable(unit: &Unit, id: WorkspaceId) -> Result<workspace::Model> {
    unit.caller.require(&Permission::manage("workspaces"))?;
    let row = store::workspaces::find(&*unit.txn, unit.caller.account, id).await?;
    row.ok_or_else(|| Error::not_found("workspace"))
}

/// One page of the workspaces within `reach`. `list_of` sets the cursors of this list apart from
/// those of others.
pub(crate) async fn page(
    keyring: &Keyring,
    caller: &Caller,
    reach: &Reach,
    list: &ListWorkspaces,
    list_of: &str,
) -> Result<Page<Workspace>> {
    let filter = format!(
        "{list_of}\0{:?}\0{}\0{}",
        list.order,
        list.include_archived,
        list.labels.to_pairs()
    );
    let cursors = List {
        account: caller.account,
        name: "workspaces",
        filter: &filter,
    };
    let place = cursors.read(keyring, &list.page)?;
    let rows =
        store::workspaces::list(keyring.reader(), caller.account, reach, list, place).await?;
    let (rows, pagination) = cursors.cut(keyring, place, list.page.limit(), rows, |row| row.id);
    let items = if list.include_info {
        told(keyring, caller.account, rows).await?
    } else {
        describe(keyring.reader(), rows, None).await?
    };
    Ok(Page { items, pagination })
}

/// With what is known of them, as it is outside of a transaction.
async fn told(
    keyring: &Keyring,
    account: AccountId,
    rows: Vec<workspace::Model>,
) -> Result<Vec<Workspace>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let granted = access::granted_per_workspace(keyring, account, &ids).await?;
    describe(keyring.reader(), rows, Some(granted)).await
}

async fn one_told(keyring: &Keyring, row: workspace::Model) -> Result<Workspace> {
    let account = AccountId::from_uuid(row.account_id);
    only(told(keyring, account, vec![row]).await?)
}

fn only(mut workspaces: Vec<Workspace>) -> Result<Workspace> {
    workspaces
        .pop()
        .ok_or_else(|| Error::internal("a workspace was described as nothing"))
}

/// The same inside of one.
async fn described(db: &impl ConnectionTrait, row: workspace::Model) -> Result<Workspace> {
    let account = AccountId::from_uuid(row.account_id);
    let granted = store::keys::granted_per_workspace(db, account, &[row.id]).await?;
    only(describe(db, vec![row], Some(granted)).await?)
}

/// From rows to resources, with a fixed number of statements; with what is known of how many keys were granted
/// each, where that is to be told.
async fn describe(
    db: &impl ConnectionTrait,
    rows: Vec<workspace::Model>,
    granted: Option<HashMap<Uuid, u64>>,
) -> Result<Vec<Workspace>> {
    let mut infos = match granted {
        Some(granted) => infos(db, &rows, &granted).await?,
        None => HashMap::new(),
    };
    let resource = |row: workspace::Model| {
        let status = row.status();
        Workspace {
            info: infos.remove(&row.id),
            metadata: Metadata {
                id: row.typed_id(),
                account_id: AccountId::from_uuid(row.account_id),
                name: row.name,
                profile_id: ProfileId::from_uuid(row.created_by),
                created_at: store::at(row.created_at),
                external_id: row.external_id,
                labels: store::labels_from_json(&row.labels),
            },
            spec: WorkspaceSpec {
                description: row.description,
            },
            status,
        }
    };
    Ok(rows.into_iter().map(resource).collect())
}

async fn infos(
    db: &impl ConnectionTrait,
    rows: &[workspace::Model],
    granted: &HashMap<Uuid, u64>,
) -> Result<HashMap<Uuid, WorkspaceInfo>> {
    let Some(first) = rows.first() else {
        return Ok(HashMap::new());
    };
    let account = AccountId::from_uuid(first.account_id);
    let creators: BTreeSet<Uuid> = rows.iter().map(|row| row.created_by).collect();
    let profiles = store::profiles::by_ids(db, creators).await?;
    let everywhere = store::keys::count_all_workspaces(db, account).await?;
    let info = |row: &workspace::Model| {
        let creator = profiles.get(&row.created_by);
        let creator = creator
            .ok_or_else(|| Error::internal("a workspace names a profile that does not exist"))?;
        let api_keys_total = granted.get(&row.id).copied().unwrap_or_default() + everywhere;
        Ok((
            row.id,
            WorkspaceInfo {
                created_by: creator.to_resource(),
                api_keys_total,
            },
        ))
    };
    rows.iter().map(info).collect()
}
