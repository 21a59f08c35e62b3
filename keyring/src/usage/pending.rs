//! Counts that wait in the database. Where more keys are used than one transaction can take, most of the
//! rows of one writing are those of the next as well. So they are written as they are, which is cheap, and
//! added to the others about once a minute, together.

use std::sync::Arc;

use contract::ApiKeyId;
use serde::Serialize;
use uuid::Uuid;

use crate::entity::{token_use, usage_bucket, usage_denial, usage_pending, usage_source};
use crate::error::{Error, Result};
use crate::store::usage::Rows;
use crate::{Keyring, store};

/// Keys are in so many parts, by the last of their random bits: what waits for one is added in one transaction.
const PARTS: usize = 256;
/// How many parts are added with each writing, so that all have their turn in about a minute.
const IN_TURN: u64 = 16;
/// Of what is written.
const FORMAT: u8 = 1;

pub(super) fn part_of(key: Uuid) -> usize {
    usize::from(key.as_bytes()[15])
}

/// Keeps what was counted, to be added later.
pub(super) async fn put_off(keyring: &Keyring, rows: &Arc<Rows>) -> Result<()> {
    let rows = rows.clone();
    // There is so much of it that verdicts would wait.
    let parts = tokio::task::spawn_blocking(move || parts(&rows)).await;
    let parts = parts.map_err(Error::internal)??;
    if parts.is_empty() {
        return Ok(());
    }
    let now = keyring.clock().now();
    let mut kept = Vec::with_capacity(parts.len());
    for (part, counts) in parts {
        kept.push(usage_pending::Model {
            id: keyring.new_id(now),
            part,
            counts,
        });
    }
    keyring
        .transaction(|txn| {
            let kept = kept.clone();
            async move { store::usage::put_off(&*txn, kept).await }
        })
        .await
}

/// The rows of a part, as [`Rows`] are written.
#[derive(Clone, Default, Serialize)]
struct Borrowed<'a> {
    buckets: Vec<&'a usage_bucket::Model>,
    uses: Vec<&'a token_use::Model>,
    sources: Vec<&'a usage_source::Model>,
    denials: Vec<&'a usage_denial::Model>,
}

/// Each part in which there is anything, and what is kept of it.
fn parts(rows: &Rows) -> Result<Vec<(i64, Vec<u8>)>> {
    let mut parts = vec![Borrowed::default(); PARTS];
    for row in &rows.buckets {
        parts[part_of(row.api_key_id)].buckets.push(row);
    }
    for row in &rows.uses {
        parts[part_of(row.api_key_id)].uses.push(row);
    }
    for row in &rows.sources {
        parts[part_of(row.api_key_id)].sources.push(row);
    }
    for row in &rows.denials {
        parts[part_of(row.api_key_id)].denials.push(row);
    }
    let any = |part: &Borrowed<'_>| {
        let Borrowed {
            buckets,
            uses,
            sources,
            denials,
        } = part;
        buckets.len() + uses.len() + sources.len() + denials.len() > 0
    };
    let parts = (0..).zip(&parts).filter(|(_, part)| any(part));
    parts
        .map(|(number, part)| Ok((number, encode(part)?)))
        .collect()
}

/// Adds what waits in the parts whose turn it is; tells which is the next, and what went wrong with the first
/// that could not be added. It waits on and holds up no other.
pub(super) async fn add_in_turn(keyring: &Keyring, from: i64) -> Result<(i64, Result<()>)> {
    let parts = store::usage::waiting_parts(keyring.reader(), from, IN_TURN).await?;
    let mut outcome = Ok(());
    for part in &parts {
        outcome = outcome.and(add_part(keyring, *part).await);
    }
    let next = parts.last().map(|last| last + 1);
    let next = next.filter(|_| parts.len() as u64 == IN_TURN).unwrap_or(0);
    Ok((next, outcome))
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

/// Adds all that waits.
pub(crate) async fn add_all(keyring: &Keyring) -> Result<()> {
    for part in store::usage::waiting_parts(keyring.reader(), 0, PARTS as u64).await? {
        add_part(keyring, part).await?;
    }
    Ok(())
}

async fn add_part(keyring: &Keyring, part: i64) -> Result<()> {
    keyring
        .transaction(|txn| async move {
            let (mut rows, mut unread) = (Rows::default(), Vec::new());
            for kept in store::usage::take_part(&*txn, part).await? {
                match decode(&kept.counts) {
                    Some(counts) => rows.append(counts),
                    None => unread.push(kept),
                }
            }
            rows.arrange();
            store::usage::add(&*txn, &rows).await?;
            store::usage::put_off(&*txn, unread).await
        })
        .await
}

fn encode(rows: &impl Serialize) -> Result<Vec<u8>> {
    postcard::to_extend(rows, vec![FORMAT]).map_err(Error::internal)
}

/// What another version has written is for another version to add, and waits for it.
fn decode(counts: &[u8]) -> Option<Rows> {
    let (format, rows) = counts.split_first()?;
    if *format != FORMAT {
        return None;
    }
    postcard::from_bytes(rows).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each() -> Rows {
        let id = Uuid::from_u128;
        Rows {
            buckets: vec![usage_bucket::Model {
                account_id: id(1),
                api_key_id: id(2),
                hour: 3_600_000,
                token_id: id(3),
                workspace_id: id(4),
                calls: 5,
                denials: 1,
                last_at: Some(3_600_001),
            }],
            uses: vec![token_use::Model {
                token_id: id(3),
                account_id: id(1),
                api_key_id: id(2),
                used_at: 3_600_001,
                workspace_id: id(4),
                address: Some("::1".to_owned()),
                user_agent: None,
            }],
            sources: vec![usage_source::Model {
                account_id: id(1),
                api_key_id: id(2),
                hour: 3_600_000,
                token_id: id(3),
                address: "::1".to_owned(),
                user_agent: String::new(),
                calls: 4,
                last_at: 3_600_001,
            }],
            denials: vec![usage_denial::Model {
                account_id: id(1),
                api_key_id: id(2),
                hour: 3_600_000,
                code: "EXPIRED".to_owned(),
                calls: 1,
            }],
        }
    }

    /// A column more or in another place is another format: count [`FORMAT`] up.
    #[test]
    fn what_was_put_off_by_an_earlier_version_is_read() {
        let rows = one_of_each();
        let [(part, written)] = &*parts(&rows).unwrap() else {
            panic!("it is all of one key");
        };
        assert_eq!(*part, 2);
        let known = "010110000000000000000000000000000000011000000000000000000000000000000002\
             80bab703100000000000000000000000000000000310000000000000000000000000000000040a02\
             0182bab703011000000000000000000000000000000003100000000000000000000000000000000110\
             0000000000000000000000000000000282bab703100000000000000000000000000000000401033a3a\
             3100011000000000000000000000000000000001100000000000000000000000000000000280bab70\
             31000000000000000000000000000000003033a3a31000882bab70301100000000000000000000000\
             0000000001100000000000000000000000000000000280bab703074558504952454402";
        let byte = |at: usize| u8::from_str_radix(&known[2 * at..2 * at + 2], 16).unwrap();
        let known: Vec<u8> = (0..known.len() / 2).map(byte).collect();
        assert_eq!(*written, known);
        assert_eq!(encode(&decode(written).unwrap()).unwrap(), *written);
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_nothing() {
        let written = encode(&one_of_each()).unwrap();
        let other = [&[FORMAT + 1], &written[1..]].concat();
        for unread in [&other[..], &written[..written.len() - 1], &[]] {
            assert!(decode(unread).is_none());
        }
    }
}
