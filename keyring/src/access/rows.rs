//! The keys and the workspaces of an account, kept in memory between one reading of the matrix and the next,
//! as long as the audit log tells of nothing that changed them.

use std::mem::size_of;
use std::sync::Arc;

use contract::access::{KeyRow, MOST_KEYS, MOST_WORKSPACES};
use contract::{AccountId, Labels, Permission, Permissions};
use quick_cache::Weighter;
use uuid::Uuid;

use super::remembered::{OfAccounts, Weight, of_accounts};
use crate::caller::{Caller, Reach};
use crate::entity::{api_key, workspace};
use crate::error::Result;
use crate::keys::Holder;
use crate::store::keys::Visible;
use crate::{Keyring, keys, store};

/// What all accounts may take together, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Keys that are not revoked and workspaces that are not archived, each oldest first.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub(super) keys: Vec<Key>,
    pub(super) workspaces: Vec<workspace::Model>,
    /// The keys as they are told, whoever asks.
    pub(super) told: Vec<KeyRow>,
}

impl Rows {
    async fn read(keyring: &Keyring, visible: Visible, seen: &Reach) -> Result<Self> {
        let db = keyring.reader();
        let mut keys = store::keys::rows(db, visible, MOST_KEYS).await?;
        keys.reverse();
        let workspaces =
            store::workspaces::present(db, visible.account, seen, MOST_WORKSPACES).await?;
        Ok(Self::new(keys, workspaces))
    }

    pub(super) fn new(keys: Vec<api_key::Model>, workspaces: Vec<workspace::Model>) -> Self {
        Self {
            told: keys.iter().map(row).collect(),
            keys: keys.iter().map(Key::of).collect(),
            workspaces,
        }
    }

    /// Of the keys.
    pub(super) fn ids(&self) -> impl Iterator<Item = Uuid> + Clone {
        self.keys.iter().map(|key| key.id)
    }

    /// About what they take in memory.
    fn bytes(&self) -> usize {
        let labels = |labels: &Labels| -> usize {
            labels
                .iter()
                .map(|(name, value)| name.len() + value.len() + 2 * (size_of::<String>() + 16))
                .sum()
        };
        let key = |(key, told): (&Key, &KeyRow)| {
            let held = key.permissions.iter().len() * (size_of::<Permission>() + 16);
            size_of::<(Key, KeyRow)>() + told.name.len() + held + labels(&told.labels)
        };
        let workspace = |row: &workspace::Model| {
            let description = row.description.as_ref().map_or(0, String::len);
            // As they are stored, in a tree that reserves more.
            let labels = 4 * labels(&store::labels_from_json(&row.labels));
            size_of::<workspace::Model>() + row.name.len() + description + labels
        };
        let keys: usize = self.keys.iter().zip(&self.told).map(key).sum();
        let workspaces: usize = self.workspaces.iter().map(workspace).sum();
        keys + workspaces
    }
}

/// What a key is, beside what is told of it.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) id: Uuid,
    pub(super) all_workspaces: bool,
    permissions: Permissions,
}

impl Key {
    fn of(key: &api_key::Model) -> Self {
        Self {
            id: key.id,
            all_workspaces: key.all_workspaces,
            permissions: key.permissions(),
        }
    }
}

impl Holder for Key {
    fn permissions(&self) -> Permissions {
        self.permissions.clone()
    }

    fn all_workspaces(&self) -> bool {
        self.all_workspaces
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

/// With the place in the audit log at which reading them began.
type Placed = (u64, Arc<Rows>);

impl Weighter<AccountId, Placed> for Weight {
    fn weight(&self, _: &AccountId, (_, rows): &Placed) -> u64 {
        rows.bytes().max(1_024) as u64
    }
}

/// The rows of accounts, as they were last read.
pub(crate) struct RememberedRows(OfAccounts<Placed>);

impl Default for RememberedRows {
    fn default() -> Self {
        Self(of_accounts(MOST_BYTES))
    }
}

/// The rows that the caller sees, as they are after `last`, which was read before.
pub(super) async fn seen_by(keyring: &Keyring, caller: &Caller, last: u64) -> Result<Arc<Rows>> {
    if caller.only_own_keys() {
        let seen = caller.known_workspaces();
        return Ok(Arc::new(
            Rows::read(keyring, keys::visible_to(caller), &seen).await?,
        ));
    }
    of_account(keyring, caller.account, last).await
}

/// All rows of an account, as they are after `last`, which was read before.
pub(super) async fn of_account(
    keyring: &Keyring,
    account: AccountId,
    last: u64,
) -> Result<Arc<Rows>> {
    let remembered = &keyring.0.rows.0;
    loop {
        // Whoever comes while they are read waits for it.
        let (place, rows) = match remembered.get_value_or_guard_async(&account).await {
            Ok(known) => known,
            Err(nothing) => {
                let everybodys = Visible::everybodys(account);
                let rows = Arc::new(Rows::read(keyring, everybodys, &Reach::All).await?);
                // They are not taken if they are too large.
                let _ = nothing.insert((last, rows.clone()));
                return Ok(rows);
            }
        };
        if place >= last {
            return Ok(rows);
        }
        if store::audit::rows_changed_since(keyring.reader(), account, place).await? {
            remembered.remove_if(&account, |(at, _)| *at == place);
            continue;
        }
        remembered.insert(account, (last, rows.clone()));
        return Ok(rows);
    }
}
