//! Time and chance come in from outside, so that a test owns both.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::Timestamp;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use uuid::Uuid;

/// Where "now" comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Stands still until it is advanced; shared by its clones.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.unix_millis())))
    }

    /// # Panics
    /// On the system clock: time is not ours to move.
    pub fn advance(&self, by: Duration) {
        let Self::Manual(now) = self else {
            panic!("only a manual clock can be advanced")
        };
        now.fetch_add(
            i64::try_from(by.as_millis()).unwrap_or(i64::MAX),
            Ordering::SeqCst,
        );
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(match self {
            Self::System => system_millis(),
            Self::Manual(now) => now.load(Ordering::SeqCst),
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's clock"
)]
fn system_millis() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}

/// Where randomness comes from.
#[derive(Clone, Debug)]
pub enum Entropy {
    /// The operating system.
    System,
    /// Repeatable, for tests only.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Entropy {
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// # Panics
    /// When the operating system has no randomness to give: nothing secret can be made then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => SysRng
                .try_fill_bytes(&mut bytes)
                .expect("the operating system gives randomness"),
            Self::Seeded(rng) => rng
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A UUIDv7 of that instant: ids sort by creation.
    pub(crate) fn uuid(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.unix_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}
