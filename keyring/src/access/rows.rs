//! The keys and the workspaces of an account, kept in memory between one reading of the matrix and the next,
//! as long as the audit log has nothing new.

use std::mem::size_of;
use std::sync::Arc;

use contract::AccountId;
use contract::access::KeyRow;
use quick_cache::Weighter;

use super::grants::{OfAccounts, Weight, of_accounts};
use super::snapshot::{MOST_KEYS, MOST_WORKSPACES, row};
use crate::caller::{Caller, Reach};
use crate::entity::{api_key, workspace};
use crate::error::Result;
use crate::store::keys::Visible;
use crate::{Keyring, keys, store, workspaces};

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
        let texts =
            |key: &api_key::Model| key.name.len() + key.permissions.len() + key.search.len();
        let texts: usize = self.keys.iter().map(texts).sum();
        // As much again for the labels and what else hangs on a row.
        2 * self.keys.capacity() * (size_of::<api_key::Model>() + size_of::<KeyRow>())
            + texts
            + 2 * self.workspaces.capacity() * size_of::<workspace::Model>()
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
        let seen = workspaces::visible_to(caller);
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
    if let Some((place, rows)) = remembered.get(&account)
        && place == last
    {
        return Ok(rows);
    }
    let everybodys = Visible {
        account,
        owner: None,
    };
    let rows = Arc::new(Rows::read(keyring, everybodys, &Reach::All).await?);
    remembered.insert(account, (last, rows.clone()));
    Ok(rows)
}
