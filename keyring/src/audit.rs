//! What happened. Events are written by [`crate::unit::Unit::record`]; here they are read, looked through
//! for whether they are what was written, and given out. Refused requests, which change nothing and so
//! have no transaction, are written down by `refusals`.

mod export;
mod page;
mod refusals;
mod verify;

use contract::audit::AuditEvent;
use contract::page::Page;
use contract::request::ListEvents;
use contract::{ApiKeyId, Permission};
use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::cursor::List;
use crate::error::Result;
use crate::keys::check_text;
use crate::{Keyring, keys, store};

pub use export::{Export, export};
pub use page::{entry, newer, view};
pub use refusals::{Denial, denied, flush};
pub use verify::{Trail, head, heads, verify, verify_due};

pub(crate) use refusals::{Refusals, sign_in as refused_sign_in};
pub(crate) use verify::Looked;

/// What a change changed, field by field: `{"before": {…}, "after": {…}}`. Both name the same fields in the same
/// order.
pub(crate) fn difference<N: Into<String>>(
    before: impl IntoIterator<Item = (N, Value)>,
    after: impl IntoIterator<Item = (N, Value)>,
) -> Value {
    let (mut old, mut new) = (Map::new(), Map::new());
    for ((name, was), (_, is)) in before.into_iter().zip(after) {
        if was != is {
            let name = name.into();
            old.insert(name.clone(), was);
            new.insert(name, is);
        }
    }
    json!({ "before": old, "after": new })
}

/// How much of a thing's history its own page shows.
const MOST: u64 = 100;

/// Everything that happened in the account, newest first.
pub async fn list(
    keyring: &Keyring,
    caller: &Caller,
    list: ListEvents,
) -> Result<Page<AuditEvent>> {
    admit(caller, &list)?;
    let filter = filter(&list);
    let cursors = cursors(caller, "events", &filter);
    let place = cursors.read(keyring, &list.page)?;
    let rows = store::audit::list(keyring.reader(), caller.account, &list, place).await?;
    let (rows, pagination) = cursors.cut(keyring, place, list.page.limit(), rows, |row| row.id);
    let items = rows.into_iter().map(store::audit::read);
    Ok(Page {
        items: items.collect::<Result<_>>()?,
        pagination,
    })
}

/// Whether the caller may ask this.
fn admit(caller: &Caller, list: &ListEvents) -> Result<()> {
    caller.require(&Permission::manage("account"))?;
    check_text("target", list.target.as_deref())?;
    check_text("query", list.query.as_deref())
}

/// Whatever decides what is in the list.
fn filter(list: &ListEvents) -> String {
    let everything = ListEvents {
        page: contract::page::PageRequest::default(),
        ..list.clone()
    };
    format!("{everything:?}")
}

fn cursors<'a>(caller: &Caller, name: &'static str, filter: &'a str) -> List<'a> {
    List {
        account: caller.account,
        name,
        filter,
    }
}

/// The history of one key, also of one that was revoked, newest first. Who may see the key may see its history.
pub async fn history(keyring: &Keyring, caller: &Caller, key: ApiKeyId) -> Result<Vec<AuditEvent>> {
    caller.require(&Permission::read("api_keys"))?;
    let db = keyring.reader();
    keys::visible_ever(db, caller, key).await?;
    let mut events = store::audit::of_target(db, caller.account, &key.to_string(), MOST).await?;
    if !caller.holds(&Permission::manage("account")) {
        // Where others work from is for those who read the whole trail.
        for event in &mut events {
            (event.address, event.request_id) = (None, None);
        }
    }
    Ok(events)
}
