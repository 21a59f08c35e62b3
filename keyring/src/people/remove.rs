//! How somebody goes, and what becomes of their keys: none is left without somebody who answers for it.

use std::collections::BTreeSet;

use contract::audit::Action;
use contract::console::Role;
use contract::people::{Legacy, PersonState};
use contract::text::Reason;
use contract::{Invalid, ProfileId, WorkspaceId};
use serde_json::json;

use super::{changeable, found, rules};
use crate::caller::{Caller, Entrance};
use crate::entity::{api_key, profile};
use crate::error::{Error, Result};
use crate::store::audit::NewEvent;
use crate::store::keys::Visible;
use crate::unit::Unit;
use crate::{Keyring, callers, keys, store, verdict};

/// As many as a database counts.
const ALL: u64 = u32::MAX as u64;

/// Removes somebody, and hands over or revokes their keys, all at once or not at all.
pub async fn remove(
    keyring: &Keyring,
    caller: &Caller,
    id: ProfileId,
    legacy: Legacy,
) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            let person = changeable(&unit, id).await?;
            rules::refuse_self(&unit.caller, &person)?;
            let theirs = Visible {
                account: unit.caller.account,
                owner: Some(id),
            };
            let left = store::keys::rows(&*unit.txn, theirs, ALL).await?;
            let count = left.len();
            let became = match legacy {
                Legacy::Transfer(heir) => {
                    let heir = heir_of(&unit, &person, heir, &left).await?;
                    transfer(&unit, &person, &heir, left).await?;
                    json!({ "transferred": count, "to": heir.name })
                }
                Legacy::Revoke => {
                    let why = format!("{}, whose key it was, was removed", person.name);
                    let why = Reason::parse(&why).ok();
                    for key in left {
                        keys::revoke_found(&unit, key, why.as_ref()).await?;
                    }
                    json!({ "revoked": count })
                }
            };
            let workspaces = go(&unit, &person).await?;
            rules::keep_an_owner(&unit).await?;
            let details = json!({
                "before": {
                    "email": person.email,
                    "role": person.role(),
                    "workspaces": workspaces,
                },
                "keys": became,
            });
            unit.record_with(Action::PersonRemoved, id, &person.name, details)
                .await
        })
        .await
}

/// Nothing lets them in any more, and they belong nowhere; out of which workspaces they went.
async fn go(unit: &Unit, person: &profile::Model) -> Result<BTreeSet<WorkspaceId>> {
    let id = person.typed_id();
    store::invitations::delete(&*unit.txn, id).await?;
    store::sessions::delete_of(&*unit.txn, id, None).await?;
    store::factors::forget(&*unit.txn, person).await?;
    store::people::remove(&*unit.txn, person, unit.caller.profile, unit.now).await?;
    store::members::delete_of(&*unit.txn, id).await
}

/// Who takes the keys over: somebody who can sign in, and could have been given each of them.
async fn heir_of(
    unit: &Unit,
    person: &profile::Model,
    id: ProfileId,
    left: &[api_key::Model],
) -> Result<profile::Model> {
    let refused = |why: String| Error::from(Invalid::new(why).at("heir"));
    let heir = found(&*unit.txn, &unit.caller, id).await?;
    if heir.id == person.id || heir.standing() != PersonState::Active {
        return Err(refused("choose somebody else who can sign in".to_owned()));
    }
    if heir.role() == Some(Role::Member) {
        let origin = unit.caller.origin.clone();
        let them = callers::of_person(
            &*unit.txn,
            heir.clone(),
            Entrance::CommandLine,
            origin,
            None,
        );
        let them = them.await?;
        for key in left {
            let reach = verdict::reach_of(&*unit.txn, key).await?;
            if keys::within(&them, key, &reach).is_err() {
                let why = format!(
                    "{} cannot take over {}, which may do or reaches more than they do",
                    heir.name, key.name
                );
                return Err(refused(why));
            }
        }
    }
    Ok(heir)
}

async fn transfer(
    unit: &Unit,
    person: &profile::Model,
    heir: &profile::Model,
    left: Vec<api_key::Model>,
) -> Result<()> {
    let (from, to) = (person.typed_id(), heir.typed_id());
    store::keys::transfer(&*unit.txn, unit.caller.account, from, to).await?;
    let owner = |id: ProfileId, name: &str| json!({ "ownerId": id, "owner": name });
    let details = json!({ "before": owner(from, &person.name), "after": owner(to, &heir.name) });
    let events = left.iter().map(|key| NewEvent {
        id: unit.new_id(),
        at: unit.now,
        action: Action::KeyTransferred,
        target: key.typed_id().to_string(),
        target_name: &key.name,
        details: details.clone(),
        batch: None,
    });
    unit.record_all(events.collect()).await
}
