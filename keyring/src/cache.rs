//! What was read for verdicts, kept in memory; and why none of it is believed once it is out of date.
//!
//! Every entry keeps the epoch in which its reading began. A change, once it is committed and before it
//! is answered, begins a new epoch and notes it for the key, or the account's workspaces, that it
//! changed. An entry is believed when its reading began in the epoch of the last change or later. So
//! what was read before a change is not believed after it, and cannot be put back: a reader that was
//! slow puts back an entry that carries its old epoch.
//!
//! Only for a database that no other process changes, which SQLite's lock sees to.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::mem::size_of;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use contract::resource::WorkspaceStatus;
use contract::verdict::NAMED_WORKSPACES;
use contract::{AccountId, ApiKeyId, WorkspaceId};
use foldhash::HashMap;
use foldhash::fast::RandomState;
use quick_cache::Weighter;
use quick_cache::sync::Cache as Shards;

use crate::caller::Reach;
use crate::error::Result;
use crate::pepper::Digest;
use crate::verdict::Facts;

/// What entries may weigh together, in bytes: tokens and workspaces, in this order.
const MOST_BYTES: [u64; 2] = [192 << 20, 32 << 20];
/// No entry weighs less, so there are at most 786,432 tokens.
const LIGHTEST: usize = 256;
/// About what an entry weighs, for the first estimate of how many there will be.
const USUAL: usize = 1_024;
/// About how long the shortest text is that is told of a token.
const SHORTEST_TOLD: usize = 320;
/// Over how many places changes are noted. Two that share one cost a reading, never a wrong verdict.
const PLACES: usize = 4_096;

/// The workspaces of an account, archived ones included.
pub(crate) type Statuses = HashMap<WorkspaceId, WorkspaceStatus>;

/// Something that a transaction changed, on which verdicts depend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Changed {
    Key(ApiKeyId),
    Workspaces(AccountId),
}

/// When a reading began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Epoch(u64);

struct Entry<T> {
    began: Epoch,
    value: Arc<T>,
}

impl<T> Clone for Entry<T> {
    fn clone(&self) -> Self {
        Self {
            began: self.began,
            value: self.value.clone(),
        }
    }
}

pub(crate) struct Cache {
    epoch: AtomicU64,
    /// The epoch of the last change, by place.
    changes: Box<[AtomicU64]>,
    places: RandomState,
    tokens: Shards<Digest, Entry<Facts>, Weight>,
    workspaces: Shards<AccountId, Entry<Statuses>, Weight>,
    issued: Issued,
}

impl Default for Cache {
    fn default() -> Self {
        let estimate = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX) / USUAL;
        let [tokens, workspaces] = MOST_BYTES;
        Self {
            epoch: AtomicU64::new(1),
            changes: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
            places: RandomState::default(),
            tokens: Shards::with_weighter(estimate(tokens), tokens, Weight),
            workspaces: Shards::with_weighter(estimate(workspaces), workspaces, Weight),
            issued: Issued::default(),
        }
    }
}

impl Cache {
    /// To be asked for before a reading begins.
    fn epoch(&self) -> Epoch {
        Epoch(self.epoch.load(Ordering::SeqCst))
    }

    /// After a commit and before its answer: nothing that was read of these before is believed any more.
    pub(crate) fn forget(&self, changed: &HashSet<Changed>) {
        if changed.is_empty() {
            return;
        }
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        for changed in changed {
            self.place(*changed).fetch_max(epoch, Ordering::SeqCst);
        }
    }

    /// What is known of a token, if it was read since its key was last changed.
    pub(crate) fn token(&self, digest: &Digest) -> Option<Arc<Facts>> {
        let entry = self.tokens.get(digest)?;
        self.believe(Changed::Key(entry.value.key), entry)
    }

    /// Reads what is known of a token and keeps it, if there is such a token.
    pub(crate) async fn read_token(
        &self,
        digest: Digest,
        reading: impl Future<Output = Result<Option<Facts>>>,
    ) -> Result<Option<Arc<Facts>>> {
        let began = self.epoch();
        let Some(facts) = reading.await? else {
            return Ok(None);
        };
        let value = Arc::new(facts);
        let entry = Entry {
            began,
            value: value.clone(),
        };
        self.tokens.insert(digest, entry);
        Ok(Some(value))
    }

    /// The workspaces of an account, if they were read since the last change to one of them.
    pub(crate) fn workspaces(&self, account: AccountId) -> Option<Arc<Statuses>> {
        let entry = self.workspaces.get(&account)?;
        self.believe(Changed::Workspaces(account), entry)
    }

    /// Reads the workspaces of an account and keeps them.
    pub(crate) async fn read_workspaces(
        &self,
        account: AccountId,
        reading: impl Future<Output = Result<Statuses>>,
    ) -> Result<Arc<Statuses>> {
        let began = self.epoch();
        let value = Arc::new(reading.await?);
        let entry = Entry {
            began,
            value: value.clone(),
        };
        self.workspaces.insert(account, entry);
        Ok(value)
    }

    pub(crate) fn issued(&self) -> &Issued {
        &self.issued
    }

    fn believe<T>(&self, of: Changed, entry: Entry<T>) -> Option<Arc<T>> {
        let changed = Epoch(self.place(of).load(Ordering::SeqCst));
        (entry.began >= changed).then_some(entry.value)
    }

    fn place(&self, changed: Changed) -> &AtomicU64 {
        let hash = self.places.hash_one(changed);
        &self.changes[usize::try_from(hash % PLACES as u64).unwrap_or_default()]
    }
}

/// Which digests were ever issued, by their first four bytes: a token whose digest is not among them is
/// unknown, whatever it is, and costs no query. One that was never issued and shares them with one that was
/// costs one: with a million tokens, that is one of four thousand.
#[derive(Default)]
pub(crate) struct Issued {
    prefixes: RwLock<foldhash::HashSet<u32>>,
    complete: AtomicBool,
}

impl Issued {
    /// Before the transaction that keeps the digest commits.
    pub(crate) fn add<'a>(&self, digests: impl IntoIterator<Item = &'a [u8]>) {
        let mut prefixes = self
            .prefixes
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        prefixes.extend(digests.into_iter().filter_map(prefix));
    }

    /// All that were there when the server began are in.
    pub(crate) fn complete(&self) {
        self.complete.store(true, Ordering::SeqCst);
    }

    pub(crate) fn may_have(&self, digest: &Digest) -> bool {
        if !self.complete.load(Ordering::SeqCst) {
            return true;
        }
        let prefixes = self.prefixes.read().unwrap_or_else(PoisonError::into_inner);
        prefix(&digest.0).is_none_or(|prefix| prefixes.contains(&prefix))
    }
}

fn prefix(digest: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(*digest.first_chunk()?))
}

/// About how many bytes an entry takes, what its collections reserve included.
#[derive(Clone)]
struct Weight;

/// A B-tree reserves its nodes whole: eleven places for up to eleven entries.
fn tree<T>(entries: usize) -> usize {
    entries.div_ceil(11).max(1) * 11 * size_of::<T>()
}

impl Weighter<Digest, Entry<Facts>> for Weight {
    fn weight(&self, _: &Digest, entry: &Entry<Facts>) -> u64 {
        let facts = &*entry.value;
        let texts = facts.name.len() + facts.external_id.as_ref().map_or(0, String::len);
        let labels: usize = facts.labels.iter().map(|(k, v)| k.len() + v.len()).sum();
        let (named, reach) = match &facts.reach {
            Reach::All => (0, 0),
            Reach::Only(some) => (
                some.len().min(NAMED_WORKSPACES),
                tree::<WorkspaceId>(some.len()),
            ),
        };
        let pairs = facts.labels.iter().count();
        let held = facts.permissions.iter().len();
        let known = size_of::<(Digest, Entry<Facts>, Facts)>()
            + texts
            + labels
            + pairs * (size_of::<(String, String)>() + 16)
            + reach
            + held * (size_of::<contract::Permission>() + 16);
        // Whoever asks about it has the same written.
        let told = SHORTEST_TOLD + texts + labels + pairs * 6 + held * 24 + named * 39;
        let bytes = known + told;
        bytes.max(LIGHTEST) as u64
    }
}

impl Weighter<AccountId, Entry<Statuses>> for Weight {
    fn weight(&self, _: &AccountId, entry: &Entry<Statuses>) -> u64 {
        let each = size_of::<(WorkspaceId, WorkspaceStatus)>() * 2;
        (LIGHTEST + entry.value.capacity() * each) as u64
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ACCOUNT: AccountId = AccountId::from_uuid(Uuid::from_u128(7));

    async fn read(cache: &Cache, account: AccountId, statuses: Statuses) {
        let read = cache.read_workspaces(account, async { Ok(statuses) });
        read.await.unwrap();
    }

    fn change(cache: &Cache, changed: Changed) {
        cache.forget(&HashSet::from([changed]));
    }

    #[tokio::test]
    async fn what_was_read_before_a_change_cannot_be_put_back_after_it() {
        let cache = Cache::default();
        let reading = async {
            let read = Statuses::default();
            change(&cache, Changed::Workspaces(ACCOUNT));
            Ok(read)
        };
        cache.read_workspaces(ACCOUNT, reading).await.unwrap();
        assert!(cache.workspaces(ACCOUNT).is_none());
        read(&cache, ACCOUNT, Statuses::default()).await;
        assert!(cache.workspaces(ACCOUNT).is_some());
    }

    #[tokio::test]
    async fn a_change_of_something_else_costs_nothing() {
        let cache = Cache::default();
        read(&cache, ACCOUNT, Statuses::default()).await;
        let elsewhere = |n: u128| Changed::Workspaces(AccountId::from_uuid(Uuid::from_u128(n)));
        let place = |changed| std::ptr::from_ref(cache.place(changed));
        let ours = place(Changed::Workspaces(ACCOUNT));
        let others = (100..1_000)
            .map(elsewhere)
            .filter(|other| place(*other) != ours);
        others.for_each(|other| change(&cache, other));
        assert!(cache.workspaces(ACCOUNT).is_some());
        change(&cache, Changed::Workspaces(ACCOUNT));
        assert!(cache.workspaces(ACCOUNT).is_none());
    }

    #[tokio::test]
    async fn it_holds_no_more_than_it_may() {
        let cache = Cache::default();
        let many: Statuses = (0..10_000)
            .map(|n| {
                let id = WorkspaceId::from_uuid(Uuid::from_u128(n));
                (id, WorkspaceStatus::Enabled)
            })
            .collect();
        for n in 0..200 {
            let account = AccountId::from_uuid(Uuid::from_u128(n));
            read(&cache, account, many.clone()).await;
        }
        assert!(cache.workspaces.weight() <= MOST_BYTES[1]);
        assert!(cache.workspaces.len() > 10);
    }

    #[test]
    fn only_what_was_never_issued_is_unknown_without_a_query() {
        let issued = Issued::default();
        let (ours, other) = (Digest([1; 32]), Digest([2; 32]));
        assert!(issued.may_have(&other), "it is not complete yet");
        issued.add([&ours.0[..]]);
        issued.complete();
        assert!(issued.may_have(&ours));
        assert!(!issued.may_have(&other));
    }
}
