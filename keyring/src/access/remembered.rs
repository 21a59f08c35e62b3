//! What is kept in memory of each account between one reading of the matrix and the next.

use contract::AccountId;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

/// About what an account with a thousand keys takes, in bytes.
const USUAL: u64 = 128 << 10;

/// Something of each account, up to so many bytes of all of them together.
pub(super) type OfAccounts<T> = Cache<AccountId, T, Weight>;

/// In one piece: were it cut up, as is usual, an account could take no more than its piece.
pub(super) fn of_accounts<T: Clone>(most_bytes: u64) -> OfAccounts<T>
where
    Weight: Weighter<AccountId, T>,
{
    let options = OptionsBuilder::new()
        .shards(1)
        .estimated_items_capacity(usize::try_from(most_bytes / USUAL).unwrap_or(usize::MAX))
        .weight_capacity(most_bytes)
        .build()
        .expect("both capacities are given");
    Cache::with_options(
        options,
        Weight,
        DefaultHashBuilder::default(),
        DefaultLifecycle::default(),
    )
}

#[derive(Clone)]
pub(super) struct Weight;
