//! The matrix: which key reaches which workspace, all of it at once.

mod apply;
mod asked;
mod cells;
mod found;
mod grants;
mod here;
mod live;
mod past;
mod reached;
mod record;
mod remembered;
mod rows;
mod snapshot;
mod telling;
mod whole;

use std::collections::HashMap;

use contract::access::{AccessColumn, AccessMatrix, AccessRow};
use contract::{Permission, WorkspaceId};
use uuid::Uuid;

use crate::caller::{Caller, Reach};
use crate::entity::{api_key, workspace};
use crate::error::Result;
use crate::keys::Holder;
use crate::{Keyring, keys, store};

pub(crate) use apply::apply_in;
pub use apply::{apply, revert, undoing};
pub use asked::{Asked, choices, explained};
pub(crate) use grants::Remembered;
pub use grants::remember;
pub(crate) use here::Presence;
pub use here::here;
pub(crate) use live::committed;
pub use live::{Live, News, live};
pub use past::{as_of, matrix_as_of};
pub(crate) use reached::granted_per_workspace;
pub(crate) use rows::RememberedRows;
pub(crate) use snapshot::LatelyUsed;
pub use snapshot::{MOST_KEYS, MOST_WORKSPACES, snapshot, snapshot_used};
pub(crate) use whole::RememberedWhole;

/// How many keys and how many workspaces the console's page shows.
pub const SHOWN: u64 = 1_000;
/// As many as a database counts.
pub const EVERYTHING: u64 = u32::MAX as u64;

/// The keys the caller sees against the workspaces that are not archived, at most so many of each;
/// what the caller cannot change is marked with the reason.
pub async fn matrix(keyring: &Keyring, caller: &Caller, most: u64) -> Result<AccessMatrix> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let columns =
        store::workspaces::present(db, caller.account, &caller.known_workspaces(), most).await?;
    let rows = store::keys::rows(db, keys::visible_to(caller), most).await?;
    let pairs = store::grants::of_account(db, caller.account).await?;

    let position: HashMap<Uuid, u32> = (0..)
        .zip(&columns)
        .map(|(at, column)| (column.id, at))
        .collect();
    let mut grants: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (key, workspace) in pairs {
        grants.entry(key).or_default().push(workspace);
    }
    let row = |key: api_key::Model| {
        let granted = grants.remove(&key.id).unwrap_or_default();
        let locked = lock(caller, &key, || granted.iter().copied());
        let mut positions: Vec<u32> = granted
            .iter()
            .filter_map(|id| position.get(id).copied())
            .collect();
        positions.sort_unstable();
        AccessRow {
            id: key.typed_id(),
            state: key.state(),
            expires_at: key.expires_at.map(store::at),
            all_workspaces: key.all_workspaces,
            system: key.system,
            name: key.name,
            locked,
            grants: positions,
        }
    };
    let rows = rows.into_iter().map(row).collect();
    let column = |workspace: workspace::Model| AccessColumn {
        id: workspace.typed_id(),
        labels: store::labels_from_json(&workspace.labels),
        held: caller.reach.includes(workspace.typed_id()),
        name: workspace.name,
    };
    Ok(AccessMatrix {
        keys: rows,
        workspaces: columns.into_iter().map(column).collect(),
    })
}

/// Why the caller cannot change a key's grants: the rules of changing a key, asked ahead.
pub(crate) fn lock<I: Iterator<Item = Uuid>>(
    caller: &Caller,
    key: &impl Holder,
    granted: impl FnOnce() -> I,
) -> Option<String> {
    caller
        .require(&Permission::manage("api_keys"))
        .and_then(|()| changeable(caller, key, granted))
        .err()
        .map(|error| error.public().message.clone())
}

/// Whether a key with these grants is the caller's to change.
fn changeable<I: Iterator<Item = Uuid>>(
    caller: &Caller,
    key: &impl Holder,
    granted: impl FnOnce() -> I,
) -> Result<()> {
    // Who reaches everything reaches whatever the key does.
    let reach = if key.all_workspaces() || caller.reach == Reach::All {
        Reach::All
    } else {
        Reach::Only(granted().map(WorkspaceId::from_uuid).collect())
    };
    keys::within(caller, key, &reach)
}
