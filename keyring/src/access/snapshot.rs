//! The whole matrix for the console.

use std::collections::HashMap;
use std::mem::size_of;
use std::sync::Arc;
use std::time::Duration;

use contract::access::{Bits, KeyRow, MOST_USED_DAYS, Snapshot, USED_DAYS, WorkspaceColumn};
pub use contract::access::{MOST_KEYS, MOST_WORKSPACES};
use contract::{AccountId, Invalid, Permission, Timestamp};
use quick_cache::Weighter;
use uuid::Uuid;

use super::cells::Cells;
use super::grants::{self, Grants};
use super::lock;
use super::remembered::{OfAccounts, Weight, of_accounts};
use super::rows::{self, Key, Rows};
use super::whole;
use crate::caller::Caller;
use crate::entity::workspace;
use crate::error::Result;
use crate::{Keyring, store};

/// The keys the caller sees against the workspaces they know of, now; with what was used in the last
/// [`USED_DAYS`].
pub async fn snapshot(keyring: &Keyring, caller: &Caller) -> Result<Snapshot> {
    snapshot_used(keyring, caller, USED_DAYS).await
}

/// The same with what was used in so many days, from 1 to [`MOST_USED_DAYS`].
pub async fn snapshot_used(keyring: &Keyring, caller: &Caller, days: u64) -> Result<Snapshot> {
    if days == 0 || days > MOST_USED_DAYS {
        let refused = Invalid::new(format!("choose from 1 to {MOST_USED_DAYS} days"));
        return Err(refused.at("usedDays").into());
    }
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let at = keyring.clock().now();
    // First of all: what happens while the rest is read is told again by the stream that begins here.
    let last = store::audit::place(db, caller.account).await?;
    let rows = rows::seen_by(keyring, caller, last).await?;
    let state = State {
        grants: grants::read(keyring, caller.account, rows.ids(), last).await?,
        rows,
    };
    let used = used(keyring, caller.account, at, days).await?;
    Ok(Snapshot {
        at,
        last,
        used_days: days,
        ..whole::seen_by(keyring, caller, state, used)
    })
}

/// A matrix as it is stored, whoever looks at it.
pub(super) struct State {
    pub(super) rows: Arc<Rows>,
    pub(super) grants: Arc<Grants>,
}

impl State {
    /// As the caller sees it, at no time.
    pub(super) fn project(&self, caller: &Caller, used: &Used) -> Snapshot {
        let Rows {
            keys,
            workspaces,
            told,
        } = &*self.rows;
        let columns: HashMap<Uuid, usize> = (0..)
            .zip(workspaces)
            .map(|(at, workspace)| (workspace.id, at))
            .collect();
        let grants = &self.grants.cells;
        let mut locks = Locks::default();
        let key = |(key, told): (&Key, &KeyRow)| {
            let lock = lock(caller, key, || grants.of(key.id)).map(|why| locks.place(why));
            KeyRow {
                lock,
                last_used_at: used.last.get(&key.id).copied().map(store::at),
                ..told.clone()
            }
        };
        let keys = keys.iter().zip(told).map(key).collect();
        Snapshot {
            at: Timestamp::from_unix_millis(0),
            last: 0,
            keys,
            workspaces: workspaces
                .iter()
                .map(|workspace| column(caller, workspace))
                .collect(),
            locks: locks.0,
            granted: self.bits(grants, &columns),
            used: self.bits(&used.cells, &columns),
            used_days: USED_DAYS,
        }
    }

    /// Cells where this matrix has them, with the places of its columns.
    fn bits(&self, cells: &Cells, columns: &HashMap<Uuid, usize>) -> Bits {
        let known = cells.workspaces().iter();
        let column_of: Vec<Option<usize>> = known.map(|id| columns.get(id).copied()).collect();
        let Rows {
            keys, workspaces, ..
        } = &*self.rows;
        let mut bits = Bits::new(keys.len(), workspaces.len());
        for (row, key) in keys.iter().enumerate() {
            for column in cells.bits_of(key.id).filter_map(|bit| column_of[bit]) {
                bits.set(row, column, true);
            }
        }
        bits
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

/// What the keys of an account were used for in the last days.
#[derive(Debug, Default)]
pub(super) struct Used {
    days: u64,
    cells: Cells,
    last: HashMap<Uuid, i64>,
}

/// How long uses are believed: they are counted with a delay anyway.
const BELIEVED: Duration = Duration::from_secs(10);
/// What the uses of all accounts may take together, in bytes.
const MOST_BYTES: u64 = 32 << 20;

/// The uses that were read lately, with when.
pub(crate) struct LatelyUsed(OfAccounts<Lately>);

type Lately = (Timestamp, Arc<Used>);

impl Default for LatelyUsed {
    fn default() -> Self {
        Self(of_accounts(MOST_BYTES))
    }
}

impl Weighter<AccountId, Lately> for Weight {
    fn weight(&self, _: &AccountId, (_, used): &Lately) -> u64 {
        let last = used.last.capacity() * size_of::<(Uuid, i64)>();
        (used.cells.bytes() + last).max(1_024) as u64
    }
}

async fn used(
    keyring: &Keyring,
    account: AccountId,
    now: Timestamp,
    days: u64,
) -> Result<Arc<Used>> {
    let lately = &keyring.0.lately_used.0;
    lately.retain(|_, (at, _)| now.since(*at) < BELIEVED);
    if let Some((_, used)) = lately.get(&account)
        && used.days == days
    {
        return Ok(used);
    }
    let db = keyring.reader();
    let since = now.minus(Duration::from_hours(24 * days));
    let cells = store::usage::used_cells(db, account, since).await?;
    let used = Arc::new(Used {
        days,
        cells: cells.into_iter().collect(),
        last: store::usage::last_uses_in(db, account).await?,
    });
    lately.insert(account, (now, used.clone()));
    Ok(used)
}
