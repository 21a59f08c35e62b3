//! Which workspaces each key of an account was granted, kept in memory between one reading of the whole
//! matrix and the next: of a million and more grants, only those of the keys that the audit log names
//! since are read again.

use std::collections::HashMap;
use std::mem::size_of;
use std::sync::Arc;

use contract::{AccountId, ApiKeyId};
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use uuid::Uuid;

use crate::entity::api_key;
use crate::error::Result;
use crate::{Keyring, store};

/// What all accounts may take together, in bytes.
const MOST_BYTES: u64 = 128 << 20;
/// About what the grants of an account with a thousand keys take.
const USUAL: u64 = 128 << 10;
/// When more keys were changed than these, everything is read again.
const MOST_CHANGED: usize = 2_000;
/// How many keys one statement asks for.
pub(super) const AT_ONCE: usize = 500;

/// The grants of accounts, as they were last read.
pub(crate) struct Remembered(Cache<AccountId, Arc<Grants>, Weight>);

impl Default for Remembered {
    fn default() -> Self {
        let accounts = usize::try_from(MOST_BYTES / USUAL).unwrap_or(usize::MAX);
        // In one part: the largest account may take all of it.
        let options = OptionsBuilder::new()
            .shards(1)
            .estimated_items_capacity(accounts)
            .weight_capacity(MOST_BYTES)
            .build()
            .expect("both capacities are given");
        let hasher = DefaultHashBuilder::default();
        Self(Cache::with_options(
            options,
            Weight,
            hasher,
            DefaultLifecycle::default(),
        ))
    }
}

/// The grants of an account's keys, those on archived workspaces included.
#[derive(Clone, Debug, Default)]
pub(super) struct Grants {
    /// Everything that happened until then is in it.
    last: Option<Uuid>,
    /// The number of the bit that stands for a workspace.
    bits: HashMap<Uuid, usize>,
    workspaces: Vec<Uuid>,
    rows: HashMap<Uuid, Vec<u64>>,
}

impl Grants {
    /// The workspaces that a key was granted, in no order.
    pub(super) fn of(&self, key: Uuid) -> impl Iterator<Item = Uuid> {
        self.bits_of(key).map(|bit| self.workspaces[bit])
    }

    /// The same as numbers below [`Grants::known`].
    pub(super) fn bits_of(&self, key: Uuid) -> impl Iterator<Item = usize> {
        let words = self.rows.get(&key).map(Vec::as_slice).unwrap_or_default();
        words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros() as usize;
                    left &= left - 1;
                    at * 64 + bit
                })
            })
        })
    }

    /// The workspaces that any key was granted, by their numbers.
    pub(super) fn known(&self) -> &[Uuid] {
        &self.workspaces
    }

    pub(super) fn set(&mut self, key: Uuid, workspace: Uuid, on: bool) {
        let bit = self.bit(workspace);
        set_bit(self.rows.entry(key).or_default(), bit, on);
    }

    /// Puts what a key was granted in the place of what was known of it.
    fn replace(&mut self, key: Uuid, granted: impl IntoIterator<Item = Uuid>) {
        let mut row = Vec::with_capacity(self.workspaces.len().div_ceil(64));
        for workspace in granted {
            set_bit(&mut row, self.bit(workspace), true);
        }
        self.rows.insert(key, row);
    }

    /// The number of a workspace, a new one if need be.
    fn bit(&mut self, workspace: Uuid) -> usize {
        *self.bits.entry(workspace).or_insert_with(|| {
            self.workspaces.push(workspace);
            self.workspaces.len() - 1
        })
    }

    fn bytes(&self) -> usize {
        let rows = self.rows.capacity() * size_of::<(Uuid, Vec<u64>)>();
        let words: usize = self.rows.values().map(|row| row.capacity() * 8).sum();
        rows + words + self.workspaces.len() * 3 * size_of::<Uuid>()
    }
}

fn set_bit(row: &mut Vec<u64>, bit: usize, on: bool) {
    if row.len() <= bit / 64 {
        row.resize(bit / 64 + 1, 0);
    }
    let mask = 1 << (bit % 64);
    if on {
        row[bit / 64] |= mask;
    } else {
        row[bit / 64] &= !mask;
    }
}

/// The grants of these keys, oldest key first, as they are after `last`, which was read before. Keys that
/// are not among them may be missing.
pub(super) async fn read(
    keyring: &Keyring,
    account: AccountId,
    keys: &[api_key::Model],
    last: Option<Uuid>,
) -> Result<Arc<Grants>> {
    let remembered = &keyring.0.grants.0;
    let grants = match remembered.get(&account) {
        Some(known) => match renewed(keyring, account, keys, known, last).await? {
            Some(grants) => grants,
            None => anew(keyring, account, keys, last).await?,
        },
        None => anew(keyring, account, keys, last).await?,
    };
    remembered.insert(account, grants.clone());
    Ok(grants)
}

/// What is known, with the keys that were changed since read again; `None` if those are too many.
async fn renewed(
    keyring: &Keyring,
    account: AccountId,
    keys: &[api_key::Model],
    known: Arc<Grants>,
    last: Option<Uuid>,
) -> Result<Option<Arc<Grants>>> {
    let db = keyring.reader();
    let most = MOST_CHANGED + 1;
    let since = keyring.0.database.overlapping(known.last);
    let changed = store::audit::granted_since(db, account, since, most as u64).await?;
    // A member's keys are some of the account's: those that were not asked for before are not known.
    let unknown = keys.iter().filter(|key| !known.rows.contains_key(&key.id));
    let named = changed.iter().filter_map(|id| id.parse::<ApiKeyId>().ok());
    let again: Vec<Uuid> = named
        .map(ApiKeyId::uuid)
        .chain(unknown.map(|key| key.id))
        .collect();
    if again.len() > MOST_CHANGED {
        return Ok(None);
    }
    if again.is_empty() && known.last == last {
        return Ok(Some(known));
    }
    let mut grants = Grants::clone(&known);
    grants.last = last;
    for keys in again.chunks(AT_ONCE) {
        for key in keys {
            grants.rows.insert(*key, Vec::new());
        }
        for (key, workspace) in store::grants::pairs(db, keys, None).await? {
            grants.set(key, workspace, true);
        }
    }
    Ok(Some(Arc::new(grants)))
}

/// Two halves at once: the database takes most of the time.
async fn anew(
    keyring: &Keyring,
    account: AccountId,
    keys: &[api_key::Model],
    last: Option<Uuid>,
) -> Result<Arc<Grants>> {
    let mut grants = Grants {
        last,
        ..Grants::default()
    };
    let Some(first) = keys.first() else {
        return Ok(Arc::new(grants));
    };
    let (db, middle) = (keyring.reader(), keys[keys.len() / 2].id);
    let (older, newer) = tokio::try_join!(
        store::grants::by_key(db, account, first.id, Some(middle)),
        store::grants::by_key(db, account, middle, None),
    )?;
    grants.rows = keys.iter().map(|key| (key.id, Vec::new())).collect();
    for (key, granted) in older.into_iter().chain(newer) {
        grants.replace(key, granted);
    }
    Ok(Arc::new(grants))
}

#[derive(Clone)]
struct Weight;

impl Weighter<AccountId, Arc<Grants>> for Weight {
    fn weight(&self, _: &AccountId, grants: &Arc<Grants>) -> u64 {
        grants.bytes().max(1_024) as u64
    }
}
