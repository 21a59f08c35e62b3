//! What happens to the things that lists show, for whoever looks at one: from the audit log, on any node.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::audit::{Action, AuditEvent};
use contract::console::Happened;
use contract::{AccountId, ApiKeyId, Kind, Permission, ProfileId, WorkspaceId};
use tokio::sync::broadcast;

use crate::access::committed;
use crate::caller::Caller;
use crate::entity::api_key;
use crate::error::Result;
use crate::people::rules;
use crate::{Keyring, callers, keys, store};

/// How often the session is looked at, and the log for what other nodes did.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// What happens within so long is told together.
const TOGETHER: Duration = Duration::from_millis(100);
/// How many events are told together at the most.
const MOST: u64 = 1_000;

/// How many events somebody who comes back may have missed to be told of all.
const MOST_BEHIND: u64 = 5_000;
/// How many pages of one person listen at a time, and how many there are of everybody.
const MOST_OF_ONE: usize = 32;
const MOST_OF_ALL: usize = 4_096;

/// Who listens, and how often.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seats(Arc<Mutex<HashMap<ProfileId, usize>>>);

impl Seats {
    fn take(&self, caller: &Caller) -> Result<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = taken.values().sum();
        let own = taken.get(&caller.profile).copied().unwrap_or(0);
        if own >= MOST_OF_ONE || all >= MOST_OF_ALL {
            let message = "Too many pages listen. Close some.";
            return Err(contract::Error::new(Kind::ResourceExhausted, message).into());
        }
        taken.insert(caller.profile, own + 1);
        Ok(Seat {
            seats: self.clone(),
            profile: caller.profile,
        })
    }
}

/// Given back when it is dropped.
struct Seat {
    seats: Seats,
    profile: ProfileId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut own) = taken.entry(self.profile) {
            *own.get_mut() -= 1;
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}

/// Somebody who listens.
pub struct News {
    _seat: Seat,
    keyring: Keyring,
    caller: Caller,
    /// Until which place in the audit log everything was told or passed over.
    last: u64,
    commits: broadcast::Receiver<AccountId>,
}

/// Where the audit log of the account ends: what happens after is news to what is read from here on.
pub async fn place(keyring: &Keyring, caller: &Caller) -> Result<u64> {
    store::audit::place(keyring.reader(), caller.account).await
}

/// Listens from a place in the audit log on, or from now on. Who was away for longer than [`MOST_BEHIND`] events
/// is told of these. Nobody listens more often than [`MOST_OF_ONE`] times, and all together not more than
/// [`MOST_OF_ALL`].
pub async fn listen(keyring: &Keyring, caller: &Caller, after: Option<u64>) -> Result<News> {
    let seat = keyring.0.seats.take(caller)?;
    let commits = keyring.0.database.commits();
    let now = place(keyring, caller).await?;
    let last = after.map_or(now, |after| {
        after.clamp(now.saturating_sub(MOST_BEHIND), now)
    });
    Ok(News {
        _seat: seat,
        keyring: keyring.clone(),
        caller: caller.clone(),
        last,
        commits,
    })
}

impl News {
    /// Waits until something happens that the caller may see, and loses nothing when the waiting is called off.
    /// An error is also that they may not look any more.
    pub async fn next(&mut self) -> Result<Happened> {
        loop {
            let now = self.keyring.clock().now();
            let db = self.keyring.reader();
            self.caller = callers::refresh(db, &self.caller, now).await?;
            let account = self.caller.account;
            let events = store::audit::since(db, account, self.last, MOST).await?;
            if let Some(newest) = events.last() {
                let happened = self.seen(newest.sequence, &events).await?;
                // Only now: whoever stops waiting in between waits for the same again.
                self.last = newest.sequence;
                if happened.is_something() {
                    return Ok(happened);
                }
                continue;
            }
            tokio::select! {
                () = committed(&mut self.commits, account) => tokio::time::sleep(TOGETHER).await,
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// What of it is about things that the caller sees.
    async fn seen(&self, place: u64, events: &[AuditEvent]) -> Result<Happened> {
        let caller = &self.caller;
        let targets = || events.iter().map(|event| event.target.as_str());
        let mut changed: BTreeSet<ApiKeyId> = targets().filter_map(|id| id.parse().ok()).collect();
        if !caller.holds(&Permission::read("api_keys")) {
            changed.clear();
        }
        if caller.only_own_keys() {
            // Also those that were revoked: their list still shows them.
            let visible = keys::visible_to(caller);
            let own = store::keys::find_many_ever(self.keyring.reader(), visible, &changed).await?;
            changed = own.iter().map(api_key::Model::typed_id).collect();
        }
        let seen = caller.known_workspaces();
        let places = targets().filter_map(|id| id.parse::<WorkspaceId>().ok());
        let places: BTreeSet<_> = places.filter(|id| seen.includes(*id)).collect();
        let persons: BTreeSet<ProfileId> = if rules::administers(caller).is_ok() {
            let lasting = events.iter().filter(|event| stays_to_be_seen(event.action));
            lasting
                .filter_map(|event| event.target.parse().ok())
                .collect()
        } else {
            BTreeSet::new()
        };
        let reads_all = caller.holds(&Permission::manage("account"));
        Ok(Happened {
            place,
            keys: changed.into_iter().collect(),
            workspaces: places.into_iter().collect(),
            people: persons.into_iter().collect(),
            events: if reads_all { events.len() as u64 } else { 0 },
        })
    }
}

/// Whether an event about a person changes what the list of people says of them for longer than until they come
/// again.
const fn stays_to_be_seen(action: Action) -> bool {
    !matches!(
        action,
        Action::SignedIn
            | Action::SignedOut
            | Action::SessionsEnded
            | Action::SignInRefused
            | Action::RequestRefused
            | Action::PassphraseChanged
    )
}
