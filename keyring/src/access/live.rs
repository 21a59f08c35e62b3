//! The matrix while somebody looks at it: what happens to it, from the audit log, and who else is here.

use std::collections::BTreeSet;
use std::time::Duration;
use std::{future, mem};

use contract::access::{Change, PageId, Present};
use contract::error::Kind;
use contract::{AccountId, Permission};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, watch};

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
/// When more events than these came at once, or more changes from them, loading everything anew is less.
const MOST_TOLD: u64 = 5_000;
const MOST_CHANGES: usize = 20_000;

/// What is new.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// In the order it happened. With a place in the audit log: everything until there was told.
    Changes(Vec<(Option<u64>, Change)>),
    /// Everybody else who is here now.
    Present(Vec<Present>),
}

/// Somebody's page that listens.
pub struct Live {
    keyring: Keyring,
    caller: Caller,
    stay: Stay,
    /// Until which place in the audit log everything was told or passed over.
    last: u64,
    /// Whether something may have happened since.
    look: bool,
    commits: broadcast::Receiver<AccountId>,
    others: watch::Receiver<u64>,
    told_present: Option<Vec<Present>>,
    /// Until when keys that expired were told, and when the next one expires.
    expired: i64,
    next_expiry: Option<i64>,
}

/// Listens from a place in the audit log on, or from now on. The caller is looked up again as long as it lasts.
pub async fn live(
    keyring: &Keyring,
    caller: &Caller,
    page: PageId,
    after: Option<u64>,
) -> Result<Live> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    let now = keyring.clock().now();
    let (last, since) = match after {
        None => (store::audit::place(db, caller.account).await?, None),
        Some(last) => {
            let event = store::audit::event_at(db, caller.account, last).await?;
            (last, event.map(|event| event.created_at))
        }
    };
    // Somebody who comes back may have missed that a key expired.
    let expired = since.unwrap_or(i64::MAX).min(now.unix_millis());
    Ok(Live {
        keyring: keyring.clone(),
        stay: keyring.0.presence.enter(caller, page)?,
        caller: caller.clone(),
        last,
        look: true,
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
            self.others.borrow_and_update();
            self.look |= self.was_woken();
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
        let account = self.caller.account;
        tokio::select! {
            () = committed(&mut self.commits, account) => self.look = true,
            _ = self.others.changed() => {}
            () = tokio::time::sleep(until_expiry.min(LOOK_AGAIN)) => {
                self.look = true;
                return;
            }
        }
        tokio::time::sleep(TOGETHER).await;
    }

    /// Whether something was committed in the account meanwhile.
    fn was_woken(&mut self) -> bool {
        let mut woken = false;
        loop {
            match self.commits.try_recv() {
                Ok(account) => woken |= account == self.caller.account,
                Err(TryRecvError::Lagged(_)) => woken = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return woken,
            }
        }
    }

    /// What happened since it was last asked.
    async fn changes(&mut self) -> Result<Vec<(Option<u64>, Change)>> {
        if !mem::take(&mut self.look) {
            return Ok(Vec::new());
        }
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
        let place = store::audit::place(db, self.caller.account).await?;
        // A place beyond the end is of a log that was put back to an earlier state.
        if place
            .checked_sub(self.last)
            .is_none_or(|new| new > MOST_TOLD)
        {
            self.last = place;
            return Ok(vec![(Some(place), Change::Reload)]);
        }
        let events = store::audit::since(db, self.caller.account, self.last, MOST_TOLD).await?;
        if let Some(newest) = events.last() {
            self.last = newest.sequence;
        }
        let Told { mut changes, keys } = telling::tell(&self.keyring, &self.caller, events).await?;
        if changes.len() > MOST_CHANGES {
            return Ok(vec![(Some(self.last), Change::Reload)]);
        }
        if keys || self.next_expiry.is_some_and(|at| at <= now.unix_millis()) {
            changes.extend(self.expiries().await?);
        }
        Ok(changes)
    }

    /// Keys that expired by the clock, which leaves no event.
    async fn expiries(&mut self) -> Result<Vec<(Option<u64>, Change)>> {
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
        let workspaces = self.caller.known_workspaces();
        for other in &mut others {
            other.cell = other.cell.filter(|(key, workspace)| {
                seen.contains(&key.uuid()) && workspaces.includes(*workspace)
            });
        }
        Ok(others)
    }
}

/// Waits until something is committed in an account.
pub(crate) async fn committed(commits: &mut broadcast::Receiver<AccountId>, of: AccountId) {
    loop {
        match commits.recv().await {
            Ok(account) if account != of => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => future::pending().await,
        }
    }
}

/// Whether the caller may not look any more.
fn is_over(error: &Error) -> bool {
    matches!(
        error.public().kind,
        Kind::Unauthenticated | Kind::PermissionDenied
    )
}
