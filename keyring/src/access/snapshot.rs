//! The whole matrix for the console.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::access::{Bits, KeyRow, Snapshot, USED_DAYS, WorkspaceColumn};
pub use contract::access::{MOST_KEYS, MOST_WORKSPACES};
use contract::{AccountId, EventId, Permission, Timestamp, WorkspaceId};
use uuid::Uuid;

use super::grants::{self, Grants};
use super::lock;
use crate::caller::{Caller, Reach};
use crate::entity::{api_key, workspace};
use crate::error::Result;
use crate::{Keyring, keys, store, workspaces};

/// The keys the caller sees against the workspaces they know of, now.
pub async fn snapshot(keyring: &Keyring, caller: &Caller) -> Result<Snapshot> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let at = keyring.clock().now();
    // First of all: what happens while the rest is read is told again by the stream that begins here.
    let last = store::audit::last(db, caller.account).await?;
    let visible = keys::visible_to(caller);
    let mut keys = store::keys::rows(db, visible, MOST_KEYS).await?;
    keys.reverse();
    let seen = workspaces::visible_to(caller);
    let workspaces = store::workspaces::present(db, caller.account, &seen, MOST_WORKSPACES).await?;
    let state = State {
        grants: grants::read(keyring, caller.account, &keys, last).await?,
        keys,
        workspaces,
    };
    let used = used(keyring, caller.account, at).await?;
    Ok(Snapshot {
        at,
        last: last.map(EventId::from_uuid),
        ..state.project(caller, &used)
    })
}

/// A matrix as it is stored, whoever looks at it. Both are oldest first.
pub(super) struct State {
    pub(super) keys: Vec<api_key::Model>,
    pub(super) workspaces: Vec<workspace::Model>,
    pub(super) grants: Arc<Grants>,
}

impl State {
    /// As the caller sees it, at no time.
    pub(super) fn project(&self, caller: &Caller, used: &Used) -> Snapshot {
        let columns: HashMap<Uuid, usize> = (0..)
            .zip(&self.workspaces)
            .map(|(at, workspace)| (workspace.id, at))
            .collect();
        let rows: HashMap<Uuid, usize> = (0..)
            .zip(&self.keys)
            .map(|(at, key)| (key.id, at))
            .collect();
        let known = self.grants.known();
        let column_of: Vec<Option<usize>> =
            known.iter().map(|id| columns.get(id).copied()).collect();
        let mut granted = Bits::new(self.keys.len(), self.workspaces.len());
        for (row, key) in self.keys.iter().enumerate() {
            for column in self.grants.bits_of(key.id).filter_map(|bit| column_of[bit]) {
                granted.set(row, column, true);
            }
        }
        let mut used_cells = Bits::new(self.keys.len(), self.workspaces.len());
        for (key, workspace) in &used.cells {
            if let (Some(row), Some(column)) = (rows.get(key), columns.get(workspace)) {
                used_cells.set(*row, *column, true);
            }
        }
        let mut locks = Locks::default();
        let key = |key: &api_key::Model| {
            let lock = lock(caller, key, || self.grants.of(key.id)).map(|why| locks.place(why));
            KeyRow {
                lock,
                last_used_at: used.last.get(&key.id).copied().map(store::at),
                ..row(key)
            }
        };
        let keys = self.keys.iter().map(key).collect();
        Snapshot {
            at: Timestamp::from_unix_millis(0),
            last: None,
            keys,
            workspaces: self
                .workspaces
                .iter()
                .map(|workspace| column(caller, workspace))
                .collect(),
            locks: locks.0,
            granted,
            used: used_cells,
        }
    }
}

/// A key as a row that nothing is known of but what it is.
pub(super) fn row(key: &api_key::Model) -> KeyRow {
    KeyRow {
        id: key.typed_id(),
        name: key.name.clone(),
        state: key.state(),
        expires_at: key.expires_at.map(store::at),
        all_workspaces: key.all_workspaces,
        system: key.system,
        labels: store::labels_from_json(&key.labels),
        last_used_at: None,
        lock: None,
    }
}

pub(super) fn column(caller: &Caller, workspace: &workspace::Model) -> WorkspaceColumn {
    WorkspaceColumn {
        id: workspace.typed_id(),
        name: workspace.name.clone(),
        labels: store::labels_from_json(&workspace.labels),
        held: caller.reach.includes(workspace.typed_id()),
    }
}

/// The reasons there are, each once.
#[derive(Default)]
struct Locks(Vec<String>);

impl Locks {
    fn place(&mut self, why: String) -> u32 {
        // There are few: who lacks a permission lacks it for many keys.
        let at = self.0.iter().position(|known| *known == why);
        let at = at.unwrap_or_else(|| {
            self.0.push(why);
            self.0.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }
}

/// What the keys of an account were used for in the last [`USED_DAYS`] days.
#[derive(Debug, Default)]
pub(super) struct Used {
    cells: Vec<(Uuid, Uuid)>,
    last: HashMap<Uuid, i64>,
}

/// How long uses are believed: they are counted with a delay anyway.
const BELIEVED: Duration = Duration::from_secs(10);
/// Of how many accounts uses are remembered.
const MOST_ACCOUNTS: usize = 16;

/// The uses that were read lately, with when.
#[derive(Default)]
pub(crate) struct LatelyUsed(Mutex<HashMap<AccountId, (Timestamp, Arc<Used>)>>);

async fn used(keyring: &Keyring, account: AccountId, now: Timestamp) -> Result<Arc<Used>> {
    let lately = &keyring.0.lately_used.0;
    let known = || lately.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, used)) = known().get(&account)
        && now.since(*at) < BELIEVED
    {
        return Ok(used.clone());
    }
    let db = keyring.reader();
    let since = now.minus(Duration::from_hours(24 * USED_DAYS));
    let used = Arc::new(Used {
        cells: store::usage::used_cells(db, account, since).await?,
        last: store::usage::last_uses_in(db, account).await?,
    });
    let mut known = known();
    known.retain(|_, (at, _)| now.since(*at) < BELIEVED);
    if known.len() < MOST_ACCOUNTS {
        known.insert(account, (now, used.clone()));
    }
    Ok(used)
}

/// What the caller reaches, from ids.
pub(super) fn reach_of(granted: impl Iterator<Item = Uuid>) -> Reach {
    Reach::Only(granted.map(WorkspaceId::from_uuid).collect())
}
