//! Counts that wait to be added to the others.

use contract::ApiKeyId;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

use crate::entity::usage_pending::{ActiveModel, Column, Entity, Model};
use crate::error::Result;

pub(crate) async fn put_off(db: &impl ConnectionTrait, rows: Vec<Model>) -> Result<()> {
    let rows = rows.into_iter().map(ActiveModel::from).collect();
    Ok(super::super::insert_all::<Entity, _>(db, rows).await?)
}

/// How many wait.
pub(crate) async fn count(db: &impl ConnectionTrait) -> Result<u64> {
    let counted = Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "n");
    let counted: Option<i64> = counted.into_tuple().one(db).await?;
    Ok(counted.and_then(|n| n.try_into().ok()).unwrap_or_default())
}

/// What waits, but for the counts.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Waiting {
    pub(crate) id: Uuid,
    pub(crate) first_key: Uuid,
    pub(crate) last_key: Uuid,
}

/// The order in which it is added.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    first_key: Uuid,
    id: Uuid,
}

impl Waiting {
    pub(crate) fn place(&self) -> Place {
        Place {
            first_key: self.first_key,
            id: self.id,
        }
    }
}

/// The next behind a place, in the order of their places.
pub(crate) async fn waiting(
    db: &impl ConnectionTrait,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<Waiting>> {
    let later = |place: Place| {
        let later = Column::FirstKey.gt(place.first_key);
        let from = Column::FirstKey.gte(place.first_key);
        from.and(later.or(Column::Id.gt(place.id)))
    };
    Ok(spans()
        .filter(Condition::all().add_option(after.map(later)))
        .order_by_asc(Column::FirstKey)
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_model()
        .all(db)
        .await?)
}

/// What may tell of a key.
pub(crate) async fn waiting_of(db: &impl ConnectionTrait, key: ApiKeyId) -> Result<Vec<Waiting>> {
    Ok(spans()
        .filter(Column::FirstKey.lte(key.uuid()))
        .filter(Column::LastKey.gte(key.uuid()))
        .into_model()
        .all(db)
        .await?)
}

fn spans() -> Select<Entity> {
    let columns = [Column::Id, Column::FirstKey, Column::LastKey];
    Entity::find().select_only().columns(columns)
}

/// Takes it. Another node may have taken some of it before.
pub(crate) async fn take(db: &impl ConnectionTrait, waiting: &[Waiting]) -> Result<Vec<Model>> {
    let ids = waiting.iter().map(|one| one.id);
    let taken = Entity::delete_many().filter(Column::Id.is_in(ids));
    Ok(taken.exec_with_returning(db).await?)
}
