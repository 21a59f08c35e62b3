//! Changesets: many cells of the matrix in one transaction, as one batch that can be reverted.

use std::collections::{BTreeMap, HashSet};

use contract::access::AccessApplied;
use contract::audit::{Action, AuditEvent};
use contract::error::Kind;
use contract::request::{Beneath, Cell, Changeset, KeyReach, MAX_CELLS, cell_field, key_field};
use contract::text::Reason;
use contract::{BatchId, Invalid, Permission};

use super::found::{Found, Pair};
use super::record::Record;
use crate::error::{Error, Result};
use crate::unit::Unit;
use crate::{Caller, Keyring, keys, store};

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
    let events = store::audit::all_of_batch(keyring.reader(), caller.account, batch).await?;
    let cells: Vec<Cell> = events.iter().filter_map(undo_cell).collect();
    let keys: Vec<KeyReach> = events.iter().filter_map(undo_key).collect();
    if cells.is_empty() && keys.is_empty() {
        return Err(Error::not_found("batch"));
    }
    let reason = Reason::parse(&format!("Reverts {batch}")).ok();
    Ok(Changeset::new(cells, keys, reason)?)
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

pub(crate) async fn apply_in(unit: &Unit, changes: &Changeset) -> Result<AccessApplied> {
    unit.caller.require(&Permission::manage("api_keys"))?;
    let found = Found::read(unit, changes).await?;
    refuse_conflicts(changes, &found)?;
    let turned = turned(unit, changes, &found)?;
    let (granted, revoked) = difference(changes, &found)?;
    let wanted = changes.cells().iter().filter(|cell| cell.want);
    let given = wanted.map(|cell| cell.workspace);
    let given = given.chain(granted.iter().map(|pair| pair.1)).collect();
    keys::grantable(&*unit.txn, &unit.caller, &given).await?;
    let (added, taken) = (granted.len(), revoked.len());
    // Cells that were named and need nothing; those that a key's own change reaches were not asked for.
    let different: HashSet<Pair> = granted.iter().chain(&revoked).copied().collect();
    let idle = |cell: &&Cell| !different.contains(&(cell.key, cell.workspace));
    let unchanged =
        changes.cells().iter().filter(idle).count() + changes.keys().len() - turned.len();

    let unit = unit.together(changes.reason().cloned());
    let record = Record {
        unit: &unit,
        found: &found,
    };
    record.write(&turned, &granted, &revoked).await?;
    let batch = unit.record_together().await?;
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    Ok(AccessApplied {
        batch_id: batch,
        granted: count(added),
        revoked: count(taken),
        keys: count(turned.len()),
        unchanged: count(unchanged),
    })
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
/// word. More than one transaction should change is refused.
fn difference(changes: &Changeset, found: &Found) -> Result<(Vec<Pair>, Vec<Pair>)> {
    let cells = changes.cells();
    let mut want: BTreeMap<Pair, bool> = BTreeMap::new();
    for change in changes.keys() {
        if change.all_workspaces || !found.keys[&change.key].all_workspaces {
            continue;
        }
        let wanted = match change.grants {
            Beneath::Keep => continue,
            Beneath::Today => true,
            Beneath::None => false,
        };
        // What it was granted of archived workspaces could not be given back, so it is not taken either.
        for workspace in &found.today {
            let pair = (change.key, *workspace);
            if found.has(pair) != wanted {
                want.insert(pair, wanted);
            }
        }
        // The cells may take back as many as they are.
        within_limit(want.len().saturating_sub(cells.len()))?;
    }
    want.extend(
        cells
            .iter()
            .map(|cell| ((cell.key, cell.workspace), cell.want)),
    );
    want.retain(|pair, wanted| found.has(*pair) != *wanted);
    within_limit(want.len())?;
    let (granted, taken): (Vec<_>, Vec<_>) = want.into_iter().partition(|(_, wanted)| *wanted);
    let pairs = |cells: Vec<(Pair, bool)>| cells.into_iter().map(|(pair, _)| pair).collect();
    Ok((pairs(granted), pairs(taken)))
}

fn within_limit(changed: usize) -> Result<()> {
    if changed <= MAX_CELLS {
        return Ok(());
    }
    let message = "this would change more than 10,000 cells; do it in several changesets";
    Err(Invalid::new(message).at("keys").into())
}

/// Everything is as the changeset expected it, where it expected something.
fn refuse_conflicts(changes: &Changeset, found: &Found) -> Result<()> {
    let cells = changes
        .cells()
        .iter()
        .enumerate()
        .filter_map(|(index, cell)| {
            let is = found.has((cell.key, cell.workspace));
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
