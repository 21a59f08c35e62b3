//! Whether the trail is what was written.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use contract::audit::AuditEvent;
use contract::chain::{Break, Fault};
use contract::{AccountId, AuditHead, BatchId, EventHash, EventId, Permission, Timestamp};

use crate::caller::Caller;
use crate::entity::audit_event::Model;
use crate::error::Result;
use crate::{Keyring, Origin, callers, store};

/// How many events are read at a time.
const AT_ONCE: u64 = 200;

/// How often each trail is looked through.
const EVERY: Duration = Duration::from_hours(1);

/// What looking through a trail came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trail {
    /// Every event is what was written, up to this one; `None` where there is none.
    Whole(Option<AuditHead>),
    /// The first that is not.
    Broken(Break),
}

/// What it came to when the trails were last looked through, by account.
#[derive(Default)]
pub(crate) struct Looked(Mutex<HashMap<AccountId, (Timestamp, Trail)>>);

impl Looked {
    pub(super) fn of(&self, account: AccountId) -> Option<(Timestamp, Trail)> {
        let looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looked.get(&account).cloned()
    }

    fn note(&self, account: AccountId, at: Timestamp, trail: Trail) {
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looked.insert(account, (at, trail));
    }
}

/// The last event of the caller's account, for keeping it elsewhere; `None` before the first.
pub async fn head(keyring: &Keyring, caller: &Caller) -> Result<Option<AuditHead>> {
    caller.require(&Permission::manage("account"))?;
    store::audit::head(keyring.reader(), caller.account).await
}

/// Those of all accounts, for the operator.
pub async fn heads(keyring: &Keyring) -> Result<Vec<AuditHead>> {
    let mut heads = Vec::new();
    for account in store::accounts::all(keyring.reader()).await? {
        heads.extend(store::audit::head(keyring.reader(), account).await?);
    }
    Ok(heads)
}

/// Whether somebody waits for what looking through a trail comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    AtOnce,
    /// Nobody does, and verdicts are made meanwhile: after each stretch it rests for [`RESTS`] times as long as
    /// that took.
    Gently,
}

/// So it takes a tenth of a processor at the most.
const RESTS: u32 = 9;

/// Looks through the trails that were not looked through for an hour, gently, and keeps what it came to for their
/// pages.
pub async fn verify_due(keyring: &Keyring) -> Result<Vec<(AccountId, Trail)>> {
    let now = keyring.clock().now();
    let mut trails = Vec::new();
    for account in store::accounts::all(keyring.reader()).await? {
        let looked = keyring.0.looked.of(account);
        if looked.is_some_and(|(at, _)| now.since(at) < EVERY) {
            continue;
        }
        let operator = callers::operator(keyring, Some(account), Origin::default()).await?;
        trails.push((account, look(keyring, &operator, None, Pace::Gently).await?));
    }
    Ok(trails)
}

/// Computes every hash of the account's trail again, from the first event to the head, and compares
/// with a head that was kept elsewhere. Who writes meanwhile is not in the way.
pub async fn verify(keyring: &Keyring, caller: &Caller, kept: Option<&AuditHead>) -> Result<Trail> {
    look(keyring, caller, kept, Pace::AtOnce).await
}

async fn look(
    keyring: &Keyring,
    caller: &Caller,
    kept: Option<&AuditHead>,
    pace: Pace,
) -> Result<Trail> {
    caller.require(&Permission::manage("account"))?;
    let trail = walk(keyring, caller.account, kept, pace).await?;
    let now = keyring.clock().now();
    let looked = &keyring.0.looked;
    looked.note(caller.account, now, trail.clone());
    Ok(trail)
}

async fn walk(
    keyring: &Keyring,
    account: AccountId,
    kept: Option<&AuditHead>,
    pace: Pace,
) -> Result<Trail> {
    let mut walk = Walk {
        account,
        kept: kept.copied(),
        last: None,
    };
    loop {
        let began = Instant::now();
        let mut rows = read(keyring, &walk).await?;
        if rows.is_empty() {
            let head = store::audit::head(keyring.reader(), account).await;
            // Somebody may have written since.
            rows = read(keyring, &walk).await?;
            if rows.is_empty() {
                return walk.end(keyring, head.ok().flatten()).await;
            }
        }
        for row in rows {
            if let Err(broken) = walk.step(row) {
                return Ok(Trail::Broken(broken));
            }
        }
        if pace == Pace::Gently {
            tokio::time::sleep(began.elapsed() * RESTS).await;
        }
    }
}

/// The next rows; in the place of one that cannot be read, `None`, and none after it.
async fn read(keyring: &Keyring, walk: &Walk) -> Result<Vec<Option<Model>>> {
    let (db, from) = (keyring.reader(), walk.sequence());
    let beyond = walk.last.as_ref().map(|last| last.sequence);
    match store::audit::stretch(db, walk.account, beyond, AT_ONCE).await {
        Ok(rows) => return Ok(rows.into_iter().map(Some).collect()),
        Err(error) if store::audit::is_unreadable(&error) => {}
        Err(error) => return Err(error.into()),
    }
    let mut rows = Vec::new();
    for sequence in from..from + AT_ONCE {
        match store::audit::event_at(db, walk.account, sequence).await {
            Ok(Some(row)) => rows.push(Some(row)),
            Err(error) if !store::audit::is_unreadable(&error) => return Err(error.into()),
            // Or there is no row in this place, and one further on cannot be read.
            Ok(None) | Err(_) => break,
        }
    }
    rows.push(None);
    Ok(rows)
}

/// How far it came.
struct Walk {
    account: AccountId,
    kept: Option<AuditHead>,
    last: Option<Last>,
}

struct Last {
    sequence: u64,
    id: EventId,
    hash: EventHash,
    batch: Option<BatchId>,
    leads: bool,
}

impl Walk {
    /// The place of the next event.
    fn sequence(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.sequence) + 1
    }

    fn broken(&self, event_id: Option<EventId>, fault: Fault) -> Break {
        let sequence = self.sequence();
        Break {
            sequence,
            event_id,
            fault,
        }
    }

    fn step(&mut self, row: Option<Model>) -> Result<(), Break> {
        let Some(row) = row else {
            return Err(self.broken(None, Fault::Unreadable));
        };
        let (id, leads) = (EventId::from_uuid(row.id), row.leads);
        if u64::try_from(row.sequence) != Ok(self.sequence()) {
            return Err(self.broken(None, Fault::Missing));
        }
        let event = store::audit::read(row);
        let event = event.map_err(|_| self.broken(Some(id), Fault::Unreadable))?;
        let before = self.last.as_ref();
        let before = before.map_or(EventHash::NOTHING, |last| last.hash);
        if store::audit::hash(&event) != event.hash {
            return Err(self.broken(Some(id), Fault::Altered));
        }
        // What the next says of its batch counts once it is known to be true.
        self.seen(Some(&event))?;
        if event.previous_hash != before {
            return Err(self.broken(Some(id), Fault::Unlinked));
        }
        let kept = self.kept.filter(|kept| kept.sequence == event.sequence);
        if kept.is_some_and(|kept| kept.hash != event.hash || kept.account_id != self.account) {
            return Err(self.broken(Some(id), Fault::Kept));
        }
        self.last = Some(Last {
            sequence: event.sequence,
            id,
            hash: event.hash,
            batch: event.batch_id,
            leads,
        });
        Ok(())
    }

    /// The event before `next` leads, where it is alone or the last of its batch.
    fn seen(&self, next: Option<&AuditEvent>) -> Result<(), Break> {
        let Some(last) = &self.last else {
            return Ok(());
        };
        let next = next.and_then(|next| next.batch_id);
        if last.leads || (last.batch.is_some() && last.batch == next) {
            return Ok(());
        }
        Err(Break {
            sequence: last.sequence,
            event_id: Some(last.id),
            fault: Fault::Hidden,
        })
    }

    /// After the last row.
    async fn end(self, keyring: &Keyring, head: Option<AuditHead>) -> Result<Trail> {
        let last = self.last.as_ref();
        let (sequence, id) = (self.sequence() - 1, last.map(|last| last.id));
        let promised = head.map_or(0, |head| head.sequence);
        let kept = self.kept.map_or(0, |kept| kept.sequence);
        if promised.max(kept) > sequence {
            return Ok(Trail::Broken(self.broken(None, Fault::Missing)));
        }
        if let Err(broken) = self.seen(None) {
            return Ok(Trail::Broken(broken));
        }
        let broken = |sequence, event_id, fault| {
            Ok(Trail::Broken(Break {
                sequence,
                event_id,
                fault,
            }))
        };
        match head {
            None if sequence == 0 => Ok(Trail::Whole(None)),
            Some(head) if head.sequence < sequence => {
                let first = head.sequence + 1;
                let row = store::audit::event_at(keyring.reader(), self.account, first).await?;
                let id = row.map(|row| EventId::from_uuid(row.id));
                broken(first, id, Fault::Beyond)
            }
            Some(head) if last.is_some_and(|l| l.hash == head.hash && l.id == head.event_id) => {
                Ok(Trail::Whole(Some(head)))
            }
            _ => broken(sequence, id, Fault::Head),
        }
    }
}
