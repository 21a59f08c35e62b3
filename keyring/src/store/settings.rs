//! Values of the installation, and of accounts.

use contract::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, JsonValue};

use crate::entity::setting::{ActiveModel, Column, Entity};
use crate::error::Result;

/// The scope of what belongs to no account.
const INSTALLATION: &str = "installation";

pub(crate) async fn get(db: &impl ConnectionTrait, name: &str) -> Result<Option<JsonValue>> {
    get_in(db, INSTALLATION, name).await
}

pub(crate) async fn put(
    db: &impl ConnectionTrait,
    name: &str,
    value: JsonValue,
    now: Timestamp,
) -> Result<()> {
    put_in(db, INSTALLATION, name, value, now).await
}

/// Of an account: `scope` is its id.
pub(crate) async fn get_in(
    db: &impl ConnectionTrait,
    scope: &str,
    name: &str,
) -> Result<Option<JsonValue>> {
    let row = Entity::find_by_id((scope.to_owned(), name.to_owned()));
    let row = super::only(db, row).await?;
    Ok(row.map(|setting| setting.value))
}

/// Like [`get_in`].
pub(crate) async fn put_in(
    db: &impl ConnectionTrait,
    scope: &str,
    name: &str,
    value: JsonValue,
    now: Timestamp,
) -> Result<()> {
    let setting = ActiveModel {
        scope: Set(scope.to_owned()),
        name: Set(name.to_owned()),
        value: Set(value),
        updated_at: Set(now.unix_millis()),
    };
    let replace = OnConflict::columns([Column::Scope, Column::Name])
        .update_columns([Column::Value, Column::UpdatedAt])
        .to_owned();
    Entity::insert(setting)
        .on_conflict(replace)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub(crate) async fn remove(db: &impl ConnectionTrait, name: &str) -> Result<()> {
    Entity::delete_by_id((INSTALLATION.to_owned(), name.to_owned()))
        .exec(db)
        .await?;
    Ok(())
}
