//! Digests of tokens. A key has one current token, and may have one that is being retired.

mod grace;

pub(crate) use grace::{
    Grace, Hints, Quiet, change, end_retiring, hints, in_grace, last_hints, quiet, retire_current,
};

use std::collections::BTreeSet;

use contract::{AccountId, ApiKeyId, ProfileId, Timestamp, WorkspaceId};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entity::api_key_token::{ActiveModel, Column, Entity};
use crate::entity::{api_key, api_key_workspace};
use crate::error::Result;
use crate::pepper::Digest;

pub(crate) struct NewToken<'a> {
    pub(crate) id: Uuid,
    pub(crate) account: AccountId,
    pub(crate) key: ApiKeyId,
    pub(crate) digest: Digest,
    pub(crate) pepper_id: &'a str,
    pub(crate) hint: String,
    pub(crate) created_by: ProfileId,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert_all(db: &impl ConnectionTrait, new: Vec<NewToken<'_>>) -> Result<()> {
    let row = |new: NewToken<'_>| ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account.uuid()),
        api_key_id: Set(new.key.uuid()),
        digest: Set(new.digest.0.to_vec()),
        pepper_id: Set(new.pepper_id.to_owned()),
        hint: Set(new.hint),
        created_by: Set(new.created_by.uuid()),
        created_at: Set(new.now.unix_millis()),
        retired_at: Set(None),
        quiet_for: Set(None),
        quiet_from: Set(None),
    };
    let rows = new.into_iter().map(row).collect();
    Ok(super::insert_all::<Entity, _>(db, rows).await?)
}

/// A token with its key, whatever their state, and every workspace that the key was granted.
pub(crate) struct Known {
    pub(crate) id: Uuid,
    pub(crate) retired_at: Option<i64>,
    pub(crate) key: api_key::Model,
    pub(crate) granted: BTreeSet<WorkspaceId>,
}

/// A row for each grant, or one if there is none.
#[derive(FromQueryResult)]
struct KnownRow {
    token_id: Uuid,
    retired_at: Option<i64>,
    workspace_id: Option<Uuid>,
    #[sea_orm(nested)]
    key: api_key::Model,
}

pub(crate) async fn known(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Known>> {
    known_where(db, Column::Id.eq(id)).await
}

pub(crate) async fn known_by_digest(
    db: &impl ConnectionTrait,
    digest: &Digest,
) -> Result<Option<Known>> {
    known_where(db, Column::Digest.eq(digest.0.to_vec())).await
}

/// In one statement, so that all of it was true at the same time.
async fn known_where(db: &impl ConnectionTrait, which: SimpleExpr) -> Result<Option<Known>> {
    let key_columns = api_key::Column::iter().map(|column| (api_key::Entity, column));
    let select = Query::select()
        .expr_as(Expr::col((Entity, Column::Id)), "token_id")
        .column((Entity, Column::RetiredAt))
        .column((
            api_key_workspace::Entity,
            api_key_workspace::Column::WorkspaceId,
        ))
        .columns(key_columns)
        .from(Entity)
        .inner_join(
            api_key::Entity,
            Expr::col((api_key::Entity, api_key::Column::Id)).equals((Entity, Column::ApiKeyId)),
        )
        .left_join(
            api_key_workspace::Entity,
            Expr::col((
                api_key_workspace::Entity,
                api_key_workspace::Column::ApiKeyId,
            ))
            .equals((Entity, Column::ApiKeyId)),
        )
        .and_where(which)
        .to_owned();
    let rows = KnownRow::find_by_statement(db.get_database_backend().build(&select))
        .all(db)
        .await?;
    let granted = rows.iter().filter_map(|row| row.workspace_id);
    let granted = granted.map(WorkspaceId::from_uuid).collect();
    Ok(rows.into_iter().next().map(|row| Known {
        id: row.token_id,
        retired_at: row.retired_at,
        key: row.key,
        granted,
    }))
}

/// Digests in their order, behind `after`.
pub(crate) async fn digests(
    db: &impl ConnectionTrait,
    after: &[u8],
    limit: u64,
) -> Result<Vec<Vec<u8>>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::Digest)
        .filter(Column::Digest.gt(after.to_vec()))
        .order_by_asc(Column::Digest)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// The token of the key that was issued last and not rotated away.
pub(crate) async fn current(db: &impl ConnectionTrait, key: ApiKeyId) -> Result<Option<Uuid>> {
    let current = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(Column::RetiredAt.is_null());
    Ok(current.into_tuple().one(db).await?)
}

/// Ends every token of the key that is still good.
pub(crate) async fn retire_all(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    now: Timestamp,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RetiredAt, now.unix_millis().into())
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(
            Column::RetiredAt
                .is_null()
                .or(Column::RetiredAt.gt(now.unix_millis())),
        )
        .exec(db)
        .await?;
    Ok(())
}
