//! What happened. Events are written by [`crate::unit::Unit::record`] and only read here.

use contract::audit::AuditEvent;
use contract::page::Page;
use contract::request::ListEvents;
use contract::{ApiKeyId, Permission};

use crate::caller::Caller;
use crate::cursor::List;
use crate::error::Result;
use crate::keys::check_text;
use crate::{Keyring, keys, store};

/// How much of a thing's history its own page shows.
const MOST: u64 = 100;

/// Everything that happened in the account, newest first.
pub async fn list(
    keyring: &Keyring,
    caller: &Caller,
    list: ListEvents,
) -> Result<Page<AuditEvent>> {
    caller.require(&Permission::manage("account"))?;
    check_text("target", list.target.as_deref())?;
    let filter = format!(
        "{:?}\0{:?}\0{:?}\0{:?}\0{:?}",
        list.actor, list.action, list.target, list.since, list.until
    );
    let cursors = List {
        account: caller.account,
        name: "events",
        filter: &filter,
    };
    let place = cursors.read(keyring, &list.page)?;
    let rows = store::audit::list(keyring.reader(), caller.account, &list, place).await?;
    let (rows, pagination) = cursors.cut(keyring, place, list.page.limit(), rows, |row| row.id);
    let items = rows.into_iter().map(store::audit::read);
    Ok(Page {
        items: items.collect::<Result<_>>()?,
        pagination,
    })
}

/// The history of one key, newest first. Who may see the key may see its history.
pub async fn history(keyring: &Keyring, caller: &Caller, key: ApiKeyId) -> Result<Vec<AuditEvent>> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    keys::visible(db, caller, key).await?;
    let mut events = store::audit::of_target(db, caller.account, &key.to_string(), MOST).await?;
    if !caller.holds(&Permission::manage("account")) {
        // Where others work from is for those who read the whole trail.
        for event in &mut events {
            (event.address, event.request_id) = (None, None);
        }
    }
    Ok(events)
}
