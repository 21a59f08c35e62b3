//! Counts that wait to be added to the others.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::usage_pending::{ActiveModel, Column, Entity, Model};
use crate::error::Result;

/// How many rows one statement keeps: each may be some ten thousand bytes.
const AT_ONCE: usize = 64;

pub(crate) async fn put_off(db: &impl ConnectionTrait, rows: Vec<Model>) -> Result<()> {
    let mut rows = rows.into_iter().map(ActiveModel::from).peekable();
    while rows.peek().is_some() {
        Entity::insert_many(rows.by_ref().take(AT_ONCE))
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

/// The first so many parts, from this one on, in which something waits.
pub(crate) async fn waiting_parts(
    db: &impl ConnectionTrait,
    from: i64,
    limit: u64,
) -> Result<Vec<i64>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::Part)
        .distinct()
        .filter(Column::Part.gte(from))
        .order_by_asc(Column::Part)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// Takes all that waits in a part.
pub(crate) async fn take_part(db: &impl ConnectionTrait, part: i64) -> Result<Vec<Model>> {
    Ok(Entity::delete_many()
        .filter(Column::Part.eq(part))
        .exec_with_returning(db)
        .await?)
}
