//! People as they come, change and go.

use contract::console::Role;
use contract::page::{PageRequest, SortOrder};
use contract::people::PersonState;
use contract::text::PersonName;
use contract::{AccountId, ProfileId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::profiles::search_text;
use crate::cursor::Place;
use crate::entity::profile::{ActiveModel, Column, Entity, Model};
use crate::error::Result;

/// One row more than the limit, who came first first, in reading order away from the place.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    query: &str,
    page: &PageRequest,
    place: Option<Place>,
) -> Result<Vec<Model>> {
    let mut select = present(account);
    if let Some(part) = super::wanted(Some(query)) {
        select = select.filter(Expr::col(Column::Search).like(super::containing(&part)));
    }
    let select = super::stretch(select, Column::Id, SortOrder::Asc, page, place);
    Ok(select.all(db).await?)
}

/// Those who can sign in, by name.
pub(crate) async fn active(
    db: &impl ConnectionTrait,
    account: AccountId,
    limit: u64,
) -> Result<Vec<Model>> {
    Ok(signing_in(account)
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// Owners and admins, who reach everything, by name.
pub(crate) async fn administrators(
    db: &impl ConnectionTrait,
    account: AccountId,
    limit: u64,
) -> Result<Vec<Model>> {
    Ok(present(account)
        .filter(Column::Role.ne(Role::Member.as_str()))
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// How many owners can sign in.
pub(crate) async fn count_owners(db: &impl ConnectionTrait, account: AccountId) -> Result<u64> {
    let owners = signing_in(account).filter(Column::Role.eq(Role::Owner.as_str()));
    Ok(owners.count(db).await?)
}

fn signing_in(account: AccountId) -> Select<Entity> {
    present(account)
        .filter(Column::DisabledAt.is_null())
        .filter(Column::PasswordHash.is_not_null())
}

fn present(account: AccountId) -> Select<Entity> {
    Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Kind.eq("user"))
        .filter(Column::RemovedAt.is_null())
}

pub(crate) async fn set_role(
    db: &impl ConnectionTrait,
    person: &Model,
    role: Role,
) -> Result<Model> {
    let changed = ActiveModel {
        role: Set(Some(role.as_str().to_owned())),
        ..of(person)
    };
    Ok(changed.update(db).await?)
}

/// Since when they cannot sign in; `None`: they can.
pub(crate) async fn set_disabled(
    db: &impl ConnectionTrait,
    person: &Model,
    since: Option<Timestamp>,
) -> Result<Model> {
    let changed = ActiveModel {
        disabled_at: Set(since.map(Timestamp::unix_millis)),
        ..of(person)
    };
    Ok(changed.update(db).await?)
}

/// They have come: what they are called, and what they sign in with.
pub(crate) async fn join(
    db: &impl ConnectionTrait,
    person: &Model,
    name: &PersonName,
    password_hash: &str,
) -> Result<Model> {
    let changed = ActiveModel {
        name: Set(name.as_str().to_owned()),
        search: Set(search_text(name.as_str(), person.email.as_deref())),
        password_hash: Set(Some(password_hash.to_owned())),
        ..of(person)
    };
    Ok(changed.update(db).await?)
}

pub(crate) async fn set_password_hash(
    db: &impl ConnectionTrait,
    person: &Model,
    password_hash: &str,
) -> Result<()> {
    let changed = ActiveModel {
        password_hash: Set(Some(password_hash.to_owned())),
        ..of(person)
    };
    changed.update(db).await?;
    Ok(())
}

/// They go; their row stays for what names them.
pub(crate) async fn remove(
    db: &impl ConnectionTrait,
    person: &Model,
    by: ProfileId,
    now: Timestamp,
) -> Result<()> {
    let changed = ActiveModel {
        password_hash: Set(None),
        removed_at: Set(Some(now.unix_millis())),
        removed_by: Set(Some(by.uuid())),
        ..of(person)
    };
    changed.update(db).await?;
    Ok(())
}

/// They were here.
pub(crate) async fn seen(db: &impl ConnectionTrait, id: ProfileId, now: Timestamp) -> Result<()> {
    let before = Column::LastSeenAt
        .is_null()
        .or(Column::LastSeenAt.lt(now.unix_millis()));
    Entity::update_many()
        .col_expr(Column::LastSeenAt, now.unix_millis().into())
        .filter(Column::Id.eq(id.uuid()))
        .filter(before)
        .exec(db)
        .await?;
    Ok(())
}

fn of(person: &Model) -> ActiveModel {
    ActiveModel {
        id: Set(person.id),
        ..Default::default()
    }
}

impl Model {
    pub(crate) fn typed_id(&self) -> ProfileId {
        ProfileId::from_uuid(self.id)
    }

    /// Whether they are neither disabled nor gone.
    pub(crate) fn is_welcome(&self) -> bool {
        self.disabled_at.is_none() && self.removed_at.is_none()
    }

    /// Where a person stands.
    pub(crate) fn standing(&self) -> PersonState {
        match (&self.password_hash, self.disabled_at) {
            (_, Some(_)) => PersonState::Disabled,
            (None, None) => PersonState::Invited,
            (Some(_), None) => PersonState::Active,
        }
    }
}
