//! Changesets: many cells of the matrix in one transaction, as one batch that can be reverted.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use contract::access::AccessApplied;
use contract::audit::{Action, AuditEvent};
use contract::error::Kind;
use contract::request::{Cell, Changeset};
use contract::{ApiKeyId, BatchId, Invalid, Permission, WorkspaceId};
use serde_json::json;

use crate::caller::Reach;
use crate::entity::{api_key, workspace};
use crate::error::{Error, Result};
use crate::store::audit::NewEvent;
use crate::unit::Unit;
use crate::{Caller, Keyring, keys, store};

type Pair = (ApiKeyId, WorkspaceId);

/// Makes every cell what the changeset wants, or none of them.
///
/// The caller must be able to change each key and to hand out each workspace. A cell that is not as
/// the changeset expected it is a concurrent change, and so is every other such cell: all of them are
/// named. Cells that already are as wanted are counted and left alone.
pub async fn apply(
    keyring: &Keyring,
    caller: &Caller,
    changes: &Changeset,
) -> Result<AccessApplied> {
    keyring
        .write(caller, |unit| async move { apply_in(&unit, changes).await })
        .await
}

/// Makes every cell of a batch what it was before. The result is a batch again.
pub async fn revert(keyring: &Keyring, caller: &Caller, batch: BatchId) -> Result<AccessApplied> {
    keyring
        .write(caller, |unit| async move {
            unit.caller.require(&Permission::manage("api_keys"))?;
            let events = store::audit::of_batch(&*unit.txn, unit.caller.account, batch).await?;
            let cells: Vec<Cell> = events.iter().filter_map(undo).collect();
            if cells.is_empty() {
                return Err(Error::not_found("batch"));
            }
            apply_in(&unit, &Changeset::new(cells)?).await
        })
        .await
}

/// The cell that takes back what an event says was done.
fn undo(event: &AuditEvent) -> Option<Cell> {
    let was_granted = match event.action {
        Action::WorkspaceGranted => true,
        Action::WorkspaceUngranted => false,
        _ => return None,
    };
    Some(Cell {
        key: event.target.parse().ok()?,
        workspace: event.details.get("workspaceId")?.as_str()?.parse().ok()?,
        want: !was_granted,
        expected: Some(was_granted),
    })
}

async fn apply_in(unit: &Unit, changes: &Changeset) -> Result<AccessApplied> {
    unit.caller.require(&Permission::manage("api_keys"))?;
    let cells = changes.cells();
    let keys: BTreeSet<_> = cells.iter().map(|cell| cell.key).collect();
    let given: BTreeSet<_> = cells
        .iter()
        .filter(|cell| cell.want)
        .map(|cell| cell.workspace)
        .collect();
    let taken: BTreeSet<_> = cells.iter().map(|cell| cell.workspace).collect();

    let present = present(unit, &keys, &taken).await?;
    let keys = changeable(unit, &keys, &present).await?;
    let workspaces = known(unit, &taken).await?;
    keys::grantable(unit, &given).await?;
    refuse_conflicts(cells, &present)?;

    let unlike = |want: bool| -> Vec<Pair> {
        let pairs = cells.iter().filter(|cell| cell.want == want);
        let pairs = pairs.map(|cell| (cell.key, cell.workspace));
        pairs
            .filter(|pair| present.contains(pair) != want)
            .collect()
    };
    let (granted, revoked) = (unlike(true), unlike(false));
    let different = granted.len() + revoked.len();
    let batch = (different > 0).then(|| BatchId::from_uuid(unit.new_id()));
    if let Some(batch) = batch {
        let (account, by) = (unit.caller.account, unit.caller.profile);
        store::grants::insert_all(&*unit.txn, account, &granted, by, unit.now).await?;
        store::grants::delete_all(&*unit.txn, &revoked).await?;
        let done = granted.iter().map(|pair| (Action::WorkspaceGranted, pair));
        let done = done.chain(
            revoked
                .iter()
                .map(|pair| (Action::WorkspaceUngranted, pair)),
        );
        let events = done.map(|(action, (key, workspace))| NewEvent {
            id: unit.new_id(),
            at: unit.now,
            action,
            target: key.to_string(),
            target_name: &keys[key].name,
            details: json!({ "workspaceId": workspace, "workspaceName": workspaces[workspace].name }),
            batch: Some(batch),
        });
        unit.record_all(events.collect()).await?;
    }
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    Ok(AccessApplied {
        batch_id: batch,
        granted: count(granted.len()),
        revoked: count(revoked.len()),
        unchanged: count(cells.len() - different),
    })
}

/// The grants these keys have: of these workspaces, or all of them where the caller reaches only some.
async fn present(
    unit: &Unit,
    keys: &BTreeSet<ApiKeyId>,
    workspaces: &BTreeSet<WorkspaceId>,
) -> Result<HashSet<Pair>> {
    let ids: Vec<_> = keys.iter().map(|id| id.uuid()).collect();
    let only: Vec<_> = workspaces.iter().map(|id| id.uuid()).collect();
    let only = (unit.caller.reach == Reach::All).then_some(only.as_slice());
    let pairs = store::grants::pairs(&*unit.txn, &ids, only).await?;
    let typed = |(key, workspace)| (ApiKeyId::from_uuid(key), WorkspaceId::from_uuid(workspace));
    Ok(pairs.into_iter().map(typed).collect())
}

/// The keys, if the caller may change every one of them.
async fn changeable(
    unit: &Unit,
    ids: &BTreeSet<ApiKeyId>,
    present: &HashSet<Pair>,
) -> Result<HashMap<ApiKeyId, api_key::Model>> {
    let seen = keys::visible_to(&unit.caller);
    let found = store::keys::find_many(&*unit.txn, seen, ids).await?;
    if found.len() != ids.len() {
        return Err(Error::not_found("key"));
    }
    let mut granted: BTreeMap<ApiKeyId, BTreeSet<WorkspaceId>> = BTreeMap::new();
    for (key, workspace) in present {
        granted.entry(*key).or_default().insert(*workspace);
    }
    for key in &found {
        let reach = if key.all_workspaces {
            Reach::All
        } else {
            Reach::Only(granted.remove(&key.typed_id()).unwrap_or_default())
        };
        keys::within(&unit.caller, key, &reach)?;
    }
    Ok(found.into_iter().map(|key| (key.typed_id(), key)).collect())
}

/// The workspaces, if there are all of them and the caller reaches them.
async fn known(
    unit: &Unit,
    ids: &BTreeSet<WorkspaceId>,
) -> Result<HashMap<WorkspaceId, workspace::Model>> {
    let found = store::workspaces::find_many(&*unit.txn, unit.caller.account, ids).await?;
    let seen = crate::workspaces::visible_to(&unit.caller);
    if found.len() != ids.len() || found.iter().any(|row| !seen.includes(row.typed_id())) {
        return Err(Error::not_found("workspace"));
    }
    for row in &found {
        unit.caller.reaches(row.typed_id(), &row.name)?;
    }
    Ok(found.into_iter().map(|row| (row.typed_id(), row)).collect())
}

/// Every cell is as the changeset expected it, where it expected something.
fn refuse_conflicts(cells: &[Cell], present: &HashSet<Pair>) -> Result<()> {
    let conflict = |(index, cell): (usize, &Cell)| {
        let is = present.contains(&(cell.key, cell.workspace));
        let differs = cell.expected.is_some_and(|expected| expected != is);
        let told = if is {
            "the key reaches this workspace by now"
        } else {
            "the key does not reach this workspace any more"
        };
        differs.then(|| Invalid::new(told).at(format!("cells[{index}]")))
    };
    let details: Vec<_> = cells.iter().enumerate().filter_map(conflict).collect();
    if details.is_empty() {
        return Ok(());
    }
    let message = format!(
        "{} of the {} cells were changed by somebody else, so nothing was applied. The details name them; decide on these again.",
        details.len(),
        cells.len()
    );
    let mut error = contract::Error::new(Kind::Aborted, message);
    error.details = details;
    error.hopeless = true;
    Err(error.into())
}
