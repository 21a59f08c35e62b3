//! The matrix while somebody looks at it: what happens to it, from the audit log, and who else is here.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::access::{Change, PageId, Present};
use contract::audit::AuditEvent;
use contract::error::Kind;
use contract::{EventId, Permission};
use tokio::sync::watch;
use uuid::Uuid;

use super::here::Stay;
use super::snapshot::MOST_KEYS;
use super::telling::{self, Told};
use crate::caller::{Caller, Reach};
use crate::error::{Error, Result};
use crate::{Keyring, callers, keys, store};

/// How often the session is looked at, and the log for what other nodes did.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// What happens within so long is told together.
const TOGETHER: Duration = Duration::from_millis(40);
/// When more happened at once, loading everything anew is less.
const MOST_TOLD: usize = 5_000;

/// What is new.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// In the order it happened. An id says that everything until that event was told.
    Changes(Vec<(Option<EventId>, Change)>),
    /// Everybody else who is here now.
    Present(Vec<Present>),
}

/// Somebody's page that listens.
pub struct Live {
    keyring: Keyring,
    caller: Caller,
    stay: Stay,
    /// The newest event that was told or passed over.
    last: Option<Uuid>,
    /// From which event on the log is read the next time.
    since: Option<Uuid>,
    /// Those that were told lately, where the log is read with an overlap.
    lately: BTreeSet<Uuid>,
    commits: watch::Receiver<u64>,
    others: watch::Receiver<u64>,
    told_present: Option<Vec<Present>>,
    /// Until when keys that expired were told, and when the next one expires.
    expired: i64,
    next_expiry: Option<i64>,
}

/// Listens from after an event on, or from now on. The caller is looked up again as long as it lasts.
pub async fn live(
    keyring: &Keyring,
    caller: &Caller,
    page: PageId,
    after: Option<EventId>,
) -> Result<Live> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let last = match after {
        Some(after) => Some(after.uuid()),
        None => store::audit::last(db, caller.account).await?,
    };
    let now = keyring.clock().now();
    // Somebody who comes back may have missed that a key expired.
    let expired = last.map_or(now, |last| EventId::from_uuid(last).made_at().min(now));
    let expired = expired.unix_millis();
    Ok(Live {
        keyring: keyring.clone(),
        stay: keyring.0.presence.enter(caller, page)?,
        caller: caller.clone(),
        since: keyring.0.database.overlapping(last),
        last,
        lately: BTreeSet::new(),
        commits: keyring.0.database.commits(),
        others: keyring.0.presence.changes(),
        told_present: None,
        next_expiry: store::keys::next_expiry(db, keys::visible_to(caller), expired).await?,
        expired,
    })
}

impl Live {
    /// Waits for what is new; `None` when it is over, because the caller may not look any more or the page
    /// listens by another stream.
    pub async fn next(&mut self) -> Result<Option<News>> {
        while self.stay.is_current() {
            // From here on, nothing that happens is slept through.
            self.commits.borrow_and_update();
            self.others.borrow_and_update();
            let changes = match self.changes().await {
                Ok(changes) => changes,
                Err(error) if is_over(&error) => return Ok(None),
                Err(error) => return Err(error),
            };
            if !changes.is_empty() {
                return Ok(Some(News::Changes(changes)));
            }
            let present = self.present().await?;
            if self.told_present.as_ref() != Some(&present) {
                self.told_present = Some(present.clone());
                return Ok(Some(News::Present(present)));
            }
            self.wait().await;
        }
        Ok(None)
    }

    async fn wait(&mut self) {
        let now = self.keyring.clock().now().unix_millis();
        let until_expiry = self
            .next_expiry
            .and_then(|at| u64::try_from(at - now).ok())
            .map_or(LOOK_AGAIN, Duration::from_millis);
        tokio::select! {
            _ = self.commits.changed() => {}
            _ = self.others.changed() => {}
            () = tokio::time::sleep(until_expiry.min(LOOK_AGAIN)) => return,
        }
        tokio::time::sleep(TOGETHER).await;
    }

    /// What happened since it was last asked.
    async fn changes(&mut self) -> Result<Vec<(Option<EventId>, Change)>> {
        let db = self.keyring.reader();
        let now = self.keyring.clock().now();
        let present = callers::refresh(db, &self.caller, now).await?;
        present.require(&Permission::read("api_keys"))?;
        let same = present.role == self.caller.role
            && present.permissions == self.caller.permissions
            && present.reach == self.caller.reach;
        self.caller = present;
        if !same {
            self.stay.reaches(&self.caller);
            return Ok(vec![(None, Change::Reload)]);
        }
        let before = self.last;
        let mut events = self.events().await?;
        let news = events.iter().filter(|event| Some(event.id.uuid()) > before);
        if news.count() > MOST_TOLD {
            self.last = store::audit::last(self.keyring.reader(), self.caller.account).await?;
            return Ok(vec![(self.last.map(EventId::from_uuid), Change::Reload)]);
        }
        // Of what may be heard for the second time, the latest.
        events.drain(..events.len().saturating_sub(MOST_TOLD));
        let again = |id: Option<EventId>| id.map(EventId::uuid) <= before;
        let Told { mut changes, keys } = telling::tell(&self.keyring, &self.caller, events).await?;
        // The page loaded everything since: told twice, this would never end.
        changes.retain(|(id, change)| *change != Change::Reload || !again(*id));
        if keys || self.next_expiry.is_some_and(|at| at <= now.unix_millis()) {
            changes.extend(self.expiries().await?);
        }
        Ok(changes)
    }

    /// The events that were not told yet, oldest first. Those until `last` may be known to the page; when
    /// there are more than [`MOST_TOLD`] after it, not all of them are read.
    async fn events(&mut self) -> Result<Vec<AuditEvent>> {
        let (db, database) = (self.keyring.reader(), &self.keyring.0.database);
        let account = self.caller.account;
        let mut events = store::audit::stretch_of(db, account, self.since, self.last).await?;
        let most = MOST_TOLD as u64 + 1;
        events.extend(store::audit::since(db, account, self.last, most).await?);
        events.retain(|event| !self.lately.contains(&event.id.uuid()));
        if let Some(newest) = events.last() {
            self.last = self.last.max(Some(newest.id.uuid()));
        }
        self.since = database.unsettled(self.last, self.keyring.clock().now());
        if self.since != self.last {
            self.lately
                .extend(events.iter().map(|event| event.id.uuid()));
        }
        self.lately.retain(|id| Some(*id) > self.since);
        Ok(events)
    }

    /// Keys that expired by the clock, which leaves no event.
    async fn expiries(&mut self) -> Result<Vec<(Option<EventId>, Change)>> {
        let db = self.keyring.reader();
        let visible = keys::visible_to(&self.caller);
        let now = self.keyring.clock().now().unix_millis();
        let over = store::keys::expiring(db, visible, (self.expired, now), MOST_KEYS).await?;
        self.expired = now;
        self.next_expiry = store::keys::next_expiry(db, visible, now).await?;
        let changes = telling::as_they_are(db, &self.caller, over).await?;
        Ok(changes.into_iter().map(|change| (None, change)).collect())
    }

    /// Everybody else whom the caller knows, on cells that the caller sees.
    async fn present(&self) -> Result<Vec<Present>> {
        let presence = &self.keyring.0.presence;
        let mut others = presence.others(&self.caller, self.stay.page());
        if !self.caller.only_own_keys() && self.caller.reach == Reach::All {
            return Ok(others);
        }
        let cells = others.iter().filter_map(|other| other.cell);
        let named: BTreeSet<_> = cells.map(|(key, _)| key).collect();
        let visible = keys::visible_to(&self.caller);
        let seen = store::keys::find_many(self.keyring.reader(), visible, &named).await?;
        let seen: BTreeSet<_> = seen.iter().map(|key| key.id).collect();
        let workspaces = crate::workspaces::visible_to(&self.caller);
        for other in &mut others {
            other.cell = other.cell.filter(|(key, workspace)| {
                seen.contains(&key.uuid()) && workspaces.includes(*workspace)
            });
        }
        Ok(others)
    }
}

/// Whether the caller may not look any more.
fn is_over(error: &Error) -> bool {
    matches!(
        error.public().kind,
        Kind::Unauthenticated | Kind::PermissionDenied
    )
}
