//! Members: people who belong to workspaces. A member of the account sees and hands out only the
//! workspaces they belong to.

use contract::audit::Action;
use contract::console::Role;
use contract::page::{Page, PageRequest};
use contract::request::NewMember;
use contract::resource::{ProfileType, WorkspaceMember, WorkspaceStatus};
use contract::text::Email;
use contract::{Invalid, MemberId, ProfileId, WorkspaceId};
use serde_json::json;

use crate::caller::Caller;
use crate::cursor::List;
use crate::entity::{profile, workspace, workspace_member};
use crate::error::{Error, Result};
use crate::unit::Unit;
use crate::{Keyring, callers, people, store, workspaces};

/// The people who belong to a workspace, who came last first.
pub async fn list(
    keyring: &Keyring,
    caller: &Caller,
    workspace: WorkspaceId,
    page: PageRequest,
) -> Result<Page<WorkspaceMember>> {
    workspaces::visible(keyring, caller, workspace).await?;
    let filter = workspace.to_string();
    let cursors = List {
        account: caller.account,
        name: "members",
        filter: &filter,
    };
    let place = cursors.read(keyring, &page)?;
    let db = keyring.reader();
    let rows = store::members::list(db, workspace, &page, place).await?;
    let (rows, pagination) = cursors.cut(keyring, place, page.limit(), rows, |row| row.id);
    let ids = rows.iter().map(|row| row.profile_id).collect();
    let people = store::profiles::by_ids(db, ids).await?;
    let items = rows.iter().filter_map(|row| {
        let person = people.get(&row.profile_id)?;
        Some(described(row, person))
    });
    Ok(Page {
        items: items.collect(),
        pagination,
    })
}

/// Makes somebody belong to a workspace that the caller reaches. Adding who is there changes
/// nothing. An address that nobody has is invited: they become a member of the
/// account, so the caller must hold what members hold, and give a code like whoever invites.
pub async fn add(
    keyring: &Keyring,
    caller: &Caller,
    workspace: WorkspaceId,
    who: NewMember,
) -> Result<WorkspaceMember> {
    let who = &who;
    keyring
        .write(caller, |unit| async move {
            let row = open(&unit, workspace).await?;
            let person = match who {
                NewMember::Profile(id) => person(&unit, *id).await?,
                NewMember::Email(email) => by_address(&unit, email).await?,
            };
            add_in(&unit, &row, &person).await?;
            let member = store::members::find(&*unit.txn, workspace, person.typed_id())
                .await?
                .ok_or_else(|| Error::internal("a member was added and is not there"))?;
            Ok(described(&member, &person))
        })
        .await
}

/// Makes somebody belong to a workspace inside a transaction.
pub(crate) async fn add_in(
    unit: &Unit,
    workspace: &workspace::Model,
    person: &profile::Model,
) -> Result<()> {
    let new = store::members::NewMember {
        id: MemberId::from_uuid(unit.new_id()),
        account: unit.caller.account,
        workspace: workspace.typed_id(),
        profile: person.typed_id(),
        by: unit.caller.profile,
        now: unit.now,
    };
    if store::members::insert(&*unit.txn, &new).await? {
        record(unit, Action::MemberAdded, workspace, person).await?;
    }
    Ok(())
}

/// Takes somebody out of a workspace, at once. Taking out who is not in it changes nothing.
pub async fn remove(
    keyring: &Keyring,
    caller: &Caller,
    workspace: WorkspaceId,
    profile: ProfileId,
) -> Result<()> {
    keyring
        .write(caller, |unit| async move {
            let row = reached(&unit, workspace).await?;
            let person = store::profiles::find_in(&*unit.txn, unit.caller.account, profile)
                .await?
                .ok_or_else(|| Error::not_found("profile"))?;
            if store::members::delete(&*unit.txn, workspace, profile).await? {
                record(&unit, Action::MemberRemoved, &row, &person).await?;
            }
            Ok(())
        })
        .await
}

/// The workspace, if its members are the caller's to choose: who belongs to it reaches it.
async fn reached(unit: &Unit, id: WorkspaceId) -> Result<workspace::Model> {
    let row = workspaces::changeable(unit, id).await?;
    unit.caller.reaches(id, &row.name)?;
    Ok(row)
}

/// The workspace, if people are the caller's to add to it.
pub(crate) async fn open(unit: &Unit, id: WorkspaceId) -> Result<workspace::Model> {
    let row = reached(unit, id).await?;
    if row.status() == WorkspaceStatus::Archived {
        let message = format!("{} is archived. Restore it before adding people.", row.name);
        return Err(Error::precondition(message));
    }
    Ok(row)
}

async fn person(unit: &Unit, id: ProfileId) -> Result<profile::Model> {
    let found = store::profiles::find_in(&*unit.txn, unit.caller.account, id).await?;
    let found = found.ok_or_else(|| Error::not_found("profile"))?;
    if found.kind() == ProfileType::User {
        return Ok(found);
    }
    let refused =
        Invalid::new("only people belong to workspaces; grant a key the workspace instead");
    Err(refused.at("profileId").into())
}

async fn by_address(unit: &Unit, email: &Email) -> Result<profile::Model> {
    let account = unit.caller.account;
    if let Some(person) = store::profiles::find_by_email(&*unit.txn, account, email).await? {
        return Ok(person);
    }
    // Who is there holds what their role gives them; who is invited gets it from the caller.
    let theirs = callers::member_permissions(&*unit.txn, account).await?;
    unit.caller.dominates(&theirs)?;
    people::invite_in(unit, email, Role::Member).await
}

async fn record(
    unit: &Unit,
    action: Action,
    workspace: &workspace::Model,
    person: &profile::Model,
) -> Result<()> {
    let details = json!({
        "profileId": ProfileId::from_uuid(person.id),
        "profileName": person.name,
    });
    unit.record_with(action, workspace.typed_id(), &workspace.name, details)
        .await
}

fn described(row: &workspace_member::Model, person: &profile::Model) -> WorkspaceMember {
    WorkspaceMember {
        actor_id: MemberId::from_uuid(row.id),
        profile_id: ProfileId::from_uuid(person.id),
        added_at: Some(store::at(row.added_at)),
        email: person.email.clone(),
        name: Some(person.name.clone()),
    }
}
