//! How counts that wait are written down.

use serde::{Deserialize, Serialize};

use super::counts::HOUR;
use crate::entity::{token_use, usage_bucket, usage_denial, usage_source};
use crate::error::{Error, Result};
use crate::store::usage::{Rows, Use};

/// The number of what is written, which stands before it.
const FORMAT: u8 = 2;
/// Of which buckets and last uses were apart.
const FIRST_FORMAT: u8 = 1;

pub(super) fn encode(rows: &impl Serialize) -> Result<Vec<u8>> {
    postcard::to_extend(rows, vec![FORMAT]).map_err(Error::internal)
}

/// What a later version has written is for that to add, and waits for it.
pub(super) fn decode(counts: &[u8]) -> Option<Rows> {
    let (format, rows) = counts.split_first()?;
    match *format {
        FORMAT => postcard::from_bytes(rows).ok(),
        FIRST_FORMAT => postcard::from_bytes(rows).ok().map(FirstRows::into_rows),
        _ => None,
    }
}

/// [`Rows`] in their first format.
#[derive(Deserialize)]
struct FirstRows {
    buckets: Vec<usage_bucket::Model>,
    uses: Vec<token_use::Model>,
    sources: Vec<usage_source::Model>,
    denials: Vec<usage_denial::Model>,
}

impl FirstRows {
    fn into_rows(self) -> Rows {
        let bucket = |row: usage_bucket::Model| Use {
            account_id: row.account_id,
            api_key_id: row.api_key_id,
            token_id: row.token_id,
            hour: row.hour,
            workspace_id: row.workspace_id,
            calls: row.calls,
            denials: row.denials,
            last_at: row.last_at,
            address: None,
            user_agent: None,
        };
        // Its call is in a bucket, so it counts for none.
        let last = |row: token_use::Model| Use {
            account_id: row.account_id,
            api_key_id: row.api_key_id,
            token_id: row.token_id,
            hour: row.used_at - row.used_at.rem_euclid(HOUR),
            workspace_id: row.workspace_id,
            calls: 0,
            denials: 0,
            last_at: Some(row.used_at),
            address: row.address.and_then(|address| address.parse().ok()),
            user_agent: row.user_agent.map(String::into_boxed_str),
        };
        let buckets = self.buckets.into_iter().map(bucket);
        Rows {
            uses: buckets.chain(self.uses.into_iter().map(last)).collect(),
            sources: self.sources,
            denials: self.denials,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use uuid::Uuid;

    use super::*;

    const AT: i64 = 3_600_001;

    pub(in super::super) fn used(key: u128, token: u128) -> Use {
        Use {
            account_id: Uuid::from_u128(1),
            api_key_id: Uuid::from_u128(key),
            token_id: Uuid::from_u128(token),
            hour: 3_600_000,
            workspace_id: Uuid::from_u128(4),
            calls: 5,
            denials: 1,
            last_at: Some(AT),
            address: "::1".parse().ok(),
            user_agent: None,
        }
    }

    pub(in super::super) fn source(key: u128) -> usage_source::Model {
        usage_source::Model {
            account_id: Uuid::from_u128(1),
            api_key_id: Uuid::from_u128(key),
            hour: 3_600_000,
            token_id: Uuid::from_u128(3),
            address: "::1".to_owned(),
            user_agent: String::new(),
            calls: 4,
            last_at: AT,
        }
    }

    pub(in super::super) fn denial(key: u128) -> usage_denial::Model {
        usage_denial::Model {
            account_id: Uuid::from_u128(1),
            api_key_id: Uuid::from_u128(key),
            hour: 3_600_000,
            code: "EXPIRED".to_owned(),
            calls: 1,
        }
    }

    fn one_of_each() -> Rows {
        Rows {
            uses: vec![used(2, 3)],
            sources: vec![source(2)],
            denials: vec![denial(2)],
        }
    }

    fn bytes(known: &str) -> Vec<u8> {
        let byte = |at: usize| u8::from_str_radix(&known[2 * at..2 * at + 2], 16).unwrap();
        (0..known.len() / 2).map(byte).collect()
    }

    /// A column more or in another place is another format: count [`FORMAT`] up.
    #[test]
    fn what_was_put_off_by_an_earlier_version_is_read() {
        let second = "020110000000000000000000000000000000011000000000000000000000000000000002100000\
             000000000000000000000000000380bab70310000000000000000000000000000000040a020182\
             bab703010100000000000000000000000000000001000110000000000000000000000000000000\
             01100000000000000000000000000000000280bab7031000000000000000000000000000000003\
             033a3a31000882bab7030110000000000000000000000000000000011000000000000000000000\
             00000000000280bab703074558504952454402";
        let written = encode(&one_of_each()).unwrap();
        assert_eq!(written, bytes(second));
        assert_eq!(decode(&written).unwrap(), one_of_each());

        let first = "010110000000000000000000000000000000011000000000000000000000000000000002\
             80bab703100000000000000000000000000000000310000000000000000000000000000000040a02\
             0182bab703011000000000000000000000000000000003100000000000000000000000000000000110\
             0000000000000000000000000000000282bab703100000000000000000000000000000000401033a3a\
             3100011000000000000000000000000000000001100000000000000000000000000000000280bab70\
             31000000000000000000000000000000003033a3a31000882bab70301100000000000000000000000\
             0000000001100000000000000000000000000000000280bab703074558504952454402";
        let mut rows = decode(&bytes(first)).unwrap();
        rows.arrange();
        assert_eq!(rows, one_of_each());
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
