//! What a changeset is about, as its transaction finds it, if the caller may change it.

use std::collections::{BTreeSet, HashMap};

use contract::request::{Beneath, Changeset};
use contract::resource::WorkspaceStatus;
use contract::{ApiKeyId, WorkspaceId};

use super::cells::Cells;
use crate::caller::Reach;
use crate::entity::{api_key, workspace};
use crate::error::{Error, Result};
use crate::unit::Unit;
use crate::{keys, store};

pub(super) type Pair = (ApiKeyId, WorkspaceId);

/// What a changeset is about, as it is.
pub(super) struct Found {
    pub(super) keys: HashMap<ApiKeyId, api_key::Model>,
    /// Those that the changeset names or turns a key's reach into.
    pub(super) workspaces: HashMap<WorkspaceId, workspace::Model>,
    /// Those that are not archived, if what is beneath a key is to change.
    pub(super) today: Vec<WorkspaceId>,
    /// The grants of these keys, as far as they matter.
    granted: Cells,
}

impl Found {
    pub(super) async fn read(unit: &Unit, changes: &Changeset) -> Result<Self> {
        let whole: BTreeSet<_> = changes.keys().iter().map(|key| key.key).collect();
        let cells = changes.cells();
        let keys = cells
            .iter()
            .map(|cell| cell.key)
            .chain(whole.iter().copied());
        let keys: BTreeSet<_> = keys.collect();
        let named: BTreeSet<_> = cells.iter().map(|cell| cell.workspace).collect();

        let mut granted = present(unit, &keys, &named).await?;
        if unit.caller.reach == Reach::All {
            let beneath = changes.keys().iter().filter(|key| !key.all_workspaces);
            let beneath = beneath.filter(|key| key.grants != Beneath::Keep);
            let beneath: Vec<_> = beneath.map(|key| key.key.uuid()).collect();
            granted.read_again(&*unit.txn, &beneath).await?;
        }
        let keys = changeable(unit, &keys, &granted).await?;
        let mut workspaces = known(unit, &named).await?;
        let mut today = Vec::new();
        if changes.keys().iter().any(|key| key.grants != Beneath::Keep) {
            for row in store::workspaces::all(&*unit.txn, unit.caller.account).await? {
                if row.status() != WorkspaceStatus::Archived {
                    today.push(row.typed_id());
                }
                workspaces.insert(row.typed_id(), row);
            }
        }
        Ok(Self {
            keys,
            workspaces,
            today,
            granted,
        })
    }

    /// Whether the key has that grant of its own.
    pub(super) fn has(&self, (key, workspace): Pair) -> bool {
        self.granted.contains(key.uuid(), workspace.uuid())
    }
}

/// The grants these keys have: of these workspaces, or all of them where the caller reaches only some.
async fn present(
    unit: &Unit,
    keys: &BTreeSet<ApiKeyId>,
    workspaces: &BTreeSet<WorkspaceId>,
) -> Result<Cells> {
    let ids: Vec<_> = keys.iter().map(|id| id.uuid()).collect();
    let only: Vec<_> = workspaces.iter().map(|id| id.uuid()).collect();
    let only = (unit.caller.reach == Reach::All).then_some(only.as_slice());
    Cells::granted(&*unit.txn, &ids, only).await
}

/// The keys, if the caller may change every one of them.
async fn changeable(
    unit: &Unit,
    ids: &BTreeSet<ApiKeyId>,
    granted: &Cells,
) -> Result<HashMap<ApiKeyId, api_key::Model>> {
    let seen = keys::visible_to(&unit.caller);
    let found = store::keys::find_many(&*unit.txn, seen, ids).await?;
    if found.len() != ids.len() {
        return Err(Error::not_found("key"));
    }
    for key in &found {
        super::changeable(&unit.caller, key, || granted.of(key.id))?;
    }
    Ok(found.into_iter().map(|key| (key.typed_id(), key)).collect())
}

/// The workspaces, if there are all of them and the caller reaches them.
async fn known(
    unit: &Unit,
    ids: &BTreeSet<WorkspaceId>,
) -> Result<HashMap<WorkspaceId, workspace::Model>> {
    let found = store::workspaces::find_many(&*unit.txn, unit.caller.account, ids).await?;
    let seen = unit.caller.known_workspaces();
    if found.len() != ids.len() || found.iter().any(|row| !seen.includes(row.typed_id())) {
        return Err(Error::not_found("workspace"));
    }
    for row in &found {
        unit.caller.reaches(row.typed_id(), &row.name)?;
    }
    Ok(found.into_iter().map(|row| (row.typed_id(), row)).collect())
}
