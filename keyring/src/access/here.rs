//! Who looks at the matrix, and at which cell. It is kept in memory: whoever is gone is forgotten, and with
//! several nodes each knows of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contract::access::{PageId, Present};
use contract::error::Kind;
use contract::{AccountId, ApiKeyId, WorkspaceId};
use tokio::sync::watch;

use crate::Keyring;
use crate::caller::{Caller, Reach};
use crate::error::{Error, Result};

/// How many pages of one account are open at once, and how many of all accounts.
const MOST_OF_ACCOUNT: usize = 256;
const MOST: usize = 4_096;

/// The pages that are open. Clones are the same.
#[derive(Clone)]
pub(crate) struct Presence(Arc<Inner>);

struct Inner {
    pages: Mutex<Pages>,
    changed: watch::Sender<u64>,
}

#[derive(Default)]
struct Pages {
    /// Every stream has a number of its own, so that one that is late to end takes nobody away.
    streams: u64,
    open: HashMap<(AccountId, PageId), Open>,
}

struct Open {
    stream: u64,
    present: Present,
    reach: Reach,
}

impl Default for Presence {
    fn default() -> Self {
        Self(Arc::new(Inner {
            pages: Mutex::default(),
            changed: watch::Sender::new(0),
        }))
    }
}

impl Presence {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self) {
        self.0.changed.send_modify(|count| *count += 1);
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// The caller's page is here until the stay is dropped. A page that comes back after its connection
    /// broke keeps its cell.
    pub(super) fn enter(&self, caller: &Caller, page: PageId) -> Result<Stay> {
        let place = (caller.account, page);
        let stream = {
            let mut pages = self.pages();
            let before = pages.open.get(&place);
            if before.is_some_and(|open| open.present.profile != caller.profile) {
                let message = "This page belongs to somebody else. Reload it.";
                return Err(contract::Error::new(Kind::AlreadyExists, message).into());
            }
            let cell = before.and_then(|open| open.present.cell);
            let of_account = pages.open.keys().filter(|(account, _)| *account == place.0);
            if before.is_none()
                && (pages.open.len() >= MOST || of_account.count() >= MOST_OF_ACCOUNT)
            {
                let message = "Too many pages look at the matrix. Close some.";
                return Err(contract::Error::new(Kind::ResourceExhausted, message).into());
            }
            pages.streams += 1;
            let stream = pages.streams;
            let present = Present {
                page: place.1.as_str().to_owned(),
                profile: caller.profile,
                name: caller.name.clone(),
                cell,
            };
            let reach = caller.reach.clone();
            let open = Open {
                stream,
                present,
                reach,
            };
            pages.open.insert(place.clone(), open);
            stream
        };
        self.announce();
        Ok(Stay {
            presence: self.clone(),
            place,
            stream,
        })
    }

    /// Everybody in the account but this page. A member is told of those with whom they share a workspace.
    pub(super) fn others(&self, caller: &Caller, page: &PageId) -> Vec<Present> {
        let pages = self.pages();
        let known = |open: &Open| {
            !caller.only_own_keys()
                || open.present.profile == caller.profile
                || open.reach.meets(&caller.reach)
        };
        let others = pages.open.iter().filter(|((account, at), open)| {
            *account == caller.account && at != page && known(open)
        });
        let mut others: Vec<_> = others.map(|(_, open)| open.present.clone()).collect();
        others.sort_by(|a, b| a.page.cmp(&b.page));
        others
    }
}

/// A page that is open.
pub(super) struct Stay {
    presence: Presence,
    place: (AccountId, PageId),
    stream: u64,
}

impl Stay {
    pub(super) fn page(&self) -> &PageId {
        &self.place.1
    }

    fn is_of(&self, open: &Open) -> bool {
        open.stream == self.stream
    }

    /// Whether the page has not come back with another stream meanwhile.
    pub(super) fn is_current(&self) -> bool {
        let pages = self.presence.pages();
        pages
            .open
            .get(&self.place)
            .is_some_and(|open| self.is_of(open))
    }

    /// Notes what the caller reaches by now.
    pub(super) fn reaches(&self, caller: &Caller) {
        let mut pages = self.presence.pages();
        let ours = pages.open.get_mut(&self.place);
        if let Some(open) = ours.filter(|open| self.is_of(open)) {
            open.reach = caller.reach.clone();
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        let mut pages = self.presence.pages();
        let ours = pages.open.get(&self.place);
        if ours.is_some_and(|open| self.is_of(open)) {
            pages.open.remove(&self.place);
            drop(pages);
            self.presence.announce();
        }
    }
}

/// Says which cell the caller is on, in a page of theirs that listens.
pub fn here(
    keyring: &Keyring,
    caller: &Caller,
    page: &PageId,
    cell: Option<(ApiKeyId, WorkspaceId)>,
) -> Result<()> {
    let presence = &keyring.0.presence;
    {
        let mut pages = presence.pages();
        let open = pages.open.get_mut(&(caller.account, page.clone()));
        let open = open.filter(|open| open.present.profile == caller.profile);
        let open = open.ok_or_else(|| Error::not_found("page"))?;
        open.present.cell = cell;
    }
    presence.announce();
    Ok(())
}
