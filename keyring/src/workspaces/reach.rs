//! The other way round: who and what reaches a workspace, and how.

use contract::page::{MAX_LIMIT, PageRequest};
use contract::people::{ReachingKey, ReachingPerson, WorkspaceReach};
use contract::request::ListKeys;
use contract::resource::WorkspaceStatus;
use contract::{Permission, WorkspaceId};

use super::visible;
use crate::Keyring;
use crate::caller::Caller;
use crate::entity::{api_key, profile};
use crate::error::{Error, Result};
use crate::people::rules;
use crate::{keys, store};

/// Who reaches a workspace: people by their role or because they belong to it, keys by a grant or because they
/// reach everything. Of each at most so many as a page has. Archived, it is reached by nothing; what would
/// reach it is told nevertheless.
pub async fn reach(keyring: &Keyring, caller: &Caller, id: WorkspaceId) -> Result<WorkspaceReach> {
    let row = visible(keyring, caller, id).await?;
    let db = keyring.reader();
    let page = PageRequest {
        cursor: None,
        limit: Some(MAX_LIMIT),
    };
    let members = store::members::list(db, id, &page, None).await?;
    let belonging = members.iter().map(|member| member.profile_id).collect();
    let belonging = store::profiles::by_ids(db, belonging).await?;
    let mut people: Vec<_> = if rules::administers(caller).is_ok() {
        store::people::administrators(db, caller.account, MAX_LIMIT.into()).await?
    } else {
        Vec::new()
    };
    let others = belonging.values().cloned();
    let known: Vec<_> = people.iter().map(|person| person.id).collect();
    people.extend(others.filter(|person| !known.contains(&person.id)));
    people.sort_by(|one, other| one.name.cmp(&other.name));
    let person = |person: profile::Model| {
        Ok(ReachingPerson {
            id: person.typed_id(),
            role: person
                .role()
                .ok_or_else(|| Error::internal("a person has no role"))?,
            belongs: belonging.contains_key(&person.id),
            state: person.standing(),
            name: person.name,
        })
    };
    let list = ListKeys {
        workspace: Some(id),
        page,
        ..ListKeys::default()
    };
    let visible = keys::visible_to(caller);
    let now = keyring.clock().now();
    let mut found = store::keys::list(db, visible, &list, now, None).await?;
    let more_keys = found.len() > MAX_LIMIT as usize;
    found.truncate(MAX_LIMIT as usize);
    let key = |key: api_key::Model| ReachingKey {
        id: key.typed_id(),
        all_workspaces: key.all_workspaces,
        name: key.name,
    };
    let may_change = caller.holds(&Permission::manage("workspaces"))
        && caller.reach().includes(id)
        && row.status() != WorkspaceStatus::Archived;
    Ok(WorkspaceReach {
        people: people.into_iter().map(person).collect::<Result<_>>()?,
        keys: found.into_iter().map(key).collect(),
        more_keys,
        may_change,
        may_see_people: rules::administers(caller).is_ok(),
    })
}
