//! What becomes of counts as they grow old.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::total;
use crate::entity::{usage_bucket, usage_denial, usage_source};
use crate::error::{Error, Result};

/// The beginning of the oldest bucket.
pub(crate) async fn oldest(db: &impl ConnectionTrait) -> Result<Option<i64>> {
    use usage_bucket::{Column, Entity};
    let oldest = Entity::find()
        .select_only()
        .column(Column::Hour)
        .order_by_asc(Column::Hour)
        .limit(1);
    Ok(oldest.into_tuple().one(db).await?)
}

/// Some keys with buckets that begin after `first` and before `end`.
pub(crate) async fn keys_between(
    db: &impl ConnectionTrait,
    first: i64,
    end: i64,
    limit: u64,
) -> Result<Vec<Uuid>> {
    use usage_bucket::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .column(Column::ApiKeyId)
        .distinct()
        .filter(Column::Hour.gt(first))
        .filter(Column::Hour.lt(end))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// Makes one bucket of all that these keys have between `first` and `end`: that of `first`.
pub(crate) async fn roll_up(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
    first: i64,
    end: i64,
) -> Result<()> {
    use usage_bucket::{Column, Entity};
    let of_day = Query::select()
        .columns([Column::AccountId, Column::ApiKeyId])
        .expr(Expr::val(first))
        .columns([Column::TokenId, Column::WorkspaceId])
        .expr(total(Column::Calls))
        .expr(total(Column::Denials))
        .expr(Expr::col(Column::LastAt).max())
        .from(Entity)
        .and_where(Column::ApiKeyId.is_in(keys.iter().copied()))
        .and_where(Column::Hour.gte(first))
        .and_where(Column::Hour.lt(end))
        .group_by_columns([
            Column::AccountId,
            Column::ApiKeyId,
            Column::TokenId,
            Column::WorkspaceId,
        ])
        .to_owned();
    let replace = super::same_bucket()
        .update_columns([Column::Calls, Column::Denials, Column::LastAt])
        .to_owned();
    let mut insert = Query::insert();
    insert
        .into_table(Entity)
        .columns([
            Column::AccountId,
            Column::ApiKeyId,
            Column::Hour,
            Column::TokenId,
            Column::WorkspaceId,
            Column::Calls,
            Column::Denials,
            Column::LastAt,
        ])
        .select_from(of_day)
        .map_err(Error::internal)?
        .on_conflict(replace);
    db.execute(&insert).await?;
    Entity::delete_many()
        .filter(Column::ApiKeyId.is_in(keys.iter().copied()))
        .filter(Column::Hour.gt(first))
        .filter(Column::Hour.lt(end))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes what begins before these times.
pub(crate) async fn remove(
    db: &impl ConnectionTrait,
    buckets: i64,
    sources: i64,
    denials: i64,
) -> Result<()> {
    usage_bucket::Entity::delete_many()
        .filter(usage_bucket::Column::Hour.lt(buckets))
        .exec(db)
        .await?;
    usage_source::Entity::delete_many()
        .filter(usage_source::Column::Hour.lt(sources))
        .exec(db)
        .await?;
    usage_denial::Entity::delete_many()
        .filter(usage_denial::Column::Hour.lt(denials))
        .exec(db)
        .await?;
    Ok(())
}
