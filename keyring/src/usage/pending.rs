//! Counts that wait in the database. Where more keys are used than one transaction can take, most of the
//! rows of one writing are those of the next as well. So they are written as they are, which is cheap, and
//! added to the others about once a minute, together.

use contract::ApiKeyId;
use uuid::Uuid;

use crate::entity::usage_pending;
use crate::error::{Error, Result};
use crate::store::usage::Rows;
use crate::{Keyring, store};

/// Keys are in so many parts, by the last of their random bits: what waits for one is added in one transaction.
const PARTS: usize = 256;
/// How many parts are added with each writing, so that all have their turn in about a minute.
const IN_TURN: u64 = 16;
/// Of what is written. What another version has left is not read.
const FORMAT: u8 = 1;

fn part_of(key: Uuid) -> usize {
    usize::from(key.as_bytes()[15])
}

/// Keeps what was counted, to be added later.
pub(super) async fn put_off(keyring: &Keyring, rows: &Rows) -> Result<()> {
    let mut parts: Vec<Rows> = std::iter::repeat_with(Rows::default).take(PARTS).collect();
    for row in &rows.buckets {
        parts[part_of(row.api_key_id)].buckets.push(row.clone());
    }
    for row in &rows.uses {
        parts[part_of(row.api_key_id)].uses.push(row.clone());
    }
    for row in &rows.sources {
        parts[part_of(row.api_key_id)].sources.push(row.clone());
    }
    for row in &rows.denials {
        parts[part_of(row.api_key_id)].denials.push(row.clone());
    }
    let now = keyring.clock().now();
    let mut kept = Vec::with_capacity(PARTS);
    for (part, rows) in (0..).zip(parts).filter(|(_, rows)| rows.len() > 0) {
        kept.push(usage_pending::Model {
            id: keyring.new_id(now),
            part,
            counts: encode(&rows)?,
        });
    }
    keyring
        .transaction(|txn| {
            let kept = kept.clone();
            async move { store::usage::put_off(&*txn, kept).await }
        })
        .await
}

/// Adds what waits in the parts whose turn it is.
pub(super) async fn add_in_turn(keyring: &Keyring, from: i64) -> Result<i64> {
    let parts = store::usage::waiting_parts(keyring.reader(), from, IN_TURN).await?;
    for part in &parts {
        add_part(keyring, *part).await?;
    }
    let next = parts.last().map(|last| last + 1);
    Ok(next.filter(|_| parts.len() as u64 == IN_TURN).unwrap_or(0))
}

/// Adds what waits of a key, so that whoever reads next is told all that was written.
pub(crate) async fn add_those_of(keyring: &Keyring, key: ApiKeyId) -> Result<()> {
    let part = i64::try_from(part_of(key.uuid())).map_err(Error::internal)?;
    let next = store::usage::waiting_parts(keyring.reader(), part, 1).await?;
    if next == [part] {
        add_part(keyring, part).await?;
    }
    Ok(())
}

async fn add_part(keyring: &Keyring, part: i64) -> Result<()> {
    keyring
        .transaction(|txn| async move {
            let mut rows = Rows::default();
            for kept in store::usage::take_part(&*txn, part).await? {
                rows.append(decode(&kept.counts));
            }
            rows.arrange();
            store::usage::add(&*txn, &rows).await
        })
        .await
}

fn encode(rows: &Rows) -> Result<Vec<u8>> {
    postcard::to_extend(rows, vec![FORMAT]).map_err(Error::internal)
}

/// What cannot be read is nothing: usage that is lost is better than usage that is not counted any more.
fn decode(counts: &[u8]) -> Rows {
    match counts.split_first() {
        Some((&FORMAT, rows)) => postcard::from_bytes(rows).unwrap_or_default(),
        _ => Rows::default(),
    }
}
