//! What the console's command palette finds: a few keys, workspaces and people by a part of their texts.

use std::collections::HashMap;

use contract::Permission;
use contract::console::{Found, FoundKey, FoundPerson};
use contract::page::PageRequest;
use contract::request::ListKeys;
use contract::resource::BareMetadata;
use uuid::Uuid;

use crate::caller::{Caller, Reach};
use crate::entity::api_key;
use crate::error::Result;
use crate::{Keyring, access, keys, store};

/// How many of each kind are told.
const FEW: u32 = 6;

/// What there is to see for the caller: what is called just so first, then the newest keys and the oldest
/// workspaces and people. An empty text finds nothing.
pub async fn find(keyring: &Keyring, caller: &Caller, text: &str) -> Result<Found> {
    let Some(part) = store::wanted(Some(text)) else {
        return Ok(Found::default());
    };
    keys::check_text("query", Some(text))?;
    Ok(Found {
        keys: found_keys(keyring, caller, text, FEW).await?,
        workspaces: found_workspaces(keyring, caller, &part, FEW).await?,
        people: people(keyring, caller, text).await?,
    })
}

/// At most so many keys: those called just so first, then the newest that the text is a part of.
pub(crate) async fn found_keys(
    keyring: &Keyring,
    caller: &Caller,
    text: &str,
    few: u32,
) -> Result<Vec<FoundKey>> {
    if !caller.holds(&Permission::read("api_keys")) {
        return Ok(Vec::new());
    }
    let (db, now) = (keyring.reader(), keyring.clock().now());
    let list = ListKeys {
        query: Some(text.to_owned()),
        ..ListKeys::default()
    };
    let visible = keys::visible_to(caller);
    let most = u64::from(few);
    let mut rows = store::keys::first_named(db, visible, &list, now, most).await?;
    for row in store::keys::first_listed(db, visible, &list, now, most).await? {
        if rows.len() < few as usize && rows.iter().all(|known| known.id != row.id) {
            rows.push(row);
        }
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut hints = store::tokens::hints(db, &ids, now).await?;
    // Who reaches everything is kept from none by what it reaches.
    let granted = if caller.reach == Reach::All {
        Vec::new()
    } else {
        store::grants::by_key(db, &ids).await?
    };
    let mut granted: HashMap<_, _> = granted.into_iter().collect();
    let found = |row: api_key::Model| FoundKey {
        id: row.typed_id(),
        hint: hints.remove(&row.id).unwrap_or_default().current,
        state: row.state(),
        system: row.system,
        locked: access::lock(caller, &row, || {
            granted.remove(&row.id).unwrap_or_default().into_iter()
        }),
        name: row.name,
    };
    Ok(rows.into_iter().map(found).collect())
}

/// At most so many workspaces: those called just so first, then the oldest that the folded text is a part of.
pub(crate) async fn found_workspaces(
    keyring: &Keyring,
    caller: &Caller,
    part: &str,
    few: u32,
) -> Result<Vec<BareMetadata<contract::WorkspaceId>>> {
    let seen = caller.known_workspaces();
    let db = keyring.reader();
    let mut all =
        store::workspaces::present(db, caller.account, &seen, access::MOST_WORKSPACES).await?;
    all.sort_by_key(|row| store::folded(&row.name) != part);
    let found = all
        .into_iter()
        .filter(|row| store::folded(&row.name).contains(part))
        .take(few as usize);
    Ok(found
        .map(|row| BareMetadata {
            id: row.typed_id(),
            name: row.name,
        })
        .collect())
}

async fn people(keyring: &Keyring, caller: &Caller, text: &str) -> Result<Vec<FoundPerson>> {
    if !caller.holds(&Permission::manage("account")) {
        return Ok(Vec::new());
    }
    let few = PageRequest {
        cursor: None,
        limit: Some(FEW),
    };
    // One more than the limit comes.
    let rows = store::people::list(keyring.reader(), caller.account, text, &few, None).await?;
    Ok(rows
        .into_iter()
        .take(FEW as usize)
        .map(|row| FoundPerson {
            id: row.typed_id(),
            name: row.name,
            email: row.email.unwrap_or_default(),
        })
        .collect())
}
