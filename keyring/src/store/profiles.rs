//! Principals.

use std::collections::{BTreeSet, HashMap};

use contract::console::Role;
use contract::page::SortOrder;
use contract::request::ListProfiles;
use contract::resource::{Metadata, Profile, ProfileSpec, ProfileType};
use contract::text::Email;
use contract::{AccountId, ProfileId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::cursor::Place;
use crate::entity::profile::{ActiveModel, Column, Entity, Model};
use crate::error::Result;

/// A principal to be made. `person` is what only a person has.
pub(crate) struct NewProfile<'a> {
    pub(crate) id: ProfileId,
    pub(crate) account: AccountId,
    pub(crate) kind: ProfileType,
    pub(crate) name: &'a str,
    pub(crate) person: Option<Person<'a>>,
    pub(crate) created_by: ProfileId,
    pub(crate) now: Timestamp,
}

pub(crate) struct Person<'a> {
    pub(crate) email: &'a Email,
    pub(crate) role: Role,
    /// None: they were invited and cannot sign in yet.
    pub(crate) password_hash: Option<&'a str>,
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    new: NewProfile<'_>,
) -> Result<(), sea_orm::DbErr> {
    insert_all(db, vec![new]).await
}

pub(crate) async fn insert_all(
    db: &impl ConnectionTrait,
    new: Vec<NewProfile<'_>>,
) -> Result<(), sea_orm::DbErr> {
    super::insert_all::<Entity, _>(db, new.into_iter().map(row).collect()).await
}

fn row(new: NewProfile<'_>) -> ActiveModel {
    let kind = match new.kind {
        ProfileType::User => "user",
        ProfileType::ApiKey => "api_key",
        ProfileType::System => "system",
    };
    let person = new.person.as_ref();
    ActiveModel {
        id: Set(new.id.uuid()),
        account_id: Set(new.account.uuid()),
        kind: Set(kind.to_owned()),
        name: Set(new.name.to_owned()),
        email: Set(person.map(|person| person.email.as_str().to_owned())),
        role: Set(person.map(|person| person.role.as_str().to_owned())),
        password_hash: Set(person.and_then(|person| person.password_hash.map(str::to_owned))),
        created_by: Set(new.created_by.uuid()),
        created_at: Set(new.now.unix_millis()),
        disabled_at: Set(None),
        search: Set(search_text(
            new.name,
            person.map(|person| person.email.as_str()),
        )),
        last_seen_at: Set(None),
        removed_at: Set(None),
        removed_by: Set(None),
        factor_salt: Set(None),
        factor_since: Set(None),
        factor_step: Set(None),
    }
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: ProfileId) -> Result<Option<Model>> {
    Ok(super::only(db, Entity::find_by_id(id.uuid())).await?)
}

/// Who has this address in an account.
pub(crate) async fn find_by_email(
    db: &impl ConnectionTrait,
    account: AccountId,
    email: &Email,
) -> Result<Option<Model>> {
    let person = with_email(email).filter(Column::AccountId.eq(account.uuid()));
    Ok(super::only(db, person).await?)
}

/// Who has this address, in whatever account; who came first first.
pub(crate) async fn all_by_email(db: &impl ConnectionTrait, email: &Email) -> Result<Vec<Model>> {
    Ok(with_email(email).order_by_asc(Column::Id).all(db).await?)
}

fn with_email(email: &Email) -> Select<Entity> {
    Entity::find()
        .filter(Column::Email.eq(email.as_str()))
        .filter(Column::RemovedAt.is_null())
}

/// One of this account who was not removed.
pub(crate) async fn find_in(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: ProfileId,
) -> Result<Option<Model>> {
    let found = find(db, id).await?;
    let here =
        |profile: &Model| profile.account_id == account.uuid() && profile.removed_at.is_none();
    Ok(found.filter(here))
}

/// One row more than the limit, newest first, in reading order away from the place.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    list: &ListProfiles,
    place: Option<Place>,
) -> Result<Vec<Model>> {
    let mut select = Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::RemovedAt.is_null());
    if let Some(part) = super::wanted(list.query.as_deref()) {
        select = select.filter(Expr::col(Column::Search).like(super::containing(&part)));
    }
    let select = super::stretch(select, Column::Id, SortOrder::Desc, &list.page, place);
    Ok(select.all(db).await?)
}

/// The people of an account, by name, whoever was removed included: they are in its history.
pub(crate) async fn people(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<contract::audit::Person>> {
    let people = Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Kind.eq("user"))
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Id)
        .limit(MOST_PEOPLE);
    let person = |row: Model| contract::audit::Person {
        id: ProfileId::from_uuid(row.id),
        name: row.name,
    };
    Ok(people.all(db).await?.into_iter().map(person).collect())
}

/// How many people a page offers to choose from.
const MOST_PEOPLE: u64 = 200;

/// What a search for people looks through.
pub(super) fn search_text(name: &str, email: Option<&str>) -> String {
    super::folded(&[name, email.unwrap_or_default()].join("\n"))
}

/// Those with these ids, by id.
pub(crate) async fn by_ids(
    db: &impl ConnectionTrait,
    ids: BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, Model>> {
    let found = Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    Ok(found
        .into_iter()
        .map(|profile| (profile.id, profile))
        .collect())
}

/// Renames the principal of a key, which has no address.
pub(crate) async fn rename(db: &impl ConnectionTrait, id: Uuid, name: &str) -> Result<()> {
    ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        search: Set(search_text(name, None)),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// Replaces the hash that was `checked`. One that was set meanwhile is of another passphrase, and
/// stays.
pub(crate) async fn renew_password_hash(
    db: &impl ConnectionTrait,
    id: Uuid,
    checked: &str,
    renewed: &str,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::PasswordHash, renewed.into())
        .filter(Column::Id.eq(id))
        .filter(Column::PasswordHash.eq(checked))
        .exec(db)
        .await?;
    Ok(())
}

impl Model {
    /// As it is answered.
    pub(crate) fn to_resource(&self) -> Profile {
        Profile {
            metadata: Metadata {
                id: ProfileId::from_uuid(self.id),
                account_id: AccountId::from_uuid(self.account_id),
                name: self.name.clone(),
                profile_id: ProfileId::from_uuid(self.created_by),
                created_at: super::at(self.created_at),
                external_id: None,
                labels: contract::Labels::default(),
            },
            spec: ProfileSpec {
                kind: self.kind(),
                email: self.email.clone(),
                name: Some(self.name.clone()),
                disabled: self.disabled_at.is_some(),
            },
        }
    }

    pub(crate) fn kind(&self) -> ProfileType {
        match self.kind.as_str() {
            "user" => ProfileType::User,
            "api_key" => ProfileType::ApiKey,
            _ => ProfileType::System,
        }
    }

    pub(crate) fn role(&self) -> Option<Role> {
        self.role.as_deref().and_then(Role::parse)
    }
}
