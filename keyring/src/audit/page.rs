//! What the console's page of the audit log shows.

use std::collections::HashMap;

use contract::audit::{AuditEntry, AuditEvent, AuditQuery, AuditView, EntryOpen, Verified};
use contract::request::ListEvents;
use contract::{EventId, Permission};

use super::verify::Trail;
use super::{admit, cursors};
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::{Keyring, callers, store};

/// How much of a batch is told; of one that is larger, it is not said how many things it is about.
const LINES: u64 = 200;
/// How many newer events are counted.
const NEWER: u64 = 100;

/// A page of the list, newest first. A batch is one entry, its last event; but not where the list is of one
/// action, target, batch or text, for then its events are what is asked for.
pub async fn view(keyring: &Keyring, caller: &Caller, query: &AuditQuery) -> Result<AuditView> {
    let now = keyring.clock().now();
    let list = query.list(now)?;
    admit(caller, &list)?;
    let (db, account) = (keyring.reader(), caller.account);
    // Before the list: what comes in between is told twice rather than never.
    let head = store::audit::head(db, account).await?;
    // The address and not the list, whose time goes on between two pages.
    let everything = AuditQuery {
        cursor: String::new(),
        ..query.clone()
    };
    let filter = format!("{everything:?}");
    let cursors = cursors(caller, "entries", &filter);
    let place = cursors.read(keyring, &list.page)?;
    let rows = if as_entries(&list) {
        store::audit::list_entries(db, account, &list, place).await?
    } else {
        store::audit::list(db, account, &list, place).await?
    };
    let (rows, pagination) = cursors.cut(keyring, place, list.page.limit(), rows, |row| row.id);
    let events = rows.into_iter().map(store::audit::read);
    let events = events.collect::<Result<Vec<_>>>()?;
    let batches = if as_entries(&list) {
        store::audit::batches(db, account, &events, LINES).await?
    } else {
        HashMap::new()
    };
    let entry = |event: AuditEvent| {
        let batch = event.batch_id.and_then(|id| batches.get(&id).copied());
        AuditEntry { event, batch }
    };
    let looked = keyring.0.looked.of(account).map(|(at, trail)| {
        let (events, broken) = match trail {
            Trail::Whole(head) => (head.map_or(0, |head| head.sequence), None),
            Trail::Broken(broken) => (0, Some(broken)),
        };
        Verified { at, events, broken }
    });
    Ok(AuditView {
        entries: events.into_iter().map(entry).collect(),
        pagination,
        total: head.map_or(0, |head| head.sequence),
        start: store::audit::start(db, account).await?,
        refused: store::audit::refused_since(db, account, list.since).await?,
        people: store::profiles::people(db, account).await?,
        verified: looked,
        now,
    })
}

/// Whether a batch is one entry of the list.
fn as_entries(list: &ListEvents) -> bool {
    list.action.is_none()
        && list.target.is_none()
        && list.batch.is_none()
        && !list.refused
        && list
            .query
            .as_deref()
            .is_none_or(|text| text.trim().is_empty())
}

/// How many entries of the list came after the account's first `sequence` events, at most 100. Asked again and
/// again on behalf of a page, so the caller is looked up anew: their session may be over by now.
pub async fn newer(
    keyring: &Keyring,
    caller: &Caller,
    query: &AuditQuery,
    sequence: u64,
) -> Result<u64> {
    let now = keyring.clock().now();
    let list = query.list(now)?;
    let db = keyring.reader();
    let caller = callers::refresh(db, caller, now).await?;
    admit(&caller, &list)?;
    let account = caller.account;
    store::audit::newer(db, account, &list, as_entries(&list), sequence, NEWER).await
}

/// One entry in full; of a batch, its events.
pub async fn entry(keyring: &Keyring, caller: &Caller, id: EventId) -> Result<EntryOpen> {
    caller.require(&Permission::manage("account"))?;
    let (db, account) = (keyring.reader(), caller.account);
    let event = store::audit::find(db, account, id).await?;
    let event = event.ok_or_else(|| Error::not_found("event"))?;
    let (batch, events) = match event.batch_id {
        Some(id) => {
            let last = store::audit::last_of_batch(db, account, id).await?;
            let told = store::audit::batches(db, account, last.as_slice(), LINES).await?;
            let events = store::audit::first_of_batch(db, account, id, LINES).await?;
            (told.get(&id).copied(), events)
        }
        None => (None, Vec::new()),
    };
    Ok(EntryOpen {
        event,
        batch,
        events,
    })
}
