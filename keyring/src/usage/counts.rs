//! Calls as they are counted in memory, between one writing and the next.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contract::verdict::Denial;
use contract::{AccountId, ApiKeyId, Timestamp, WorkspaceId};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::entity::{token_use, usage_bucket, usage_denial, usage_source};
use crate::store::usage::Rows;
use crate::verdict::Facts;

pub(super) const HOUR: i64 = 3_600_000;
/// Calls are counted in so many parts, so that few wait for each other.
const PARTS: usize = 16;
/// The most sources of a key that are told apart in an hour; the others are counted together.
const MOST_SOURCES: usize = 100;
/// The most rows that wait to be written; calls that would need more are not counted.
const MOST_ROWS: usize = 1_000_000 / PARTS;

/// One verdict on a token.
pub(crate) struct Call<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) workspace: Option<WorkspaceId>,
    pub(crate) denied: Option<Denial>,
    pub(crate) at: Timestamp,
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<&'a str>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct BucketId {
    key: ApiKeyId,
    hour: i64,
    token: Uuid,
    workspace: Uuid,
}

/// Of one key, token and workspace.
struct Bucket {
    account: AccountId,
    calls: i64,
    denials: i64,
    last_at: Option<Timestamp>,
}

struct LastUse {
    account: AccountId,
    key: ApiKeyId,
    at: Timestamp,
    workspace: Uuid,
    address: Option<IpAddr>,
    user_agent: Option<Box<str>>,
}

struct Source {
    account: AccountId,
    address: Option<IpAddr>,
    user_agent: Box<str>,
    calls: i64,
    last_at: Timestamp,
}

#[derive(Default)]
struct Part {
    buckets: HashMap<BucketId, Bucket>,
    uses: HashMap<Uuid, LastUse>,
    /// By the hash of a source, so that looking needs no copy of its texts.
    sources: HashMap<(ApiKeyId, i64, u64), Source>,
    denials: HashMap<(ApiKeyId, i64, Denial), (AccountId, i64)>,
    /// The sources that were told apart, in the present hour; outlives a writing.
    told_apart: HashMap<ApiKeyId, (i64, Vec<u64>)>,
}

/// What was counted and is not written yet.
pub(crate) struct Counts {
    parts: [Mutex<Part>; PARTS],
    hashes: RandomState,
    /// Rows that a failed writing left; they go first the next time.
    left: Mutex<Rows>,
    /// One writing at a time.
    pub(super) writing: tokio::sync::Mutex<()>,
    waiting: AtomicUsize,
    heard: Mutex<HashMap<Uuid, Arc<Notify>>>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            parts: Default::default(),
            hashes: RandomState::new(),
            left: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
            waiting: AtomicUsize::new(0),
            heard: Mutex::default(),
        }
    }
}

impl Counts {
    /// Counts one verdict.
    pub(crate) fn count(&self, call: &Call<'_>) {
        let facts = call.facts;
        let hour = call.at.unix_millis() - call.at.unix_millis().rem_euclid(HOUR);
        let workspace = call.workspace.map_or(Uuid::nil(), WorkspaceId::uuid);
        let source = (call.address, call.user_agent.unwrap_or_default());
        let known = source.0.is_some() || !source.1.is_empty();
        let hash = if known {
            self.hashes.hash_one(source)
        } else {
            0
        };
        let mut part = self.part(facts.key);
        if part.len() >= MOST_ROWS {
            return;
        }
        part.bucket(call, hour, workspace);
        if let Some(denial) = call.denied {
            let of_key = part.denials.entry((facts.key, hour, denial));
            of_key.or_insert((facts.account, 0)).1 += 1;
        } else {
            part.last_use(call, workspace);
        }
        if known {
            part.source(call, hour, hash);
        }
        drop(part);
        if call.denied.is_none() && self.waiting.load(Ordering::SeqCst) > 0 {
            let heard = lock(&self.heard);
            if let Some(notify) = heard.get(&facts.token) {
                notify.notify_waiters();
            }
        }
    }

    /// When a token was last used, as far as that is not written yet.
    pub(super) fn last_use_of(&self, key: ApiKeyId, token: Uuid) -> Option<Timestamp> {
        Some(self.part(key).uses.get(&token)?.at)
    }

    /// Takes all that is to be written.
    pub(super) fn take(&self) -> Rows {
        let mut rows = std::mem::take(&mut *lock(&self.left));
        for part in &self.parts {
            lock(part).take_into(&mut rows);
        }
        rows
    }

    /// Gives back what could not be written.
    pub(super) fn give_back(&self, rows: Rows) {
        *lock(&self.left) = rows;
    }

    /// Told of each call with this token from now on.
    pub(super) fn listen(&self, token: Uuid) -> Listener<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let notify = lock(&self.heard).entry(token).or_default().clone();
        Listener {
            counts: self,
            token,
            notify,
        }
    }

    fn part(&self, key: ApiKeyId) -> MutexGuard<'_, Part> {
        let hash = self.hashes.hash_one(key);
        lock(&self.parts[usize::try_from(hash % PARTS as u64).unwrap_or_default()])
    }
}

pub(super) struct Listener<'a> {
    counts: &'a Counts,
    token: Uuid,
    pub(super) notify: Arc<Notify>,
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        let mut heard = lock(&self.counts.heard);
        // Two are ours: this one, and the map's.
        if let Entry::Occupied(entry) = heard.entry(self.token)
            && Arc::strong_count(entry.get()) <= 2
        {
            entry.remove();
        }
        self.counts.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Part {
    fn len(&self) -> usize {
        self.buckets.len() + self.uses.len() + self.sources.len() + self.denials.len()
    }

    fn bucket(&mut self, call: &Call<'_>, hour: i64, workspace: Uuid) {
        let id = BucketId {
            key: call.facts.key,
            hour,
            token: call.facts.token,
            workspace,
        };
        let bucket = self.buckets.entry(id).or_insert(Bucket {
            account: call.facts.account,
            calls: 0,
            denials: 0,
            last_at: None,
        });
        bucket.calls += 1;
        if call.denied.is_some() {
            bucket.denials += 1;
        } else {
            bucket.last_at = bucket.last_at.max(Some(call.at));
        }
    }

    fn last_use(&mut self, call: &Call<'_>, workspace: Uuid) {
        let last = self
            .uses
            .entry(call.facts.token)
            .or_insert_with(|| LastUse {
                account: call.facts.account,
                key: call.facts.key,
                at: call.at,
                workspace,
                address: None,
                user_agent: None,
            });
        if last.at > call.at {
            return;
        }
        last.at = call.at;
        last.workspace = workspace;
        last.address = call.address;
        if last.user_agent.as_deref() != call.user_agent {
            last.user_agent = call.user_agent.map(Into::into);
        }
    }

    fn source(&mut self, call: &Call<'_>, hour: i64, hash: u64) {
        let key = call.facts.key;
        let (of_hour, told_apart) = self.told_apart.entry(key).or_default();
        if *of_hour != hour {
            (*of_hour, *told_apart) = (hour, Vec::new());
        }
        let apart = told_apart.contains(&hash) || {
            let room = told_apart.len() < MOST_SOURCES;
            if room {
                told_apart.push(hash);
            }
            room
        };
        let hash = if apart { hash } else { 0 };
        let source = self.sources.entry((key, hour, hash));
        let source = source.or_insert_with(|| Source {
            account: call.facts.account,
            address: call.address.filter(|_| apart),
            user_agent: call.user_agent.filter(|_| apart).unwrap_or_default().into(),
            calls: 0,
            last_at: call.at,
        });
        source.calls += 1;
        source.last_at = source.last_at.max(call.at);
    }

    fn take_into(&mut self, rows: &mut Rows) {
        let buckets = self.buckets.drain();
        rows.buckets
            .extend(buckets.map(|(id, bucket)| usage_bucket::Model {
                account_id: bucket.account.uuid(),
                api_key_id: id.key.uuid(),
                hour: id.hour,
                token_id: id.token,
                workspace_id: id.workspace,
                calls: bucket.calls,
                denials: bucket.denials,
                last_at: bucket.last_at.map(Timestamp::unix_millis),
            }));
        let uses = self.uses.drain();
        rows.uses.extend(uses.map(|(token, last)| token_use::Model {
            token_id: token,
            account_id: last.account.uuid(),
            api_key_id: last.key.uuid(),
            used_at: last.at.unix_millis(),
            workspace_id: last.workspace,
            address: last.address.map(|address| address.to_string()),
            user_agent: last.user_agent.map(String::from),
        }));
        let sources = self.sources.drain();
        rows.sources.extend(sources.map(|((key, hour, _), source)| {
            let address = source.address.map(|address| address.to_string());
            usage_source::Model {
                account_id: source.account.uuid(),
                api_key_id: key.uuid(),
                hour,
                address: address.unwrap_or_default(),
                user_agent: source.user_agent.into(),
                calls: source.calls,
                last_at: source.last_at.unix_millis(),
            }
        }));
        let newest = rows.buckets.iter().map(|row| row.hour).max();
        self.told_apart.retain(|_, (hour, _)| Some(*hour) >= newest);
        let denials = self.denials.drain();
        rows.denials
            .extend(denials.map(
                |((key, hour, code), (account, calls))| usage_denial::Model {
                    account_id: account.uuid(),
                    api_key_id: key.uuid(),
                    hour,
                    code: code.as_str().to_owned(),
                    calls,
                },
            ));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
