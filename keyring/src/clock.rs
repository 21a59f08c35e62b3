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
}

/// Makes `UUIDv7`s that sort by creation, within one millisecond as well: the twelve bits after the
/// time count up there (RFC 9562, section 6.2, method 1).
#[derive(Debug, Default)]
pub(crate) struct Ids(Mutex<(u64, u16)>);

/// What twelve bits hold.
const COUNTER_MAX: u16 = 0x0fff;

impl Ids {
    pub(crate) fn next(&self, now: Timestamp, entropy: &Entropy) -> Uuid {
        let now = u64::try_from(now.unix_millis()).unwrap_or_default();
        let (millis, counter) = {
            let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            *last = match *last {
                (millis, _) if millis < now => (now, 0),
                (millis, COUNTER_MAX) => (millis + 1, 0),
                (millis, counter) => (millis, counter + 1),
            };
            *last
        };
        let mut bytes = entropy.bytes::<10>();
        bytes[..2].copy_from_slice(&counter.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

/// The least id of an instant: ids begin with their time, so an index of ids serves as one of times.
pub(crate) fn first_id(at: Timestamp) -> Uuid {
    let millis = u128::try_from(at.unix_millis()).unwrap_or_default();
    Uuid::from_u128(millis.min(0xffff_ffff_ffff) << 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_creation_even_within_a_millisecond() {
        let (ids, entropy) = (Ids::default(), Entropy::seeded(1));
        let now = Timestamp::from_unix_millis(1_795_000_000_000);
        let earlier = now.minus(Duration::from_secs(1));
        let made: Vec<Uuid> = (0..10_000)
            .map(|n| ids.next(if n % 7 == 0 { earlier } else { now }, &entropy))
            .collect();
        assert!(made.is_sorted_by(|a, b| a < b));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
    }
}
