//! Views that people saved.

use contract::ProfileId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder,
};

use crate::entity::saved_view::{Column, Entity, Model};
use crate::error::Result;

/// A person's views, by name.
pub(crate) async fn of(db: &impl ConnectionTrait, person: ProfileId) -> Result<Vec<Model>> {
    let own = Entity::find().filter(Column::ProfileId.eq(person.uuid()));
    Ok(own.order_by_asc(Column::Name).all(db).await?)
}

/// How many views a person has under other names.
pub(crate) async fn count_others(
    db: &impl ConnectionTrait,
    person: ProfileId,
    name: &str,
) -> Result<u64> {
    let own = Entity::find().filter(Column::ProfileId.eq(person.uuid()));
    Ok(own.filter(Column::Name.ne(name)).count(db).await?)
}

/// Saves a view in the place of one that has its name.
pub(crate) async fn save(db: &impl ConnectionTrait, view: Model) -> Result<()> {
    let replace = OnConflict::columns([Column::ProfileId, Column::Name])
        .update_columns([Column::Query, Column::Shows, Column::SavedAt])
        .to_owned();
    Entity::insert(view.into_active_model().reset_all())
        .on_conflict(replace)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Whether there was one.
pub(crate) async fn delete(
    db: &impl ConnectionTrait,
    person: ProfileId,
    name: &str,
) -> Result<bool> {
    let gone = Entity::delete_by_id((person.uuid(), name.to_owned()))
        .exec(db)
        .await?;
    Ok(gone.rows_affected > 0)
}
