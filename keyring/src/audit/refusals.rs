//! Refused requests and sign-ins. They change nothing, so there is no transaction to write them in, and
//! who is refused must not be able to fill the disk: they are counted in memory, waiting for nothing, and
//! written every few seconds.
//!
//! - The same refusal (of whom, by which way in, of what, for want of what, why) is written once in ten
//!   minutes; the next time it says how often it was repeated since.
//! - An account writes at most [`MOST_PER_HOUR`] in an hour. What is beyond that is counted, and the count is
//!   written with the first refusal of an hour to come.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::audit::{Action, EntranceKind};
use contract::{AccountId, ProfileId, Timestamp};
use serde_json::{Map, Value, json};

use crate::caller::{Author, Origin};
use crate::entity::profile;
use crate::error::Result;
use crate::store::audit::NewEvent;
use crate::{Keyring, store};

/// How often the same refusal is written at most.
const REPEATED_WITHIN: Duration = Duration::from_mins(10);
/// How many refusals of an account are written in an hour at most: 2.5 MB a day at the worst.
const MOST_PER_HOUR: usize = 200;
const HOUR: Duration = Duration::from_hours(1);

/// Somebody known whose request was refused.
#[derive(Clone, Debug)]
pub struct Denial {
    pub(crate) by: Author,
    /// The permission, the workspace's id, or what was to be proven.
    pub(crate) missing: String,
    /// Why, where it is not that it was missing.
    pub(crate) reason: Option<&'static str>,
}

/// A refusal that is to be written.
struct Refused {
    by: Author,
    at: Timestamp,
    action: Action,
    target: String,
    target_name: String,
    details: Map<String, Value>,
}

#[derive(Default)]
pub(crate) struct Refusals {
    accounts: Mutex<HashMap<AccountId, Hour>>,
    /// Held while they are written, so that none is written twice.
    writing: tokio::sync::Mutex<()>,
}

/// What makes a refusal the same as another: whose it was, by which way in, of what, for want of what, and why.
type Same = (ProfileId, EntranceKind, String, String, Option<Value>);

/// What an account was refused in an hour.
#[derive(Default)]
struct Hour {
    start: Option<Timestamp>,
    written: usize,
    /// Beyond what is written in an hour, since that was last told.
    unwritten: u64,
    /// When the same was last written, and how often it was repeated since.
    seen: HashMap<Same, (Timestamp, u64)>,
    waiting: Vec<Refused>,
}

impl Refusals {
    fn accounts(&self) -> MutexGuard<'_, HashMap<AccountId, Hour>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, refused: Refused) {
        let mut accounts = self.accounts();
        let hour = accounts.entry(refused.by.account).or_default();
        hour.note(refused);
    }
}

impl Hour {
    fn note(&mut self, mut refused: Refused) {
        let now = refused.at;
        if self.start.is_none_or(|start| now.since(start) >= HOUR) {
            (self.start, self.written) = (Some(now), 0);
            let unwritten = &mut self.unwritten;
            self.seen.retain(|_, (at, repeated)| {
                let recent = now.since(*at) < REPEATED_WITHIN;
                if !recent {
                    *unwritten += *repeated;
                }
                recent
            });
        }
        let same = (
            refused.by.profile,
            refused.by.entrance,
            refused.target.clone(),
            refused.target_name.clone(),
            refused.details.get("reason").cloned(),
        );
        let seen = self.seen.get_mut(&same);
        if let Some((_, repeated)) = seen.filter(|(at, _)| now.since(*at) < REPEATED_WITHIN) {
            *repeated += 1;
            return;
        }
        if self.written.max(self.waiting.len()) >= MOST_PER_HOUR {
            self.unwritten += 1;
            return;
        }
        self.written += 1;
        if let Some((_, repeated @ 1..)) = self.seen.insert(same, (now, 0)) {
            refused
                .details
                .insert("repeated".to_owned(), json!(repeated));
        }
        if self.unwritten > 0 {
            let unwritten = std::mem::take(&mut self.unwritten);
            refused
                .details
                .insert("unwritten".to_owned(), json!(unwritten));
        }
        self.waiting.push(refused);
    }
}

/// Somebody known was refused; `request` is what they asked, as a route. Waits for nothing.
pub fn denied(keyring: &Keyring, denial: Denial, request: &str) {
    keyring.0.refusals.note(Refused {
        at: keyring.clock().now(),
        action: Action::RequestRefused,
        target: denial.missing,
        target_name: request.to_owned(),
        details: because(denial.reason),
        by: denial.by,
    });
}

/// Somebody tried to sign in as `person` and was refused. Waits for nothing: who is known must not cost
/// more time than who is not.
pub(crate) fn sign_in(keyring: &Keyring, person: &profile::Model, origin: &Origin, reason: &str) {
    let profile = ProfileId::from_uuid(person.id);
    keyring.0.refusals.note(Refused {
        by: Author {
            account: AccountId::from_uuid(person.account_id),
            profile,
            name: person.name.clone(),
            entrance: EntranceKind::SignIn,
            origin: origin.clone(),
        },
        at: keyring.clock().now(),
        action: Action::SignInRefused,
        target: profile.to_string(),
        target_name: person.name.clone(),
        details: because(Some(reason)),
    });
}

fn because(reason: Option<&str>) -> Map<String, Value> {
    let told = reason.map(|reason| ("reason".to_owned(), json!(reason)));
    told.into_iter().collect()
}

/// Writes what was refused. What cannot be written waits for the next time.
pub async fn flush(keyring: &Keyring) -> Result<()> {
    let refusals = &keyring.0.refusals;
    let _alone = refusals.writing.lock().await;
    let accounts: Vec<AccountId> = refusals.accounts().keys().copied().collect();
    for account in accounts {
        let mut waiting = match refusals.accounts().get_mut(&account) {
            Some(hour) => std::mem::take(&mut hour.waiting),
            None => continue,
        };
        if waiting.is_empty() {
            continue;
        }
        let written = write(keyring, &waiting).await;
        if written.is_err()
            && let Some(hour) = refusals.accounts().get_mut(&account)
        {
            waiting.append(&mut hour.waiting);
            hour.waiting = waiting;
        }
        written?;
    }
    Ok(())
}

async fn write(keyring: &Keyring, refused: &[Refused]) -> Result<()> {
    keyring
        .transaction(|txn| async move {
            for one in refused {
                let event = NewEvent {
                    id: keyring.new_id(one.at),
                    at: one.at,
                    action: one.action,
                    target: one.target.clone(),
                    target_name: &one.target_name,
                    details: Value::Object(one.details.clone()),
                    batch: None,
                };
                store::audit::insert(&*txn, &one.by, vec![event]).await?;
            }
            Ok(())
        })
        .await
}
