//! Saved views: what a person often asks of the list of keys, under a name of theirs. They are how the
//! console looks to one person, like its theme, and leave no trail.

use contract::Invalid;
use contract::console::{KeysQuery, SavedView};
use contract::text::ViewName;

use crate::caller::Caller;
use crate::entity::saved_view;
use crate::error::{Error, Result};
use crate::{Keyring, keys, store};

/// The most views that a person has: each is counted with every page of the list.
const MOST: u64 = 12;

/// Saves a view, in the place of one that has its name. It has to ask for less than all keys.
pub async fn save(
    keyring: &Keyring,
    caller: &Caller,
    name: &ViewName,
    query: &KeysQuery,
) -> Result<()> {
    if !query.narrows() {
        return Err(Invalid::new("search or choose a view first").at("q").into());
    }
    query.list()?;
    keys::check_text("q", Some(&query.q))?;
    keyring
        .write(caller, |unit| async move {
            person(&unit.caller)?;
            let (account, profile) = (unit.caller.account, unit.caller.profile);
            let others = store::views::count_others(&*unit.txn, profile, name.as_str()).await?;
            if others >= MOST {
                let message = format!("at most {MOST} views are kept; remove one first");
                return Err(Invalid::new(message).at("name").into());
            }
            let view = saved_view::Model {
                account_id: account.uuid(),
                profile_id: profile.uuid(),
                name: name.as_str().to_owned(),
                query: query.q.trim().to_owned(),
                shows: query.show.clone(),
                saved_at: unit.now.unix_millis(),
            };
            store::views::save(&*unit.txn, view).await
        })
        .await
}

/// Forgets a view.
pub async fn remove(keyring: &Keyring, caller: &Caller, name: &str) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            person(&unit.caller)?;
            if store::views::delete(&*unit.txn, unit.caller.profile, name).await? {
                return Ok(());
            }
            Err(Error::not_found("view"))
        })
        .await
}

/// The caller's views with how many keys are in each, by the conditions that the list filters by.
pub(crate) async fn counted(keyring: &Keyring, caller: &Caller) -> Result<Vec<SavedView>> {
    if person(caller).is_err() {
        return Ok(Vec::new());
    }
    let (db, now) = (keyring.reader(), keyring.clock().now());
    let visible = keys::visible_to(caller);
    let mut views = Vec::new();
    for row in store::views::of(db, caller.profile).await? {
        let query = KeysQuery {
            q: row.query,
            show: row.shows,
            ..KeysQuery::default()
        };
        // One that a later version may know shows nothing to this one.
        let Ok(list) = query.list() else { continue };
        views.push(SavedView {
            name: row.name,
            keys: store::keys::count_listed(db, visible, &list, now).await?,
            query,
        });
    }
    Ok(views)
}

fn person(caller: &Caller) -> Result<()> {
    if caller.role.is_some() {
        return Ok(());
    }
    Err(Error::precondition("Only people have views."))
}
