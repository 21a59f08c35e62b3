//! Which workspaces each key of an account was granted, kept in memory between one reading of the whole
//! matrix and the next: of a million and more grants, only those of the keys that the audit log names
//! since are read again.

use std::sync::Arc;

use contract::{AccountId, ApiKeyId};
use quick_cache::Weighter;
use uuid::Uuid;

use super::cells::Cells;
use super::remembered::{OfAccounts, Weight, of_accounts};
use super::rows;
use crate::error::Result;
use crate::{Keyring, store};

/// What all accounts may take together, in bytes.
const MOST_BYTES: u64 = 128 << 20;
/// When more keys were changed than these, everything is read again.
const MOST_CHANGED: usize = 2_000;

impl Weighter<AccountId, Arc<Grants>> for Weight {
    fn weight(&self, _: &AccountId, grants: &Arc<Grants>) -> u64 {
        grants.cells.bytes().max(1_024) as u64
    }
}

/// The grants of accounts, as they were last read.
pub(crate) struct Remembered(OfAccounts<Arc<Grants>>);

impl Default for Remembered {
    fn default() -> Self {
        Self(of_accounts(MOST_BYTES))
    }
}

/// The grants of an account's keys, those on archived workspaces included.
#[derive(Clone, Debug, Default)]
pub(super) struct Grants {
    /// Until which place in the audit log everything is in them.
    last: u64,
    pub(super) cells: Cells,
}

/// Reads the rows and the grants of every account, as far as there is room, so that the first who looks at a
/// large matrix does not wait for that.
pub async fn remember(keyring: &Keyring) -> Result<()> {
    let (db, remembered) = (keyring.reader(), &keyring.0.grants.0);
    for account in store::accounts::all(db).await? {
        let last = store::audit::place(db, account).await?;
        let rows = rows::of_account(keyring, account, last).await?;
        read(keyring, account, rows.ids(), last).await?;
        if remembered.weight() > MOST_BYTES / 2 {
            break;
        }
    }
    Ok(())
}

/// The grants of these keys, oldest key first, as they are after `last`, which was read before. Keys that
/// are not among them may be missing.
pub(super) async fn read(
    keyring: &Keyring,
    account: AccountId,
    keys: impl Iterator<Item = Uuid> + Clone,
    last: u64,
) -> Result<Arc<Grants>> {
    let remembered = &keyring.0.grants.0;
    loop {
        // Whoever comes while everything is read waits for it.
        let known = match remembered.get_value_or_guard_async(&account).await {
            Ok(known) => known,
            Err(nothing) => {
                let mut cells = Cells::default();
                let ids: Vec<Uuid> = keys.collect();
                cells.read_again(keyring.reader(), &ids).await?;
                let grants = Arc::new(Grants { last, cells });
                // It is not taken if it was forgotten meanwhile, or is too large.
                let _ = nothing.insert(grants.clone());
                return Ok(grants);
            }
        };
        let changed = changed(keyring, account, keys.clone(), &known).await?;
        if changed.len() > MOST_CHANGED {
            remembered.remove_if(&account, |now| Arc::ptr_eq(now, &known));
            continue;
        }
        if changed.is_empty() && known.last >= last {
            return Ok(known);
        }
        let mut grants = Grants::clone(&known);
        grants.last = grants.last.max(last);
        grants.cells.read_again(keyring.reader(), &changed).await?;
        let grants = Arc::new(grants);
        remembered.insert(account, grants.clone());
        return Ok(grants);
    }
}

/// The keys that were changed since, and those that were not asked for before: a member's keys are some of
/// the account's.
async fn changed(
    keyring: &Keyring,
    account: AccountId,
    keys: impl Iterator<Item = Uuid>,
    known: &Grants,
) -> Result<Vec<Uuid>> {
    let most = MOST_CHANGED as u64 + 1;
    let named = store::audit::granted_since(keyring.reader(), account, known.last, most).await?;
    let named = named.iter().filter_map(|id| id.parse::<ApiKeyId>().ok());
    let unknown = keys.filter(|key| !known.cells.knows(*key));
    let changed = named.map(ApiKeyId::uuid).chain(unknown);
    Ok(changed.collect())
}
