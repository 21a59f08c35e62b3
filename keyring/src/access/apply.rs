//! Changesets: many cells of the matrix in one transaction, as one batch that can be reverted.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use contract::access::AccessApplied;
use contract::audit::{Action, AuditEvent};
use contract::error::Kind;
use contract::request::{Beneath, Cell, Changeset, KeyReach, MAX_CELLS, cell_field, key_field};
use contract::resource::WorkspaceStatus;
use contract::text::Reason;
use contract::{ApiKeyId, BatchId, Invalid, Permission, WorkspaceId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::Reach;
use crate::entity::{api_key, workspace};
use crate::error::{Error, Result};
use crate::store::audit::NewEvent;
use crate::unit::Unit;
use crate::{Caller, Keyring, keys, store};

type Pair = (ApiKeyId, WorkspaceId);

/// Makes every key and every cell what the changeset wants, or none of them.
///
/// The caller must be able to change each key and to hand out each workspace. What is not as the
/// changeset expected it is a concurrent change: all that are such are named. What already is as wanted
/// is counted and left alone.
pub async fn apply(
    keyring: &Keyring,
    caller: &Caller,
    changes: &Changeset,
) -> Result<AccessApplied> {
    keyring
        .write(caller, |unit| async move { apply_in(&unit, changes).await })
        .await
}

/// Makes everything that a batch changed what it was before. The result is a batch again.
pub async fn revert(keyring: &Keyring, caller: &Caller, batch: BatchId) -> Result<AccessApplied> {
    apply(keyring, caller, &undoing(keyring, caller, batch).await?).await
}

/// The changeset that takes a batch back, and expects everything to be as the batch left it.
pub async fn undoing(keyring: &Keyring, caller: &Caller, batch: BatchId) -> Result<Changeset> {
    caller.require(&Permission::manage("api_keys"))?;
    let events = store::audit::of_batch(keyring.reader(), caller.account, batch).await?;
    let cells: Vec<Cell> = events.iter().filter_map(undo_cell).collect();
    let keys: Vec<KeyReach> = events.iter().filter_map(undo_key).collect();
    if cells.is_empty() && keys.is_empty() {
        return Err(Error::not_found("batch"));
    }
    Ok(Changeset::new(cells, keys, None)?)
}

fn undo_cell(event: &AuditEvent) -> Option<Cell> {
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

fn undo_key(event: &AuditEvent) -> Option<KeyReach> {
    let reached = event
        .details
        .get("after")?
        .get("allWorkspaces")?
        .as_bool()?;
    Some(KeyReach {
        key: event.target.parse().ok()?,
        all_workspaces: !reached,
        // What became of its grants is undone cell by cell.
        grants: Beneath::Keep,
        expected: Some(reached),
    })
}

async fn apply_in(unit: &Unit, changes: &Changeset) -> Result<AccessApplied> {
    unit.caller.require(&Permission::manage("api_keys"))?;
    let found = Found::read(unit, changes).await?;
    refuse_conflicts(changes, &found)?;
    let turned = turned(unit, changes, &found)?;
    let (granted, revoked) = difference(changes, &found);
    let wanted = changes.cells().iter().filter(|cell| cell.want);
    let given = wanted.map(|cell| cell.workspace);
    let given = given.chain(granted.iter().map(|pair| pair.1)).collect();
    keys::grantable(unit, &given).await?;
    let (added, taken) = (granted.len(), revoked.len());
    if added + taken > MAX_CELLS {
        let message = "this would change more than 10,000 cells; do it in several changesets";
        return Err(Invalid::new(message).at("keys").into());
    }
    // Cells that were named and need nothing; those that a key's own change reaches were not asked for.
    let different: HashSet<Pair> = granted.iter().chain(&revoked).copied().collect();
    let idle = |cell: &&Cell| !different.contains(&(cell.key, cell.workspace));
    let unchanged =
        changes.cells().iter().filter(idle).count() + changes.keys().len() - turned.len();

    let something = added + taken + turned.len() > 0;
    let batch = something.then(|| BatchId::from_uuid(unit.new_id()));
    if let Some(batch) = batch {
        let record = Record {
            unit,
            found: &found,
            reason: changes.reason(),
            batch,
        };
        record.write(&turned, &granted, &revoked).await?;
    }
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    Ok(AccessApplied {
        batch_id: batch,
        granted: count(added),
        revoked: count(taken),
        keys: count(turned.len()),
        unchanged: count(unchanged),
    })
}

/// What a changeset is about, as it is.
struct Found {
    keys: HashMap<ApiKeyId, api_key::Model>,
    /// Those that the changeset names or turns a key's reach into.
    workspaces: HashMap<WorkspaceId, workspace::Model>,
    /// Those that are not archived, if a key is to be granted all of them.
    today: Vec<WorkspaceId>,
    /// The grants of these keys, as far as they matter.
    granted: HashSet<Pair>,
}

impl Found {
    async fn read(unit: &Unit, changes: &Changeset) -> Result<Self> {
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
            granted.extend(typed(
                store::grants::pairs(&*unit.txn, &beneath, None).await?,
            ));
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
}

/// The keys whose reach is to be turned over, if they may be.
fn turned<'a>(unit: &Unit, changes: &'a Changeset, found: &Found) -> Result<Vec<&'a KeyReach>> {
    let mut turned = Vec::new();
    for change in changes.keys() {
        let key = &found.keys[&change.key];
        if key.all_workspaces == change.all_workspaces {
            continue;
        }
        keys::refuse_system(key)?;
        unit.caller.reaches_all()?;
        turned.push(change);
    }
    Ok(turned)
}

/// What is to be granted and what to be taken: first by the keys, then by the cells, which have the last
/// word.
fn difference(changes: &Changeset, found: &Found) -> (Vec<Pair>, Vec<Pair>) {
    let mut want: BTreeMap<Pair, bool> = BTreeMap::new();
    for change in changes.keys() {
        if change.all_workspaces || !found.keys[&change.key].all_workspaces {
            continue;
        }
        let key = change.key;
        match change.grants {
            Beneath::Keep => {}
            Beneath::Today => {
                want.extend(
                    found
                        .today
                        .iter()
                        .map(|workspace| ((key, *workspace), true)),
                );
            }
            Beneath::None => {
                let own = found.granted.iter().filter(|pair| pair.0 == key);
                want.extend(own.map(|pair| (*pair, false)));
            }
        }
    }
    let cells = changes.cells().iter();
    want.extend(cells.map(|cell| ((cell.key, cell.workspace), cell.want)));
    let unlike = |wanted: bool| {
        let pairs = want.iter().filter(|(_, want)| **want == wanted);
        let pairs = pairs.map(|(pair, _)| *pair);
        pairs
            .filter(|pair| found.granted.contains(pair) != wanted)
            .collect()
    };
    (unlike(true), unlike(false))
}

/// Carries out what was found to be different, as one batch.
struct Record<'a> {
    unit: &'a Unit,
    found: &'a Found,
    reason: Option<&'a Reason>,
    batch: BatchId,
}

impl Record<'_> {
    async fn write(&self, turned: &[&KeyReach], granted: &[Pair], revoked: &[Pair]) -> Result<()> {
        let (unit, by) = (self.unit, self.unit.caller.profile);
        let mut events = Vec::with_capacity(turned.len() + granted.len() + revoked.len());
        for on in [true, false] {
            let ids = turned.iter().filter(|key| key.all_workspaces == on);
            let ids: Vec<_> = ids.map(|key| key.key.uuid()).collect();
            store::keys::set_all_workspaces(&*unit.txn, &ids, on).await?;
        }
        for change in turned {
            let is = change.all_workspaces;
            let details = json!({
                "before": { "allWorkspaces": !is },
                "after": { "allWorkspaces": is },
            });
            events.push(self.event(Action::KeyUpdated, change.key, details));
        }
        let account = unit.caller.account;
        store::grants::insert_all(&*unit.txn, account, granted, by, unit.now).await?;
        store::grants::delete_all(&*unit.txn, revoked).await?;
        for (action, pairs) in [
            (Action::WorkspaceGranted, granted),
            (Action::WorkspaceUngranted, revoked),
        ] {
            for (key, workspace) in pairs {
                let name = &self.found.workspaces[workspace].name;
                let details = json!({ "workspaceId": workspace, "workspaceName": name });
                events.push(self.event(action, *key, details));
            }
        }
        unit.record_all(events).await
    }

    fn event(&self, action: Action, key: ApiKeyId, mut details: Value) -> NewEvent<'_> {
        if let Some(reason) = self.reason {
            details["reason"] = json!(reason);
        }
        NewEvent {
            id: self.unit.new_id(),
            at: self.unit.now,
            action,
            target: key.to_string(),
            target_name: &self.found.keys[&key].name,
            details,
            batch: Some(self.batch),
        }
    }
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
    Ok(typed(pairs).collect())
}

fn typed(pairs: Vec<(Uuid, Uuid)>) -> impl Iterator<Item = Pair> {
    let typed = |(key, workspace)| (ApiKeyId::from_uuid(key), WorkspaceId::from_uuid(workspace));
    pairs.into_iter().map(typed)
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

/// Everything is as the changeset expected it, where it expected something.
fn refuse_conflicts(changes: &Changeset, found: &Found) -> Result<()> {
    let cells = changes
        .cells()
        .iter()
        .enumerate()
        .filter_map(|(index, cell)| {
            let is = found.granted.contains(&(cell.key, cell.workspace));
            let told = if is {
                "the key reaches this workspace by now"
            } else {
                "the key does not reach this workspace any more"
            };
            unexpected(cell.expected, is, told).map(|invalid| invalid.at(cell_field(index)))
        });
    let keys = changes
        .keys()
        .iter()
        .enumerate()
        .filter_map(|(index, key)| {
            let is = found.keys[&key.key].all_workspaces;
            let told = if is {
                "the key reaches all workspaces by now"
            } else {
                "the key does not reach all workspaces any more"
            };
            unexpected(key.expected, is, told).map(|invalid| invalid.at(key_field(index)))
        });
    let details: Vec<_> = cells.chain(keys).collect();
    if details.is_empty() {
        return Ok(());
    }
    let message = format!(
        "{} of the {} changes are about something that somebody else changed meanwhile, so nothing was applied. The details name them; decide on these again.",
        details.len(),
        changes.cells().len() + changes.keys().len()
    );
    let mut error = contract::Error::new(Kind::Aborted, message);
    error.details = details;
    error.hopeless = true;
    Err(error.into())
}

fn unexpected(expected: Option<bool>, is: bool, told: &str) -> Option<Invalid> {
    expected
        .is_some_and(|expected| expected != is)
        .then(|| Invalid::new(told))
}
