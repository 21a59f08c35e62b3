//! Writing what was counted, and what becomes of it as it grows old.

use std::cmp::Ordering;
use std::time::Duration;

use contract::{ApiKeyId, Timestamp};
use serde_json::json;
use tokio::sync::OwnedMutexGuard;

use super::counts::DAY;
use super::pending;
use super::turn::Turn;
use crate::entity::{usage_denial, usage_source};
use crate::error::{Error, Result};
use crate::store::usage::{Rows, Use};
use crate::{Keyring, store};

/// How late what was counted may be written: how often [`flush`] is to be called.
pub const LATEST: Duration = Duration::from_secs(4);

/// How many whole days keep their hours; those before are rolled up.
const DAYS_BY_HOUR: i64 = 3;
const DAYS_OF_BUCKETS: i64 = 400;
const DAYS_OF_SOURCES: i64 = 2;
const DAYS_OF_DENIALS: i64 = 30;
/// Until when days are rolled up.
const SETTING: &str = "usage_rolled_up_until";
/// How many counted rows are added at once, and the hours of how many keys are rolled up: others wait for the
/// transaction to end. A use becomes two rows.
const ROWS_AT_ONCE: usize = 2_000;
const KEYS_AT_ONCE: u64 = 200;

/// Writes what was counted. What cannot be written is kept for the next time.
pub async fn flush(keyring: &Keyring) -> Result<()> {
    let mut turn = written(keyring).await?;
    pending::add_in_turn(keyring, &mut turn).await
}

/// Like [`flush`]; until the guard is gone, whatever was counted is either in the database or in memory.
pub(crate) async fn written(keyring: &Keyring) -> Result<OwnedMutexGuard<Turn>> {
    let keyring = keyring.clone();
    // In a task of its own: whoever asked may be gone while the counts are in its hands.
    let writing = tokio::spawn(async move {
        let alone = keyring.0.counts.writing.clone().lock_owned().await;
        write(&keyring).await.map(|()| alone)
    });
    writing.await.map_err(Error::internal)?
}

async fn write(keyring: &Keyring) -> Result<()> {
    let taken = keyring.clone();
    // There may be so much of it that verdicts would wait.
    let taking = tokio::task::spawn_blocking(move || {
        let mut rows = taken.0.counts.take();
        rows.arrange();
        rows
    });
    let rows = taking.await.map_err(Error::internal)?;
    if rows.len() > ROWS_AT_ONCE {
        return pending::put_off(keyring, rows).await;
    }
    let written = keyring.transaction(|txn| {
        let rows = &rows;
        async move { store::usage::add(&*txn, rows).await }
    });
    let outcome = written.await;
    if outcome.is_err() {
        keyring.0.counts.give_back(rows);
    }
    outcome
}

/// Like [`written`], for what decides by the last use of a key: nothing that was told of it waits to be added.
pub(crate) async fn settled(keyring: &Keyring, key: ApiKeyId) -> Result<OwnedMutexGuard<Turn>> {
    let written = written(keyring).await?;
    pending::add_those_of(keyring, key).await?;
    Ok(written)
}

/// The same for all keys.
pub(crate) async fn all_settled(keyring: &Keyring) -> Result<OwnedMutexGuard<Turn>> {
    let written = written(keyring).await?;
    pending::add_all(keyring).await?;
    Ok(written)
}

/// Rolls up the hours of days that are over for a while, and removes what is too old.
pub async fn tidy(keyring: &Keyring) -> Result<()> {
    let now = keyring.clock().now().unix_millis();
    let today = now - now.rem_euclid(DAY);
    let end = today - DAYS_BY_HOUR * DAY;
    let db = keyring.reader();
    let rolled = store::settings::get(db, SETTING).await?;
    let rolled = rolled.and_then(|value| value.as_i64());
    if rolled.is_some_and(|until| until >= end) {
        return Ok(());
    }
    let first = match rolled {
        Some(until) => Some(until),
        None => store::usage::oldest(db).await?,
    };
    let mut day = first.map_or(end, |first| first - first.rem_euclid(DAY));
    while day < end {
        roll_up(keyring, day).await?;
        day += DAY;
    }
    let at = Timestamp::from_unix_millis(now);
    keyring
        .transaction(|txn| async move {
            let [buckets, sources, denials] =
                [DAYS_OF_BUCKETS, DAYS_OF_SOURCES, DAYS_OF_DENIALS].map(|days| today - days * DAY);
            store::usage::remove(&*txn, buckets, sources, denials).await?;
            store::settings::put(&*txn, SETTING, json!(end), at).await
        })
        .await
}

/// Makes one bucket of each of a day's, some keys at a time.
async fn roll_up(keyring: &Keyring, day: i64) -> Result<()> {
    let end = day + DAY;
    loop {
        let db = keyring.reader();
        let keys = store::usage::keys_between(db, day, end, KEYS_AT_ONCE).await?;
        if keys.is_empty() {
            return Ok(());
        }
        keyring
            .transaction(|txn| {
                let keys = &keys;
                async move { store::usage::roll_up(&*txn, keys, day, end).await }
            })
            .await?;
    }
}

impl Rows {
    /// One row for each place, in the order of the keys and the places: a statement may touch each only once,
    /// several nodes never wait for each other, and what lies beside each other is written together.
    pub(super) fn arrange(&mut self) {
        fn arrange<T>(
            rows: &mut Vec<T>,
            order: impl Fn(&T, &T) -> Ordering,
            add: impl Fn(&mut T, &mut T),
        ) {
            rows.sort_by(&order);
            rows.dedup_by(|next, kept| {
                let same = order(next, kept).is_eq();
                if same {
                    add(kept, next);
                }
                same
            });
        }
        fn used(row: &Use) -> impl Ord {
            (row.api_key_id, row.token_id, row.hour, row.workspace_id)
        }
        fn source(row: &usage_source::Model) -> impl Ord {
            let texts = (row.address.as_str(), row.user_agent.as_str());
            (row.api_key_id, row.hour, row.token_id, texts)
        }
        fn denial(row: &usage_denial::Model) -> impl Ord {
            (row.api_key_id, row.hour, row.code.as_str())
        }
        arrange(
            &mut self.uses,
            |one, other| used(one).cmp(&used(other)),
            |kept, next| {
                kept.calls += next.calls;
                kept.denials += next.denials;
                if next.last_at >= kept.last_at {
                    kept.last_at = next.last_at;
                    std::mem::swap(&mut kept.address, &mut next.address);
                    std::mem::swap(&mut kept.user_agent, &mut next.user_agent);
                }
            },
        );
        arrange(
            &mut self.sources,
            |one, other| source(one).cmp(&source(other)),
            |kept, next| {
                kept.calls += next.calls;
                kept.last_at = kept.last_at.max(next.last_at);
            },
        );
        arrange(
            &mut self.denials,
            |one, other| denial(one).cmp(&denial(other)),
            |kept, next| kept.calls += next.calls,
        );
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.uses.append(&mut other.uses);
        self.sources.append(&mut other.sources);
        self.denials.append(&mut other.denials);
    }
}
