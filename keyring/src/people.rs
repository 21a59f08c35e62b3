//! The people of an account: who they are, how they come, what they may be, how they go. Who may do what
//! to whom is decided in [`rules`]; the table of it is in `docs/people.md`.

mod change;
mod invite;
mod join;
mod remove;
pub(crate) mod rules;

use contract::page::{MAX_LIMIT, PageRequest};
use contract::people::{InviteOptions, PeopleView, PersonRow, PersonView};
use contract::resource::{BareMetadata, ProfileType};
use contract::{ApiKeyId, ProfileId, WorkspaceId};
use sea_orm::ConnectionTrait;

use crate::caller::{Caller, Reach};
use crate::cursor::List;
use crate::entity::{api_key, profile, workspace};
use crate::error::{Error, Result};
use crate::keys::check_text;
use crate::store::keys::Visible;
use crate::unit::Unit;
use crate::{Keyring, sessions, store};

pub use change::{disable, enable, set_role, transfer_ownership};
pub(crate) use invite::invite_in;
pub use invite::{INVITED_FOR, invite, link, withdraw};
pub use join::{invited, join};
pub use remove::remove;

/// How many workspaces, and how many people, a form offers to choose from.
const OFFERED: u64 = 200;
/// How many keys of a person their page names.
const NAMED_KEYS: u64 = 50;

/// The people, as far as a text is in their name or address.
pub async fn list(
    keyring: &Keyring,
    caller: &Caller,
    query: &str,
    cursor: Option<String>,
) -> Result<PeopleView> {
    rules::administers(caller)?;
    check_text("query", Some(query))?;
    let page = PageRequest {
        cursor,
        limit: Some(MAX_LIMIT),
    };
    let cursors = List {
        account: caller.account,
        name: "people",
        filter: query,
    };
    let place = cursors.read(keyring, &page)?;
    let db = keyring.reader();
    // Before the people: what comes in between is told twice rather than never.
    let known = store::audit::place(db, caller.account).await?;
    let rows = store::people::list(db, caller.account, query, &page, place).await?;
    let (rows, pagination) = cursors.cut(keyring, place, page.limit(), rows, |row| row.id);
    Ok(PeopleView {
        rows: described(db, caller, rows).await?,
        pagination,
        place: known,
        now: keyring.clock().now(),
    })
}

/// Somebody, for who may change them.
pub async fn get(keyring: &Keyring, caller: &Caller, id: ProfileId) -> Result<PersonView> {
    rules::administers(caller)?;
    let db = keyring.reader();
    let row = found(db, caller, id).await?;
    let theirs = Visible {
        account: caller.account,
        owner: Some(id),
    };
    let bare = |key: api_key::Model| BareMetadata::<ApiKeyId> {
        id: key.typed_id(),
        name: key.name,
    };
    let keys = store::keys::rows(db, theirs, NAMED_KEYS).await?;
    let locked = rules::changes(caller, &row).err();
    let roles = rules::roles(caller);
    let person = described(db, caller, vec![row.clone()]).await?.pop();
    Ok(PersonView {
        person: person.ok_or_else(|| Error::internal("a person was described as nothing"))?,
        made_at: store::at(row.created_at),
        workspaces: belongs_to(db, caller, id).await?,
        keys: keys.into_iter().map(bare).collect(),
        sessions: sessions::of(keyring, caller, id).await?,
        own: id == caller.profile,
        locked: locked.map(|error| error.public().message.clone()),
        may_inherit: rules::hands_over(caller, &row).is_ok(),
        roles,
        heirs: heirs(db, caller, id).await?,
        now: keyring.clock().now(),
    })
}

/// What a new person may be given.
pub async fn invite_options(keyring: &Keyring, caller: &Caller) -> Result<InviteOptions> {
    rules::administers(caller)?;
    let db = keyring.reader();
    let workspaces = store::workspaces::present(db, caller.account, &Reach::All, OFFERED).await?;
    Ok(InviteOptions {
        roles: rules::roles(caller),
        workspaces: workspaces.into_iter().map(bare_workspace).collect(),
    })
}

async fn belongs_to(
    db: &impl ConnectionTrait,
    caller: &Caller,
    id: ProfileId,
) -> Result<Vec<BareMetadata<WorkspaceId>>> {
    let ids = store::members::workspaces_of(db, id).await?;
    let mut rows = store::workspaces::find_many(db, caller.account, &ids).await?;
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(rows.into_iter().map(bare_workspace).collect())
}

fn bare_workspace(row: workspace::Model) -> BareMetadata<WorkspaceId> {
    BareMetadata {
        id: row.typed_id(),
        name: row.name,
    }
}

/// Everybody else who can sign in.
async fn heirs(
    db: &impl ConnectionTrait,
    caller: &Caller,
    of: ProfileId,
) -> Result<Vec<BareMetadata<ProfileId>>> {
    let people = store::people::active(db, caller.account, OFFERED).await?;
    let bare = |row: profile::Model| BareMetadata {
        id: row.typed_id(),
        name: row.name,
    };
    let others = people.into_iter().filter(|row| row.typed_id() != of);
    Ok(others.map(bare).collect())
}

/// Somebody of the caller's account. Who is of another is as if there were nobody.
async fn found(
    db: &impl ConnectionTrait,
    caller: &Caller,
    id: ProfileId,
) -> Result<profile::Model> {
    let row = store::profiles::find_in(db, caller.account, id).await?;
    row.filter(|row| row.kind() == ProfileType::User)
        .ok_or_else(|| Error::not_found("person"))
}

/// Somebody whom the caller may change.
pub(crate) async fn changeable(unit: &Unit, id: ProfileId) -> Result<profile::Model> {
    rules::administers(&unit.caller)?;
    let person = found(&*unit.txn, &unit.caller, id).await?;
    rules::changes(&unit.caller, &person)?;
    Ok(person)
}

async fn described(
    db: &impl ConnectionTrait,
    caller: &Caller,
    rows: Vec<profile::Model>,
) -> Result<Vec<PersonRow>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let keys = store::keys::count_by_owner(db, caller.account, &ids).await?;
    let invitations = store::invitations::of_people(db, ids).await?;
    let person = |row: profile::Model| {
        let invitation = invitations.get(&row.id);
        Ok(PersonRow {
            id: row.typed_id(),
            role: row
                .role()
                .ok_or_else(|| Error::internal("a person has no role"))?,
            state: row.standing(),
            last_seen_at: row.last_seen_at.map(store::at),
            keys: keys.get(&row.id).copied().unwrap_or_default(),
            second_factor: row.factor_since.is_some(),
            invited_until: invitation.map(|invitation| store::at(invitation.expires_at)),
            email: row.email.unwrap_or_default(),
            name: row.name,
        })
    };
    rows.into_iter().map(person).collect()
}
