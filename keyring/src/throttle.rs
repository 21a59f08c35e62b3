//! Slows guessing down: after a few failures each further one costs a wait that grows, per address
//! and per account name. Never a lockout: the wait is bounded, and a refused try does not prolong
//! it. Kept in memory; a restart forgets it.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use contract::Timestamp;
use contract::error::Kind;

use crate::error::Result;

/// Failures that cost nothing: people mistype.
const FREE: u32 = 3;
const LONGEST_PER_ADDRESS: Duration = Duration::from_mins(1);
/// Shorter, because somebody else can bring it about.
const LONGEST_PER_NAME: Duration = Duration::from_secs(15);
/// Failures this old are forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(15);
/// How many addresses and names are remembered at the most.
const MOST_REMEMBERED: usize = 50_000;

#[derive(Default)]
pub(crate) struct Throttle {
    addresses: Mutex<Failures<IpAddr>>,
    names: Mutex<Failures<String>>,
}

impl Throttle {
    /// Refuses a try that comes too early, saying when it would not.
    pub(crate) fn check(&self, address: Option<IpAddr>, name: &str, now: Timestamp) -> Result<()> {
        let by_address = address.map_or(Duration::ZERO, |address| {
            self.addresses()
                .wait(&network(address), now, LONGEST_PER_ADDRESS)
        });
        let wait = by_address.max(self.names().wait(&name.to_owned(), now, LONGEST_PER_NAME));
        if wait.is_zero() {
            return Ok(());
        }
        let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        let mut error = contract::Error::new(
            Kind::ResourceExhausted,
            format!("Too many tries. Wait {seconds} s and try again."),
        );
        error.retry_after = Some(seconds);
        Err(error.into())
    }

    pub(crate) fn failed(&self, address: Option<IpAddr>, name: &str, now: Timestamp) {
        if let Some(address) = address {
            self.addresses().add(network(address), now);
        }
        self.names().add(name.to_owned(), now);
    }

    pub(crate) fn succeeded(&self, address: Option<IpAddr>, name: &str) {
        if let Some(address) = address {
            self.addresses().0.remove(&network(address));
        }
        self.names().0.remove(name);
    }

    fn addresses(&self) -> std::sync::MutexGuard<'_, Failures<IpAddr>> {
        self.addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn names(&self) -> std::sync::MutexGuard<'_, Failures<String>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who has one IPv6 address has the 2^64 beside it, so all of them count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// How often, and when last.
struct Failures<K>(HashMap<K, (u32, Timestamp)>);

impl<K> Default for Failures<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Failures<K> {
    fn wait(&self, key: &K, now: Timestamp, longest: Duration) -> Duration {
        let Some((count, last)) = self.0.get(key) else {
            return Duration::ZERO;
        };
        let since = now.since(*last);
        if *count <= FREE || since >= FORGOTTEN_AFTER {
            return Duration::ZERO;
        }
        let delay = Duration::from_secs(1 << (count - FREE).min(10)).min(longest);
        delay.saturating_sub(since)
    }

    fn add(&mut self, key: K, now: Timestamp) {
        if self.0.len() >= MOST_REMEMBERED {
            self.0
                .retain(|_, (_, last)| now.since(*last) < FORGOTTEN_AFTER);
        }
        if self.0.len() >= MOST_REMEMBERED {
            self.0.clear();
        }
        let (count, last) = self.0.entry(key).or_insert((0, now));
        *count = if now.since(*last) >= FORGOTTEN_AFTER {
            1
        } else {
            count.saturating_add(1)
        };
        *last = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_is_bounded_and_ends() {
        let throttle = Throttle::default();
        let mut now = Timestamp::from_unix_millis(1_000_000);
        let mut waits = Vec::new();
        for _ in 0..12 {
            throttle.failed(None, "mira", now);
            let wait = throttle
                .check(None, "mira", now)
                .err()
                .and_then(|error| error.public().retry_after);
            waits.push(wait.unwrap_or(0));
            now = now.plus(LONGEST_PER_NAME);
            assert!(throttle.check(None, "mira", now).is_ok(), "never a lockout");
        }
        assert_eq!(waits[..7], [0, 0, 0, 2, 4, 8, 15]);
        assert_eq!(waits.last(), Some(&15));
    }

    #[test]
    fn one_address_does_not_slow_another_person_elsewhere() {
        let throttle = Throttle::default();
        let now = Timestamp::from_unix_millis(1_000_000);
        for _ in 0..9 {
            throttle.failed(Some([10, 0, 0, 1].into()), "mira", now);
        }
        assert!(
            throttle
                .check(Some([10, 0, 0, 1].into()), "jonas", now)
                .is_err()
        );
        assert!(
            throttle
                .check(Some([10, 0, 0, 2].into()), "jonas", now)
                .is_ok()
        );
        for n in 0..9_u16 {
            let address = IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, n]);
            throttle.failed(Some(address), "mira", now);
        }
        let beside = IpAddr::from([0x2001_u16, 0xdb8, 0, 1, 9, 9, 9, 9]);
        assert!(throttle.check(Some(beside), "jonas", now).is_err());
        throttle.succeeded(Some([10, 0, 0, 1].into()), "mira");
        assert!(
            throttle
                .check(Some([10, 0, 0, 1].into()), "mira", now)
                .is_ok()
        );
    }
}
