//! Accounts.

use contract::people::OpenAccount;
use contract::text::AccountName;
use contract::{AccountId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::entity::account;
use crate::error::Result;

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    id: AccountId,
    name: &AccountName,
    now: Timestamp,
) -> Result<()> {
    let account = account::ActiveModel {
        id: Set(id.uuid()),
        name: Set(name.as_str().to_owned()),
        created_at: Set(now.unix_millis()),
        ..Default::default()
    };
    account.insert(db).await?;
    Ok(())
}

pub(crate) async fn find(
    db: &impl ConnectionTrait,
    id: AccountId,
) -> Result<Option<account::Model>> {
    Ok(super::only(db, account::Entity::find_by_id(id.uuid())).await?)
}

/// Oldest first, at most two: enough to know whether there is none, one, or a choice.
pub(crate) async fn first_two(db: &impl ConnectionTrait) -> Result<Vec<account::Model>> {
    use sea_orm::QuerySelect;
    Ok(account::Entity::find()
        .order_by_asc(account::Column::Id)
        .limit(2)
        .all(db)
        .await?)
}

/// Oldest first.
pub(crate) async fn all(db: &impl ConnectionTrait) -> Result<Vec<AccountId>> {
    let accounts = account::Entity::find().order_by_asc(account::Column::Id);
    let ids = accounts
        .all(db)
        .await?
        .into_iter()
        .map(|account| account.id);
    Ok(ids.map(AccountId::from_uuid).collect())
}

/// What these accounts are called, by name.
pub(crate) async fn named(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<OpenAccount>> {
    let accounts = account::Entity::find()
        .filter(account::Column::Id.is_in(ids))
        .order_by_asc(account::Column::Name)
        .order_by_asc(account::Column::Id);
    let bare = |row: account::Model| OpenAccount {
        id: AccountId::from_uuid(row.id),
        name: row.name,
    };
    Ok(accounts.all(db).await?.into_iter().map(bare).collect())
}

pub(crate) async fn exists(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(account::Entity::find().count(db).await? > 0)
}
