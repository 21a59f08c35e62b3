//! Slows guessing down: after a few failures each further one costs a wait that grows, per address
//! and per account name. Never a lockout: the wait is bounded, and a refused try does not prolong
//! it. Kept in memory; a restart forgets it.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use contract::error::Kind;
use contract::{ProfileId, Timestamp};

use crate::error::Result;

/// How guessing at one thing is slowed down.
struct Pace {
    /// Failures that cost nothing: people mistype.
    free: u32,
    /// The longest wait between two tries.
    longest: Duration,
    /// Failures are forgotten when there was none for so long.
    forgotten_after: Duration,
}

/// Many people may share an address.
const PER_ADDRESS: Pace = Pace {
    free: 20,
    longest: Duration::from_mins(1),
    forgotten_after: Duration::from_mins(15),
};
/// Shorter waits, because somebody else can bring them about.
const PER_NAME: Pace = Pace {
    free: 3,
    longest: Duration::from_secs(15),
    forgotten_after: Duration::from_mins(15),
};
/// Longer, because only who knows the passphrase can bring them about, and a code has but six digits. Nobody
/// guesses faster by pausing now and then.
const PER_CODE: Pace = Pace {
    free: 3,
    longest: Duration::from_mins(10),
    forgotten_after: Duration::from_hours(24),
};
/// How many addresses and names are remembered at the most.
const MOST_REMEMBERED: usize = 50_000;

/// What somebody may try to guess.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Guess {
    /// The passphrase of whoever signs in by that name.
    Passphrase(String),
    SetupCode,
    /// A code of somebody's second factor.
    Code(ProfileId),
}

impl Guess {
    const fn pace(&self) -> &'static Pace {
        match self {
            Self::Passphrase(_) | Self::SetupCode => &PER_NAME,
            Self::Code(_) => &PER_CODE,
        }
    }
}

#[derive(Default)]
pub(crate) struct Throttle {
    addresses: Mutex<Failures<IpAddr>>,
    guesses: Mutex<Failures<Guess>>,
}

/// A try under way. It counts as a failure until it is known to be none, so that many at once do
/// not all pass before the first has failed. Dropping it undecided takes it back.
#[must_use]
pub(crate) struct Try<'a> {
    throttle: &'a Throttle,
    /// Each with the failure before this one.
    address: Option<(IpAddr, Timestamp)>,
    guess: (Guess, Timestamp),
    failed: bool,
}

impl Try<'_> {
    pub(crate) fn failed(mut self) {
        self.failed = true;
    }

    /// Forgets the failures before it, of this name only: whoever knows one passphrase must not
    /// have their address forgiven for guessing at others.
    pub(crate) fn succeeded(self) {
        self.throttle.guesses().0.remove(&self.guess.0);
    }
}

impl Drop for Try<'_> {
    fn drop(&mut self) {
        if self.failed {
            return;
        }
        if let Some((address, before)) = &self.address {
            self.throttle.addresses().take_back(address, *before);
        }
        let (guess, before) = &self.guess;
        self.throttle.guesses().take_back(guess, *before);
    }
}

impl Throttle {
    /// Refuses a try that comes too early, saying when it would not.
    pub(crate) fn begin(
        &self,
        address: Option<IpAddr>,
        guess: Guess,
        now: Timestamp,
    ) -> Result<Try<'_>> {
        let address = address.map(network);
        let (mut addresses, mut guesses) = (self.addresses(), self.guesses());
        let by_address = address.map_or(Duration::ZERO, |address| {
            addresses.wait(&address, now, &PER_ADDRESS)
        });
        let wait = by_address.max(guesses.wait(&guess, now, guess.pace()));
        if wait.is_zero() {
            let address =
                address.map(|address| (address, addresses.add(address, now, &PER_ADDRESS)));
            let before = guesses.add(guess.clone(), now, guess.pace());
            return Ok(Try {
                throttle: self,
                address,
                guess: (guess, before),
                failed: false,
            });
        }
        let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        let mut error = contract::Error::new(
            Kind::ResourceExhausted,
            format!("Too many tries. Wait {seconds} s and try again."),
        );
        error.retry_after = Some(seconds);
        Err(error.into())
    }

    fn addresses(&self) -> std::sync::MutexGuard<'_, Failures<IpAddr>> {
        self.addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn guesses(&self) -> std::sync::MutexGuard<'_, Failures<Guess>> {
        self.guesses.lock().unwrap_or_else(PoisonError::into_inner)
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

impl<K: Clone + Eq + Hash> Failures<K> {
    fn wait(&self, key: &K, now: Timestamp, pace: &Pace) -> Duration {
        let Some((count, last)) = self.0.get(key) else {
            return Duration::ZERO;
        };
        let since = now.since(*last);
        if *count <= pace.free || since >= pace.forgotten_after {
            return Duration::ZERO;
        }
        let delay = Duration::from_secs(1 << (count - pace.free).min(10)).min(pace.longest);
        delay.saturating_sub(since)
    }

    /// Answers when the failure before this one was.
    fn add(&mut self, key: K, now: Timestamp, pace: &Pace) -> Timestamp {
        if self.0.len() >= MOST_REMEMBERED && !self.0.contains_key(&key) {
            self.forget_the_oldest();
        }
        let (count, last) = self.0.entry(key).or_insert((0, now));
        *count = if now.since(*last) >= pace.forgotten_after {
            1
        } else {
            count.saturating_add(1)
        };
        std::mem::replace(last, now)
    }

    fn take_back(&mut self, key: &K, before: Timestamp) {
        if let Some((count, last)) = self.0.get_mut(key) {
            *count = count.saturating_sub(1);
            *last = before;
        }
    }

    /// A tenth goes, so that making room is rare; the freshest stay, whatever was made up to push
    /// them out.
    fn forget_the_oldest(&mut self) {
        let mut ages: Vec<Timestamp> = self.0.values().map(|(_, last)| *last).collect();
        let (_, oldest_kept, _) = ages.select_nth_unstable(MOST_REMEMBERED / 10);
        let oldest_kept = *oldest_kept;
        let mut to_forget = MOST_REMEMBERED / 10;
        self.0.retain(|_, (_, last)| {
            let forget = to_forget > 0 && *last <= oldest_kept;
            to_forget -= usize::from(forget);
            !forget
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_millis(1_000_000);
    const HERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1)));
    const ELSEWHERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2)));

    fn of(name: &str) -> Guess {
        Guess::Passphrase(name.to_owned())
    }

    #[test]
    fn the_wait_grows_is_bounded_and_ends() {
        let throttle = Throttle::default();
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..12 {
            throttle.begin(None, of("mira"), now).unwrap().failed();
            let refused = throttle.begin(None, of("mira"), now).err();
            waits.push(refused.map_or(0, |error| error.public().retry_after.unwrap()));
            now = now.plus(PER_NAME.longest);
            let later = throttle.begin(None, of("mira"), now);
            assert!(later.is_ok(), "never a lockout");
        }
        assert_eq!(waits[..7], [0, 0, 0, 2, 4, 8, 15]);
        assert_eq!(waits.last(), Some(&15));
    }

    #[test]
    fn codes_are_guessed_more_slowly_than_passphrases() {
        let throttle = Throttle::default();
        let code = || Guess::Code(ProfileId::from_uuid(uuid::Uuid::nil()));
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..14 {
            throttle.begin(None, code(), now).unwrap().failed();
            let refused = throttle.begin(None, code(), now).err();
            waits.push(refused.map_or(0, |error| error.public().retry_after.unwrap()));
            now = now.plus(PER_CODE.longest);
        }
        assert_eq!(waits[..7], [0, 0, 0, 2, 4, 8, 16]);
        assert_eq!(waits.last(), Some(&600));
    }

    #[test]
    fn who_pauses_guesses_codes_no_faster() {
        let throttle = Throttle::default();
        let code = || Guess::Code(ProfileId::from_uuid(uuid::Uuid::nil()));
        let mut now = NOW;
        // How many an hour, by whoever pauses for a quarter of one when they have to wait.
        let mut hours = [0; 48];
        while let Some(tried) = hours.get_mut(hour(now)) {
            match throttle.begin(None, code(), now) {
                Ok(attempt) => {
                    attempt.failed();
                    *tried += 1;
                }
                Err(_) => now = now.plus(Duration::from_mins(15)),
            }
        }
        assert!(hours[4..].iter().all(|tried| *tried <= 4), "{hours:?}");
        let tomorrow = now.plus(PER_CODE.forgotten_after);
        throttle.begin(None, code(), tomorrow).unwrap().failed();
        assert!(throttle.begin(None, code(), tomorrow).is_ok(), "forgotten");
    }

    fn hour(now: Timestamp) -> usize {
        usize::try_from(now.since(NOW).as_secs() / 3_600).unwrap()
    }

    #[test]
    fn tries_at_once_are_counted_before_the_first_has_failed() {
        let throttle = Throttle::default();
        let begun: Vec<_> = (0..100)
            .filter_map(|_| throttle.begin(HERE, of("mira"), NOW).ok())
            .collect();
        assert_eq!(begun.len(), 4);
        drop(begun);
        let again = throttle.begin(HERE, of("mira"), NOW);
        assert!(again.is_ok(), "what came to nothing counts for nothing");
    }

    #[test]
    fn an_address_is_slowed_whatever_names_it_tries_and_is_not_forgiven_by_a_success() {
        let throttle = Throttle::default();
        for n in 0..=PER_ADDRESS.free {
            throttle
                .begin(HERE, of(&n.to_string()), NOW)
                .unwrap()
                .failed();
        }
        assert!(throttle.begin(HERE, of("jonas"), NOW).is_err());
        assert!(throttle.begin(ELSEWHERE, of("jonas"), NOW).is_ok());
        let later = NOW.plus(PER_ADDRESS.longest);
        throttle
            .begin(HERE, of("jonas"), later)
            .unwrap()
            .succeeded();
        throttle.begin(HERE, of("mira"), later).unwrap().failed();
        assert!(throttle.begin(HERE, of("mira"), later).is_err());
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let throttle = Throttle::default();
        for n in 0..=u16::try_from(PER_ADDRESS.free).unwrap() {
            let address = IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, n]);
            let guess = of(&n.to_string());
            throttle.begin(Some(address), guess, NOW).unwrap().failed();
        }
        let beside = IpAddr::from([0x2001_u16, 0xdb8, 0, 1, 9, 9, 9, 9]);
        assert!(throttle.begin(Some(beside), of("jonas"), NOW).is_err());
    }

    #[test]
    fn a_flood_of_names_does_not_wash_a_fresh_failure_away() {
        let mut failures = Failures::default();
        for n in 0..MOST_REMEMBERED {
            failures.add(n, NOW, &PER_NAME);
        }
        let later = NOW.plus(Duration::from_secs(1));
        for _ in 0..5 {
            failures.add(usize::MAX, later, &PER_NAME);
        }
        for n in 0..MOST_REMEMBERED / 2 {
            failures.add(MOST_REMEMBERED + n, later, &PER_NAME);
        }
        assert!(failures.0.len() <= MOST_REMEMBERED);
        assert!(!failures.wait(&usize::MAX, later, &PER_NAME).is_zero());
    }
}
