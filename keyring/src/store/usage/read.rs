//! Reading what was counted.

use std::collections::HashMap;

use contract::{AccountId, ApiKeyId, Timestamp, WorkspaceId};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, Order, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entity::{api_key_token, token_use, usage_bucket, usage_denial, usage_source};
use crate::error::Result;
use crate::store::at;

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
    let row = super::super::only(db, token_use::Entity::find_by_id(token)).await?;
    Ok(row.map(|row| at(row.used_at)))
}

#[derive(FromQueryResult)]
pub(crate) struct Span {
    pub(crate) api_key_id: Uuid,
    /// How many such spans lie between it and the Unix epoch.
    pub(crate) number: i64,
    pub(crate) calls: i64,
    pub(crate) denials: i64,
}

/// Calls of these keys, or with one token of them, since then, summed over spans of so many milliseconds.
pub(crate) async fn spans(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
    token: Option<Uuid>,
    since: Timestamp,
    millis: i64,
) -> Result<Vec<Span>> {
    use usage_bucket::{Column, Entity};
    let mut select = Entity::find();
    if let Some(token) = token {
        select = select.filter(Column::TokenId.eq(token));
    }
    // Written out, not bound: both databases must see that it is the same as what is grouped by.
    let span = Expr::cust(format!("hour / {millis}"));
    Ok(select
        .select_only()
        .column(Column::ApiKeyId)
        .column_as(span.clone(), "number")
        .column_as(super::total(Column::Calls), "calls")
        .column_as(super::total(Column::Denials), "denials")
        .filter(Column::ApiKeyId.is_in(keys.iter().copied()))
        .filter(Column::Hour.gte(since.unix_millis()))
        .group_by(Column::ApiKeyId)
        .group_by(span)
        .into_model()
        .all(db)
        .await?)
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
        .column_as(super::total(Column::Calls), "calls")
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
    Ok(last.flatten().map(at))
}

#[derive(FromQueryResult)]
pub(crate) struct SourceCalls {
    pub(crate) address: String,
    pub(crate) user_agent: String,
    pub(crate) calls: i64,
    pub(crate) last_at: i64,
}

/// Where the calls of a key, or with one token of it, came from since then, the latest first.
pub(crate) async fn sources(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    token: Option<Uuid>,
    since: Timestamp,
    limit: u64,
) -> Result<Vec<SourceCalls>> {
    use usage_source::{Column, Entity};
    let mut select = Entity::find();
    if let Some(token) = token {
        select = select.filter(Column::TokenId.eq(token));
    }
    Ok(select
        .select_only()
        .columns([Column::Address, Column::UserAgent])
        .column_as(super::total(Column::Calls), "calls")
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
        .column_as(super::total(Column::Calls), "calls")
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(Column::Hour.gte(since.unix_millis()))
        .group_by(Column::Code)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The pairs of key and workspace of an account that were used since then.
pub(crate) async fn used_cells(
    db: &impl ConnectionTrait,
    account: AccountId,
    since: Timestamp,
) -> Result<Vec<(Uuid, Uuid)>> {
    use usage_bucket::{Column, Entity};
    Ok(Entity::find()
        .select_only()
        .columns([Column::ApiKeyId, Column::WorkspaceId])
        .distinct()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Hour.gte(since.unix_millis()))
        .filter(Column::LastAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?)
}

/// When each key of an account was last used; one that never was is absent.
pub(crate) async fn last_uses_in(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<HashMap<Uuid, i64>> {
    use token_use::{Column, Entity};
    let rows: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .column(Column::ApiKeyId)
        .column_as(Column::UsedAt.max(), "used_at")
        .filter(Column::AccountId.eq(account.uuid()))
        .group_by(Column::ApiKeyId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
