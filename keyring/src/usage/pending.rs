//! Counts that wait in the database. Where more keys are used than one transaction can take, most of the
//! rows of one writing are those of the next as well. So they are written as they are, which is cheap, and
//! added to the others about once a minute, together: those of keys that lie beside each other at a time, for
//! so do their rows.

use std::iter;
use std::ops::Range;
use std::sync::Arc;

use contract::ApiKeyId;
use serde::Serialize;
use uuid::Uuid;

use super::format::{decode, encode};
use super::turn::Turn;
use crate::entity::{usage_denial, usage_pending, usage_source};
use crate::error::{Error, Result};
use crate::store::usage::pending::{self, Waiting};
use crate::store::usage::{Rows, Use};
use crate::{Keyring, store};

/// How many rows are kept together, but that what else there is of a key stays with its first use.
const TOGETHER: usize = 200;
/// How many of these one transaction keeps, and how many one adds at most: others wait for it to end.
const KEPT_AT_ONCE: usize = 32;
const ADDED_AT_ONCE: usize = 16;

/// Keeps what was counted, to be added later. `rows` are arranged, and each has a use of its key. What cannot be
/// kept is counted again.
pub(super) async fn put_off(keyring: &Keyring, rows: Rows) -> Result<()> {
    let pieces = pieces(&rows);
    let rows = Arc::new(rows);
    for some in pieces.chunks(KEPT_AT_ONCE) {
        if let Err(error) = keep(keyring, &rows, some.to_vec()).await {
            let rest = from(Arc::unwrap_or_clone(rows), some[0].start);
            keyring.0.counts.give_back(rest);
            return Err(error);
        }
    }
    Ok(())
}

async fn keep(keyring: &Keyring, rows: &Arc<Rows>, pieces: Vec<Range<usize>>) -> Result<()> {
    let (rows, ids) = (rows.clone(), keyring.clone());
    let encoding = tokio::task::spawn_blocking(move || {
        let now = ids.clock().now();
        let pieces = pieces.into_iter();
        let kept = pieces.map(|uses| Piece::of(&rows, uses).kept(ids.new_id(now)));
        kept.collect::<Result<Vec<_>>>()
    });
    let kept = encoding.await.map_err(Error::internal)??;
    keyring
        .transaction(|txn| {
            let kept = kept.clone();
            async move { pending::put_off(&*txn, kept).await }
        })
        .await
}

/// Which uses are kept together.
fn pieces(rows: &Rows) -> Vec<Range<usize>> {
    let mut sources = rows.sources.iter().peekable();
    let mut denials = rows.denials.iter().peekable();
    let (mut pieces, mut start, mut many) = (Vec::new(), 0, 0);
    for (at, used) in rows.uses.iter().enumerate() {
        let key = used.api_key_id;
        many += 1
            + iter::from_fn(|| sources.next_if(|row| row.api_key_id <= key)).count()
            + iter::from_fn(|| denials.next_if(|row| row.api_key_id <= key)).count();
        if many >= TOGETHER {
            pieces.push(start..at + 1);
            (start, many) = (at + 1, 0);
        }
    }
    if many > 0 {
        pieces.push(start..rows.uses.len());
    }
    pieces
}

/// The uses from one on, and what was not kept with those before.
fn from(mut rows: Rows, first: usize) -> Rows {
    let before = key_before(&rows, first);
    rows.uses.drain(..first);
    rows.sources.retain(|row| Some(row.api_key_id) > before);
    rows.denials.retain(|row| Some(row.api_key_id) > before);
    rows
}

fn key_before(rows: &Rows, use_at: usize) -> Option<Uuid> {
    let before = use_at.checked_sub(1)?;
    Some(rows.uses[before].api_key_id)
}

/// Some of [`Rows`], written as they are.
#[derive(Serialize)]
struct Piece<'a> {
    uses: &'a [Use],
    sources: &'a [usage_source::Model],
    denials: &'a [usage_denial::Model],
}

impl<'a> Piece<'a> {
    /// These uses, and what else there is of their keys: where a key has more uses than these, it is with the
    /// first of them.
    fn of(rows: &'a Rows, uses: Range<usize>) -> Self {
        let before = key_before(rows, uses.start);
        let uses = &rows.uses[uses];
        let last = uses.last().map(|last| last.api_key_id);
        Self {
            uses,
            sources: between(&rows.sources, |row| row.api_key_id, before, last),
            denials: between(&rows.denials, |row| row.api_key_id, before, last),
        }
    }

    fn kept(&self, id: Uuid) -> Result<usage_pending::Model> {
        let (Some(first), Some(last)) = (self.uses.first(), self.uses.last()) else {
            return Err(Error::internal("there is nothing to keep"));
        };
        Ok(usage_pending::Model {
            id,
            first_key: first.api_key_id,
            last_key: last.api_key_id,
            counts: encode(self)?,
        })
    }
}

/// The rows of the keys after one and up to another.
fn between<T>(
    rows: &[T],
    key: impl Fn(&T) -> Uuid,
    after: Option<Uuid>,
    up_to: Option<Uuid>,
) -> &[T] {
    let first = rows.partition_point(|row| Some(key(row)) <= after);
    let end = rows.partition_point(|row| Some(key(row)) <= up_to);
    &rows[first..end]
}

/// Adds what has its turn, and says what went wrong with the first that could not be added. It waits on with
/// those that were to be added together with it, and holds up no others.
pub(super) async fn add_in_turn(keyring: &Keyring, turn: &mut Turn) -> Result<()> {
    let waiting = pending::count(keyring.reader()).await?;
    let share = turn.share(waiting);
    add_next(keyring, turn, share).await
}

/// Adds all that waits.
pub(crate) async fn add_all(keyring: &Keyring) -> Result<()> {
    add_next(keyring, &mut Turn::default(), u64::MAX).await
}

async fn add_next(keyring: &Keyring, turn: &mut Turn, many: u64) -> Result<()> {
    let mut outcome = Ok(());
    let mut left = many;
    while left > 0 {
        let next = pending::waiting(keyring.reader(), turn.after, ADDED_AT_ONCE as u64).await?;
        let together = overlapping(&next);
        let Some(last) = together.last() else {
            *turn = Turn::default();
            break;
        };
        turn.after = Some(last.place());
        left = left.saturating_sub(together.len() as u64);
        outcome = outcome.and(add(keyring, together).await);
    }
    outcome
}

/// Those that overlap with the one that ends first. They are in the order of their places.
fn overlapping(waiting: &[Waiting]) -> &[Waiting] {
    let end = waiting.iter().map(|one| one.last_key).min();
    let overlap = waiting.partition_point(|one| Some(one.first_key) <= end);
    &waiting[..overlap]
}

/// Adds what waits of a key, so that whoever reads next is told all that was written.
pub(crate) async fn add_those_of(keyring: &Keyring, key: ApiKeyId) -> Result<()> {
    let waiting = pending::waiting_of(keyring.reader(), key).await?;
    for some in waiting.chunks(ADDED_AT_ONCE) {
        add(keyring, some).await?;
    }
    Ok(())
}

async fn add(keyring: &Keyring, waiting: &[Waiting]) -> Result<()> {
    keyring
        .transaction(|txn| async move {
            let (mut rows, mut unread) = (Rows::default(), Vec::new());
            for kept in pending::take(&*txn, waiting).await? {
                match decode(&kept.counts) {
                    Some(counts) => rows.append(counts),
                    None => unread.push(kept),
                }
            }
            rows.arrange();
            store::usage::add(&*txn, &rows).await?;
            pending::put_off(&*txn, unread).await
        })
        .await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::format::tests::{denial, source, used};
    use super::*;

    /// Of these keys, with so many sources each; each use has a token of its own.
    fn rows(keys: &[u128], sources: usize) -> Rows {
        let uses = keys.iter().zip(3..).map(|(key, token)| used(*key, token));
        let each: BTreeSet<u128> = keys.iter().copied().collect();
        Rows {
            uses: uses.collect(),
            sources: each
                .iter()
                .flat_map(|key| vec![source(*key); sources])
                .collect(),
            denials: each.iter().step_by(2).map(|key| denial(*key)).collect(),
        }
    }

    /// Wherever they are cut: nothing is left out or twice.
    #[test]
    fn pieces_and_the_rest_make_the_whole() {
        let rows = rows(&[2, 2, 2, 5, 6, 6, 9], 2);
        for long in 1..=rows.uses.len() {
            let mut whole = Rows::default();
            for start in (0..rows.uses.len()).step_by(long) {
                let mut both = whole.clone();
                both.append(from(rows.clone(), start));
                assert_eq!(both, rows, "pieces of {long} until {start}, and the rest");

                let end = rows.uses.len().min(start + long);
                let kept = Piece::of(&rows, start..end).kept(Uuid::nil()).unwrap();
                let read = decode(&kept.counts).unwrap();
                let told = read.uses.iter().map(|row| row.api_key_id);
                let told = told.chain(read.sources.iter().map(|row| row.api_key_id));
                let mut told = told.chain(read.denials.iter().map(|row| row.api_key_id));
                assert!(told.all(|key| kept.first_key <= key && key <= kept.last_key));
                whole.append(read);
            }
            assert_eq!(whole, rows, "pieces of {long}");
        }
    }

    #[test]
    fn a_piece_is_no_longer_than_it_may_be() {
        let many: Vec<u128> = (0..1_000).map(|at| at / 3).collect();
        for sources in [0, 10] {
            let rows = rows(&many, sources);
            let pieces = pieces(&rows);
            let ends = iter::once(0).chain(pieces.iter().map(|piece| piece.end));
            let starts: Vec<_> = pieces.iter().map(|piece| piece.start).collect();
            assert_eq!(starts, ends.take(pieces.len()).collect::<Vec<_>>());
            assert_eq!(pieces.last().unwrap().end, rows.uses.len());
            for uses in pieces {
                let Piece {
                    uses,
                    sources: others,
                    denials,
                } = Piece::of(&rows, uses);
                let all = uses.len() + others.len() + denials.len();
                assert!(all <= TOGETHER + sources + 1, "{all} rows");
            }
        }
        assert!(pieces(&Rows::default()).is_empty());
    }

    #[test]
    fn those_that_overlap_with_the_first_to_end_are_added_with_it() {
        let overlap = |spans: &[(u128, u128)]| {
            let waiting = |(first, last): &(u128, u128)| Waiting {
                id: Uuid::nil(),
                first_key: Uuid::from_u128(*first),
                last_key: Uuid::from_u128(*last),
            };
            overlapping(&spans.iter().map(waiting).collect::<Vec<_>>()).len()
        };
        assert_eq!(overlap(&[]), 0);
        assert_eq!(overlap(&[(1, 4)]), 1);
        assert_eq!(overlap(&[(1, 4), (4, 7), (5, 6)]), 2);
        assert_eq!(overlap(&[(0, 9), (1, 2), (3, 4)]), 2);
    }
}
