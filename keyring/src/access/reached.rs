//! How many keys were granted each workspace, from the grants that are in memory anyway: counting them in the
//! database takes longer the more keys there are.

use std::collections::{HashMap, HashSet};

use contract::AccountId;
use contract::access::MOST_KEYS;
use uuid::Uuid;

use super::{grants, rows};
use crate::error::Result;
use crate::store::keys::Visible;
use crate::{Keyring, store};

/// For each of these workspaces, how many keys reach it through a grant of their own, leaving out those that
/// reach everything anyway. One that no key was granted may be missing.
pub(crate) async fn granted_per_workspace(
    keyring: &Keyring,
    account: AccountId,
    workspaces: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    let db = keyring.reader();
    let last = store::audit::place(db, account).await?;
    // There are more than are kept in memory.
    if store::keys::count(db, Visible::everybodys(account)).await? > MOST_KEYS {
        return store::keys::granted_per_workspace(db, account, workspaces).await;
    }
    let rows = rows::of_account(keyring, account, last).await?;
    let grants = grants::read(keyring, account, rows.ids(), last).await?;
    let known = grants.cells.workspaces();
    let mut counts = vec![0; known.len()];
    for key in rows.keys.iter().filter(|key| !key.all_workspaces) {
        for bit in grants.cells.bits_of(key.id) {
            counts[bit] += 1;
        }
    }
    let asked: HashSet<&Uuid> = workspaces.iter().collect();
    let counted = known.iter().copied().zip(counts);
    Ok(counted.filter(|(id, _)| asked.contains(id)).collect())
}
