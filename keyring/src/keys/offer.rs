//! What the console shows around keys: the list with its racks, and what may be put into a new one.

use std::collections::{HashMap, HashSet};

use contract::attention::AttentionCounts;
use contract::console::{
    IssueOptions, KeyRow, KeysView, OfferedPermission, OfferedWorkspace, Urgent,
};
use contract::request::ListKeys;
use contract::resource::KeyState;
use contract::usage::Trend;
use contract::{Permission, Permissions, Timestamp};
use uuid::Uuid;

use super::{describe, page, visible_to};
use crate::caller::{Caller, Reach};
use crate::error::Result;
use crate::{Keyring, settings, store, usage, views};

/// How many slots a mini rack has.
const RACK: u64 = 8;
/// How many workspaces a form offers at the most.
const MOST_OFFERED: u64 = 1_000;

/// A page of the keys list with a mini rack per row and the totals of the heading.
pub async fn view(keyring: &Keyring, caller: &Caller, list: ListKeys) -> Result<KeysView> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let now = keyring.clock().now();
    // Before the keys: what comes in between is told twice rather than never.
    let place = store::audit::place(db, caller.account).await?;
    let (rows, pagination) = page(keyring, caller, &list, now).await?;
    let seen = caller.known_workspaces();
    let slots = store::workspaces::present(db, caller.account, &seen, RACK).await?;
    let slots: Vec<Uuid> = slots.iter().map(|workspace| workspace.id).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let granted: HashSet<(Uuid, Uuid)> = store::grants::pairs(db, &ids, &slots)
        .await?
        .into_iter()
        .collect();
    let racks: HashMap<Uuid, Vec<bool>> = rows
        .iter()
        .map(|row| {
            (
                row.id,
                slots
                    .iter()
                    .map(|slot| row.all_workspaces || granted.contains(&(row.id, *slot)))
                    .collect(),
            )
        })
        .collect();
    let mut trends = usage::trends(db, &ids, now).await?;
    let keys = describe(db, rows, Some(now)).await?;
    let row = |key: contract::resource::ApiKey| {
        let id = key.metadata.id.uuid();
        let trend: Trend = trends.remove(&id).unwrap_or_default();
        let used_at = trend.last.as_ref().map(|last| last.at);
        KeyRow {
            key,
            rack: racks.get(&id).cloned().unwrap_or_default(),
            idle_days: used_at.and_then(|at| store::keys::idle_days(at, now)),
            trend,
        }
    };
    let visible = visible_to(caller);
    let attention = store::keys::counts(db, visible, now).await?;
    let disabled = ListKeys {
        state: Some(KeyState::Disabled),
        ..ListKeys::default()
    };
    Ok(KeysView {
        rows: keys.into_iter().map(row).collect(),
        pagination,
        keys_total: store::keys::count(db, visible).await?,
        matching: store::keys::count_listed(db, visible, &list, now).await?,
        disabled: store::keys::count_listed(db, visible, &disabled, now).await?,
        need_attention: store::keys::count_urgent(db, visible, now).await?,
        urgent: urgent(keyring, caller, &attention, now).await?,
        saved: views::counted(keyring, caller).await?,
        place,
        attention,
        workspaces_total: store::workspaces::count_present(db, caller.account, &seen).await?,
        now,
    })
}

/// What ends by itself unless somebody does something.
async fn urgent(
    keyring: &Keyring,
    caller: &Caller,
    counts: &AttentionCounts,
    now: Timestamp,
) -> Result<Option<Urgent>> {
    let mut kinds = store::keys::URGENT.into_iter();
    let found = kinds.find(|kind| counts.of(*kind) > 0);
    let Some(attention) = found else {
        return Ok(None);
    };
    let keys = counts.of(attention);
    let only = ListKeys {
        attention: Some(attention),
        ..ListKeys::default()
    };
    let key = if keys == 1 {
        let (rows, _) = page(keyring, caller, &only, now).await?;
        describe(keyring.reader(), rows, Some(now)).await?.pop()
    } else {
        None
    };
    Ok(Some(Urgent {
        attention,
        keys,
        key,
    }))
}

/// What the caller may put into a key: nothing they do not hold.
pub async fn options(keyring: &Keyring, caller: &Caller) -> Result<IssueOptions> {
    caller.require(&Permission::manage("api_keys"))?;
    let workspaces = store::workspaces::present(
        keyring.reader(),
        caller.account,
        &caller.reach,
        MOST_OFFERED,
    )
    .await?;
    let offered = |workspace: crate::entity::workspace::Model| OfferedWorkspace {
        id: workspace.typed_id(),
        labels: store::labels_from_json(&workspace.labels),
        name: workspace.name,
    };
    let catalogue = keyring
        .catalogue()
        .entries()
        .iter()
        .map(|entry| OfferedPermission {
            read: entry.readable && caller.holds(&Permission::read(&entry.resource)),
            manage: caller.holds(&Permission::manage(&entry.resource)),
            entry: entry.clone(),
        });
    Ok(IssueOptions {
        catalogue: catalogue
            .filter(|offered| offered.read || offered.manage)
            .collect(),
        workspaces: workspaces.into_iter().map(offered).collect(),
        all_workspaces: caller.reach == Reach::All,
        full_access: caller.permissions == Permissions::all(),
        keys: settings::of(keyring.reader(), caller.account).await?.keys,
        now: keyring.clock().now(),
    })
}
