//! The keys and the workspaces of an account, kept in memory between one reading of the matrix and the next,
//! as long as the audit log tells of nothing that changed them.

use std::mem::size_of;
use std::sync::Arc;

use contract::access::{KeyRow, MOST_KEYS, MOST_WORKSPACES};
use contract::{AccountId, Labels};
use quick_cache::Weighter;

use super::remembered::{OfAccounts, Weight, of_accounts};
use crate::caller::{Caller, Reach};
use crate::entity::{api_key, workspace};
use crate::error::Result;
use crate::store::keys::Visible;
use crate::{Keyring, keys, store};

/// What all accounts may take together, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Keys that are not revoked and workspaces that are not archived, each oldest first.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub(super) keys: Vec<api_key::Model>,
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
            keys,
            workspaces,
        }
    }

    /// About what they take in memory.
    fn bytes(&self) -> usize {
        // Labels are there as they are stored and as they are told; each pair reserves as much again.
        let labels = |labels: &Labels| -> usize {
            labels
                .iter()
                .map(|(name, value)| 4 * (name.len() + value.len() + 48))
                .sum()
        };
        let key = |(key, told): (&api_key::Model, &KeyRow)| {
            let texts = [
                &key.name,
                &key.name,
                &key.permissions,
                &key.search,
                &key.state,
            ];
            let more = [&key.description, &key.external_id, &key.disabled_reason];
            let more = more.into_iter().flatten().map(String::len).sum::<usize>();
            let texts: usize = texts.into_iter().map(String::len).sum();
            size_of::<(api_key::Model, KeyRow)>() + texts + more + labels(&told.labels)
        };
        let workspace = |row: &workspace::Model| {
            let description = row.description.as_ref().map_or(0, String::len);
            let labels = labels(&store::labels_from_json(&row.labels));
            size_of::<workspace::Model>() + row.name.len() + description + labels
        };
        let keys: usize = self.keys.iter().zip(&self.told).map(key).sum();
        let workspaces: usize = self.workspaces.iter().map(workspace).sum();
        keys + workspaces
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
