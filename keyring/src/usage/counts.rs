//! Calls as they are counted in memory, between one writing and the next.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contract::{ApiKeyId, Timestamp, WorkspaceId};
use tokio::sync::Notify;
use uuid::Uuid;

use super::part::{Call, Part};
use super::turn::Turn;
use crate::store::usage::Rows;

pub(super) const HOUR: i64 = 3_600_000;
pub(super) const DAY: i64 = 24 * HOUR;
/// Calls are counted in so many parts, by the key, so that few wait for each other.
const PARTS: usize = 16;
/// The most rows that wait in a part to be written; while there are so many, its calls are not counted. When
/// they are written, all are in memory twice for a moment.
const MOST_ROWS: usize = 1_000_000 / PARTS;
/// The most uses that are kept when they could not be written.
const MOST_LEFT: usize = 1_000_000;

/// What was counted and is not written yet.
pub(crate) struct Counts {
    parts: [Mutex<Part>; PARTS],
    /// For sources, which strangers choose.
    hashes: RandomState,
    /// Rows that a failed writing left; they go first the next time.
    left: Mutex<Rows>,
    /// One writing at a time, which leaves whose turn it is next to be added.
    pub(super) writing: Arc<tokio::sync::Mutex<Turn>>,
    waiting: AtomicUsize,
    heard: Mutex<HashMap<Uuid, Arc<Notify>>>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            parts: Default::default(),
            hashes: RandomState::new(),
            left: Mutex::default(),
            writing: Arc::default(),
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
        part.used(call, hour, workspace);
        if let Some(denial) = call.denied {
            part.denial(call, hour, denial);
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
    pub(crate) fn last_use_of(&self, key: ApiKeyId, token: Uuid) -> Option<Timestamp> {
        self.part(key).last_use_of(token)
    }

    /// How many rows are to be written.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> usize {
        let counted: usize = self.parts.iter().map(|part| lock(part).len()).sum();
        lock(&self.left).len() + counted
    }

    /// Takes all that is to be written; what was left goes first.
    pub(super) fn take(&self) -> Rows {
        let mut rows = std::mem::take(&mut *lock(&self.left));
        for part in &self.parts {
            let counted = lock(part).take();
            counted.add_to(&mut rows);
        }
        rows
    }

    /// Gives back what could not be written. Where it is too much, it is forgotten from where calls came and
    /// why they were denied, and if that is not enough, what the newest keys were used for.
    pub(super) fn give_back(&self, mut rows: Rows) {
        if rows.len() > MOST_LEFT {
            rows.sources = Vec::new();
            rows.denials = Vec::new();
            rows.uses.truncate(MOST_LEFT);
        }
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
        // The last bits of an id are random.
        let [.., last] = key.uuid().into_bytes();
        lock(&self.parts[usize::from(last) % PARTS])
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
