//! Many keys changed together: all of them in one transaction, as one batch, or none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::bulk::{KeyOutcome, MAX_TOGETHER, Outcome, Together};
use contract::error::Kind;
use contract::request::{Cell, Change, ChangeKeys, Changeset, KeyChanges, ListKeys, Which};
use contract::resource::KeyState;
use contract::{BatchId, Invalid, Labels, Permission, Timestamp, WorkspaceId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::change::{disable_found, enable_found, refuse_revoking, revoke_found, update_in};
use super::{grantable, visible_to, within};
use crate::caller::{Caller, Reach};
use crate::entity::api_key;
use crate::error::{Error, Result};
use crate::unit::Unit;
use crate::{Keyring, access, store, usage};

/// Changes many keys, or tells what that would do. What cannot be done to one of them is done to none.
pub async fn change_all(
    keyring: &Keyring,
    caller: &Caller,
    request: &ChangeKeys,
) -> Result<Together> {
    if request.dry_run {
        let now = keyring.clock().now();
        let plan = Plan::make(keyring.reader(), caller, request, now).await?;
        return Ok(plan.told(true, None));
    }
    caller.require(&Permission::manage("api_keys"))?;
    // Nobody's key counts as unused for calls that are not added up yet.
    let _settled = match &request.which {
        Which::Listed(list) if list.attention.is_some() => Some(usage::all_settled(keyring).await?),
        _ => None,
    };
    keyring
        .write(caller, |unit| async move {
            let plan = Plan::make(&*unit.txn, &unit.caller, request, unit.now).await?;
            plan.refuse(&unit.caller)?;
            let batch = carry_out(&unit, request, &plan).await?;
            Ok(plan.told(false, batch))
        })
        .await
}

/// What is to become of each key: changed or not, or why it may not be.
struct Plan(Vec<(api_key::Model, Result<bool>)>);

impl Plan {
    async fn make(
        db: &impl ConnectionTrait,
        caller: &Caller,
        request: &ChangeKeys,
        now: Timestamp,
    ) -> Result<Self> {
        caller.require(&Permission::manage("api_keys"))?;
        let rows = chosen(db, caller, &request.which, now).await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut granted = BTreeSet::new();
        if let Change::Grant(workspace) = request.change {
            grantable(db, caller, &BTreeSet::from([workspace])).await?;
            let pairs = store::grants::pairs(db, &ids, &[workspace.uuid()]).await?;
            granted.extend(pairs.into_iter().map(|(key, _)| key));
        }
        let mut reaches = reaches(db, caller, &ids).await?;
        let plan = rows.into_iter().map(|row| {
            let own = reaches.remove(&row.id).unwrap_or_default();
            let reach = if row.all_workspaces || caller.reach == Reach::All {
                Reach::All
            } else {
                Reach::Only(own)
            };
            let decided = within(caller, &row, &reach)
                .and_then(|()| changes(&row, &request.change, granted.contains(&row.id)));
            (row, decided)
        });
        Ok(Self(plan.collect()))
    }

    fn told(self, dry_run: bool, batch_id: Option<BatchId>) -> Together {
        let outcome = |(row, decided): (api_key::Model, Result<bool>)| KeyOutcome {
            api_key_id: row.typed_id(),
            name: row.name,
            outcome: match decided {
                Ok(true) => Outcome::Changed,
                Ok(false) => Outcome::Unchanged,
                Err(_) => Outcome::Refused,
            },
            reason: decided.err().map(|error| error.public().message.clone()),
        };
        Together {
            dry_run,
            batch_id,
            keys: self.0.into_iter().map(outcome).collect(),
        }
    }

    /// Nothing is done unless all of it can be; who lacks a right is told which.
    fn refuse(&self, caller: &Caller) -> Result<()> {
        let refused = self.0.iter().filter_map(|(row, decided)| {
            let error = decided.as_ref().err()?;
            Some((row.typed_id(), error.public()))
        });
        let refused: Vec<_> = refused.collect();
        if refused.is_empty() {
            return Ok(());
        }
        let message = format!(
            "{} of the {} keys cannot be changed so, and nothing was changed. The details name them.",
            refused.len(),
            self.0.len()
        );
        let denied = refused.iter().find_map(|(_, error)| error.scope.clone());
        let kind = match denied {
            Some(_) => Kind::PermissionDenied,
            None => Kind::FailedPrecondition,
        };
        let mut error = contract::Error::new(kind, message);
        error.scope = denied;
        error.details = refused
            .iter()
            .map(|(id, why)| Invalid::new(why.message.clone()).at(id.to_string()))
            .collect();
        let error = Error::from(error);
        Err(match kind {
            Kind::PermissionDenied => error.of(caller.author()),
            _ => error,
        })
    }

    fn changed(&self) -> impl Iterator<Item = &api_key::Model> {
        let changed = self.0.iter();
        changed.filter_map(|(row, decided)| matches!(decided, Ok(true)).then_some(row))
    }
}

/// The keys that are meant, the newest first.
async fn chosen(
    db: &impl ConnectionTrait,
    caller: &Caller,
    which: &Which,
    now: Timestamp,
) -> Result<Vec<api_key::Model>> {
    let visible = visible_to(caller);
    let ids = match which {
        Which::Listed(list) => return listed(db, caller, list, now).await,
        Which::These(ids) => ids,
    };
    let mut rows = store::keys::find_many(db, visible, ids).await?;
    if rows.len() != ids.len() {
        return Err(Error::not_found("key"));
    }
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    Ok(rows)
}

async fn listed(
    db: &impl ConnectionTrait,
    caller: &Caller,
    list: &ListKeys,
    now: Timestamp,
) -> Result<Vec<api_key::Model>> {
    super::check_text("filter.query", list.query.as_deref())?;
    let visible = visible_to(caller);
    let most = MAX_TOGETHER as u64;
    let rows = store::keys::first_listed(db, visible, list, now, most + 1).await?;
    if rows.len() > MAX_TOGETHER {
        let count = store::keys::count_listed(db, visible, list, now).await?;
        let message = format!(
            "{count} keys match, and at most {MAX_TOGETHER} are changed together; narrow the filter"
        );
        return Err(Invalid::new(message).at("filter").into());
    }
    Ok(rows)
}

/// What the keys were granted, where the caller does not reach everything anyway.
async fn reaches(
    db: &impl ConnectionTrait,
    caller: &Caller,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, BTreeSet<WorkspaceId>>> {
    if caller.reach == Reach::All {
        return Ok(HashMap::new());
    }
    let granted = store::grants::by_key(db, ids).await?.into_iter();
    let typed = |workspaces: Vec<Uuid>| {
        let workspaces = workspaces.into_iter();
        workspaces.map(WorkspaceId::from_uuid).collect()
    };
    Ok(granted
        .map(|(key, workspaces)| (key, typed(workspaces)))
        .collect())
}

/// Whether it would change the key, or why that may not be.
fn changes(row: &api_key::Model, change: &Change, granted: bool) -> Result<bool> {
    match change {
        Change::Disable => Ok(row.state() != KeyState::Disabled),
        Change::Enable => Ok(row.state() == KeyState::Disabled),
        Change::Revoke => refuse_revoking(row).map(|()| true),
        Change::Label(set, removed) => {
            let labels = store::labels_from_json(&row.labels);
            Ok(labelled(&labels, set, removed)? != labels)
        }
        Change::Grant(_) => Ok(!row.all_workspaces && !granted),
    }
}

fn labelled(labels: &Labels, set: &Labels, removed: &BTreeSet<String>) -> Result<Labels> {
    let all = labels.iter().chain(set.iter());
    let all = all.filter(|(name, _)| set.contains(name) || !removed.contains(*name));
    let all: BTreeMap<_, _> = all
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Ok(Labels::parse("labels", all)?)
}

async fn carry_out(unit: &Unit, request: &ChangeKeys, plan: &Plan) -> Result<Option<BatchId>> {
    if let Change::Grant(workspace) = request.change {
        return grant(unit, request, plan, workspace).await;
    }
    if plan.changed().next().is_none() {
        return Ok(None);
    }
    let reason = request.reason.as_ref();
    let unit = unit.together(request.reason.clone());
    for row in plan.changed() {
        let row = row.clone();
        match &request.change {
            Change::Disable => drop(disable_found(&unit, row, reason).await?),
            Change::Enable => drop(enable_found(&unit, row).await?),
            Change::Revoke => revoke_found(&unit, row, reason).await?,
            Change::Label(set, removed) => {
                let before = store::labels_from_json(&row.labels);
                let changes = KeyChanges {
                    labels: Some(labelled(&before, set, removed)?),
                    ..KeyChanges::default()
                };
                update_in(&unit, row, &changes).await?;
            }
            Change::Grant(_) => {}
        }
    }
    unit.record_together().await
}

/// Grants are a changeset of the matrix, and can be reverted like one.
async fn grant(
    unit: &Unit,
    request: &ChangeKeys,
    plan: &Plan,
    workspace: WorkspaceId,
) -> Result<Option<BatchId>> {
    let cell = |row: &api_key::Model| Cell {
        key: row.typed_id(),
        workspace,
        want: true,
        expected: Some(false),
    };
    let cells: Vec<_> = plan.changed().map(cell).collect();
    if cells.is_empty() {
        return Ok(None);
    }
    let changes = Changeset::new(cells, Vec::new(), request.reason.clone())?;
    Ok(access::apply_in(unit, &changes).await?.batch_id)
}
