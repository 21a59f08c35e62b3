//! The matrix as everybody sees it who holds and reaches everything, kept in memory as long as nothing in it has
//! changed: a page and what it loads right after are the same.

use std::mem::size_of;
use std::sync::Arc;

use contract::access::{KeyRow, Snapshot, WorkspaceColumn};
use contract::{AccountId, Permission};
use quick_cache::Weighter;

use super::remembered::{OfAccounts, Weight, of_accounts};
use super::snapshot::{State, Used};
use crate::Keyring;
use crate::caller::{Caller, Reach};

/// What all accounts may take together, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// A snapshot, and what it was made of.
struct Whole {
    state: State,
    used: Arc<Used>,
    snapshot: Snapshot,
}

impl Whole {
    /// Whether it would come out the same: all of it is what it was made of, and not only alike.
    fn is_of(&self, state: &State, used: &Arc<Used>) -> bool {
        Arc::ptr_eq(&self.state.rows, &state.rows)
            && Arc::ptr_eq(&self.state.grants, &state.grants)
            && Arc::ptr_eq(&self.used, used)
    }
}

impl Weighter<AccountId, Arc<Whole>> for Weight {
    fn weight(&self, _: &AccountId, whole: &Arc<Whole>) -> u64 {
        let Snapshot {
            keys, workspaces, ..
        } = &whole.snapshot;
        // A name and labels are about as much as the rest of a row; bits are there twice.
        let rows = keys.len() * 3 * size_of::<KeyRow>();
        let columns = workspaces.len() * 3 * size_of::<WorkspaceColumn>();
        let bits = keys.len() * workspaces.len().div_ceil(8) * 2;
        (rows + columns + bits).max(1_024) as u64
    }
}

/// The snapshots of accounts, as they were last made.
pub(crate) struct RememberedWhole(OfAccounts<Arc<Whole>>);

impl Default for RememberedWhole {
    fn default() -> Self {
        Self(of_accounts(MOST_BYTES))
    }
}

/// A state as the caller sees it, at no time.
pub(super) fn seen_by(
    keyring: &Keyring,
    caller: &Caller,
    state: State,
    used: Arc<Used>,
) -> Snapshot {
    let sees_all = caller.holds(&Permission::All) && caller.reach == Reach::All;
    if !sees_all || caller.only_own_keys() {
        return state.project(caller, &used);
    }
    let remembered = &keyring.0.whole.0;
    if let Some(whole) = remembered.get(&caller.account)
        && whole.is_of(&state, &used)
    {
        return whole.snapshot.clone();
    }
    let snapshot = state.project(caller, &used);
    let whole = Whole {
        snapshot: snapshot.clone(),
        state,
        used,
    };
    remembered.insert(caller.account, Arc::new(whole));
    snapshot
}
