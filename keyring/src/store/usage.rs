//! What keys are used for: counts that are added to, and what is read of them. The nil id stands for no
//! workspace, and empty texts for what is not known of a source.

use std::collections::HashMap;

use contract::{ApiKeyId, Timestamp, WorkspaceId};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, OnConflict, Query, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iden,
    IntoActiveModel, Iterable, ModelTrait, Order, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entity::{api_key_token, token_use, usage_bucket, usage_denial, usage_source};
use crate::error::Result;

/// Rows to add, of each kind.
#[derive(Clone, Default)]
pub(crate) struct Rows {
    pub(crate) buckets: Vec<usage_bucket::Model>,
    pub(crate) uses: Vec<token_use::Model>,
    pub(crate) sources: Vec<usage_source::Model>,
    pub(crate) denials: Vec<usage_denial::Model>,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.buckets.len() + self.uses.len() + self.sources.len() + self.denials.len()
    }
}

/// How many rows one statement adds: databases take only so many parameters.
const AT_ONCE: usize = 500;

/// Adds to what is there.
pub(crate) async fn add(db: &impl ConnectionTrait, rows: &Rows) -> Result<()> {
    use usage_bucket::Column as Bucket;
    let buckets = OnConflict::columns([
        Bucket::ApiKeyId,
        Bucket::Hour,
        Bucket::TokenId,
        Bucket::WorkspaceId,
    ])
    .value(Bucket::Calls, sum(usage_bucket::Entity, Bucket::Calls))
    .value(Bucket::Denials, sum(usage_bucket::Entity, Bucket::Denials))
    .value(
        Bucket::LastAt,
        Func::coalesce([
            excluded(Bucket::LastAt),
            Expr::col((usage_bucket::Entity, Bucket::LastAt)),
        ]),
    )
    .to_owned();
    insert(db, &rows.buckets, buckets).await?;

    use token_use::Column as Use;
    let uses = OnConflict::column(Use::TokenId)
        .update_columns([Use::UsedAt, Use::WorkspaceId, Use::Address, Use::UserAgent])
        .action_and_where(Expr::col((token_use::Entity, Use::UsedAt)).lte(excluded(Use::UsedAt)))
        .to_owned();
    insert(db, &rows.uses, uses).await?;

    use usage_source::Column as Source;
    let sources = OnConflict::columns([
        Source::ApiKeyId,
        Source::Hour,
        Source::Address,
        Source::UserAgent,
    ])
    .value(Source::Calls, sum(usage_source::Entity, Source::Calls))
    .update_column(Source::LastAt)
    .to_owned();
    insert(db, &rows.sources, sources).await?;

    use usage_denial::Column as Denied;
    let denials = OnConflict::columns([Denied::ApiKeyId, Denied::Hour, Denied::Code])
        .value(Denied::Calls, sum(usage_denial::Entity, Denied::Calls))
        .to_owned();
    insert(db, &rows.denials, denials).await
}

async fn insert<M>(db: &impl ConnectionTrait, rows: &[M], conflict: OnConflict) -> Result<()>
where
    M: Clone + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + ModelTrait,
{
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().cloned();
        <M::Entity as EntityTrait>::insert_many(
            rows.map(|row| row.into_active_model().reset_all()),
        )
        .on_conflict(conflict.clone())
        .exec_without_returning(db)
        .await?;
    }
    Ok(())
}

/// What a conflicting row would have brought.
fn excluded(column: impl Iden) -> SimpleExpr {
    Expr::col((Alias::new("excluded"), Alias::new(column.to_string())))
}

fn sum<E: EntityTrait>(table: E, column: E::Column) -> SimpleExpr {
    Expr::col((table, column)).add(excluded(column))
}

/// The last use of each of the keys' tokens.
#[derive(FromQueryResult)]
pub(crate) struct TokenUse {
    pub(crate) hint: String,
    pub(crate) retired_at: Option<i64>,
    #[sea_orm(nested)]
    pub(crate) last: token_use::Model,
}

/// The latest first.
pub(crate) async fn last_uses(db: &impl ConnectionTrait, keys: &[Uuid]) -> Result<Vec<TokenUse>> {
    let columns = token_use::Column::iter().map(|column| (token_use::Entity, column));
    let select = Query::select()
        .column((api_key_token::Entity, api_key_token::Column::Hint))
        .column((api_key_token::Entity, api_key_token::Column::RetiredAt))
        .columns(columns)
        .from(token_use::Entity)
        .inner_join(
            api_key_token::Entity,
            Expr::col((api_key_token::Entity, api_key_token::Column::Id))
                .equals((token_use::Entity, token_use::Column::TokenId)),
        )
        .and_where(
            Expr::col((token_use::Entity, token_use::Column::ApiKeyId)).is_in(keys.iter().copied()),
        )
        .order_by((token_use::Entity, token_use::Column::UsedAt), Order::Desc)
        .to_owned();
    let statement = db.get_database_backend().build(&select);
    Ok(TokenUse::find_by_statement(statement).all(db).await?)
}

/// When a token was last used.
pub(crate) async fn last_use_of(
    db: &impl ConnectionTrait,
    token: Uuid,
) -> Result<Option<Timestamp>> {
    let row = token_use::Entity::find_by_id(token).one(db).await?;
    Ok(row.map(|row| super::at(row.used_at)))
}

#[derive(FromQueryResult)]
pub(crate) struct Span {
    pub(crate) api_key_id: Uuid,
    /// A number of spans since the Unix epoch.
    pub(crate) span: i64,
    pub(crate) calls: i64,
    pub(crate) denials: i64,
}

/// Calls of these keys since then, summed over spans of so many milliseconds.
pub(crate) async fn spans(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
    since: Timestamp,
    millis: i64,
) -> Result<Vec<Span>> {
    use usage_bucket::{Column, Entity};
    // Written out, not bound: both databases must see that it is the same as what is grouped by.
    let span = Expr::cust(format!("hour / {millis}"));
    Ok(Entity::find()
        .select_only()
        .column(Column::ApiKeyId)
        .column_as(span.clone(), "span")
        .column_as(total(Column::Calls), "calls")
        .column_as(total(Column::Denials), "denials")
        .filter(Column::ApiKeyId.is_in(keys.iter().copied()))
        .filter(Column::Hour.gte(since.unix_millis()))
        .group_by(Column::ApiKeyId)
        .group_by(span)
        .into_model()
        .all(db)
        .await?)
}

/// PostgreSQL sums whole numbers to decimal ones.
fn total(column: impl ColumnTrait) -> SimpleExpr {
    Expr::col(column).sum().cast_as("bigint")
}

#[derive(FromQueryResult)]
pub(crate) struct WorkspaceCalls {
    pub(crate) workspace_id: Uuid,
    pub(crate) calls: i64,
    pub(crate) last_at: i64,
}

/// The workspaces that a key was used in since then, the latest first.
pub(crate) async fn workspaces(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    since: Timestamp,
) -> Result<Vec<WorkspaceCalls>> {
    use usage_bucket::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .column(Column::WorkspaceId)
        .column_as(total(Column::Calls), "calls")
        .column_as(Column::LastAt.max(), "last_at")
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(Column::Hour.gte(since.unix_millis()))
        .filter(Column::WorkspaceId.ne(Uuid::nil()))
        .filter(Column::LastAt.is_not_null())
        .group_by(Column::WorkspaceId)
        .order_by_desc(Column::LastAt.max())
        .into_model()
        .all(db)
        .await?)
}

/// When a key was last used in a workspace.
pub(crate) async fn last_in(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    workspace: WorkspaceId,
) -> Result<Option<Timestamp>> {
    use usage_bucket::{Column, Entity};
    let last: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(Column::LastAt.max(), "last_at")
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(Column::WorkspaceId.eq(workspace.uuid()))
        .into_tuple()
        .one(db)
        .await?;
    Ok(last.flatten().map(super::at))
}

#[derive(FromQueryResult)]
pub(crate) struct SourceCalls {
    pub(crate) address: String,
    pub(crate) user_agent: String,
    pub(crate) calls: i64,
    pub(crate) last_at: i64,
}

/// Where the calls of a key came from since then, the latest first.
pub(crate) async fn sources(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    since: Timestamp,
    limit: u64,
) -> Result<Vec<SourceCalls>> {
    use usage_source::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .columns([Column::Address, Column::UserAgent])
        .column_as(total(Column::Calls), "calls")
        .column_as(Column::LastAt.max(), "last_at")
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(Column::Hour.gte(since.unix_millis()))
        .group_by(Column::Address)
        .group_by(Column::UserAgent)
        .order_by_desc(Column::LastAt.max())
        .limit(limit)
        .into_model()
        .all(db)
        .await?)
}

/// How often calls of a key were denied since then, by code.
pub(crate) async fn denials(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    since: Timestamp,
) -> Result<HashMap<String, i64>> {
    use usage_denial::{Column, Entity};
    let rows: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Code)
        .column_as(total(Column::Calls), "calls")
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(Column::Hour.gte(since.unix_millis()))
        .group_by(Column::Code)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

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
    let replace = OnConflict::columns([
        Column::ApiKeyId,
        Column::Hour,
        Column::TokenId,
        Column::WorkspaceId,
    ])
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
        .map_err(crate::error::Error::internal)?
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
