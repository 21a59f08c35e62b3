//! Grants: this key reaches this workspace.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contract::resource::{BareMetadata, WorkspaceStatus};
use contract::{AccountId, ApiKeyId, ProfileId, Timestamp, WorkspaceId};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, OnConflict, Order, Query, WindowStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::workspaces::status_text;
use crate::entity::api_key;
use crate::entity::api_key_workspace::{ActiveModel, Column, Entity, Model};
use crate::entity::workspace;
use crate::error::{Error, Result};

/// Whether it was not there yet.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    account: AccountId,
    (key, workspace): (ApiKeyId, WorkspaceId),
    by: ProfileId,
    now: Timestamp,
) -> Result<bool> {
    let keep = OnConflict::columns([Column::ApiKeyId, Column::WorkspaceId])
        .do_nothing()
        .to_owned();
    let added = Entity::insert(row(account, key, workspace, by, now))
        .on_conflict(keep)
        .exec_without_returning(db)
        .await?;
    Ok(added > 0)
}

fn row(
    account: AccountId,
    key: ApiKeyId,
    workspace: WorkspaceId,
    by: ProfileId,
    now: Timestamp,
) -> ActiveModel {
    ActiveModel {
        api_key_id: Set(key.uuid()),
        workspace_id: Set(workspace.uuid()),
        account_id: Set(account.uuid()),
        granted_by: Set(by.uuid()),
        granted_at: Set(now.unix_millis()),
    }
}

/// Adds grants that are known not to be there.
pub(crate) async fn insert_all(
    db: &impl ConnectionTrait,
    account: AccountId,
    grants: &[(ApiKeyId, WorkspaceId)],
    by: ProfileId,
    now: Timestamp,
) -> Result<()> {
    let rows = grants
        .iter()
        .map(|(key, workspace)| row(account, *key, *workspace, by, now))
        .collect();
    Ok(super::insert_all::<Entity, _>(db, rows).await?)
}

/// Takes grants away.
pub(crate) async fn delete_all(
    db: &impl ConnectionTrait,
    grants: &[(ApiKeyId, WorkspaceId)],
) -> Result<()> {
    let mut by_key: BTreeMap<ApiKeyId, Vec<Uuid>> = BTreeMap::new();
    for (key, workspace) in grants {
        by_key.entry(*key).or_default().push(workspace.uuid());
    }
    for (key, workspaces) in by_key {
        Entity::delete_many()
            .filter(Column::ApiKeyId.eq(key.uuid()))
            .filter(Column::WorkspaceId.is_in(workspaces))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Whether there was a grant to take away.
pub(crate) async fn delete(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    workspace: WorkspaceId,
) -> Result<bool> {
    let gone = Entity::delete_by_id((key.uuid(), workspace.uuid()))
        .exec(db)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// One grant, with who gave it.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    workspace: WorkspaceId,
) -> Result<Option<Model>> {
    let id = (key.uuid(), workspace.uuid());
    Ok(super::only(db, Entity::find_by_id(id)).await?)
}

/// Every grant of a key, those on archived workspaces included.
pub(crate) async fn of_key(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
) -> Result<BTreeSet<WorkspaceId>> {
    let granted: Vec<Uuid> = Entity::find()
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .select_only()
        .column(Column::WorkspaceId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(granted.into_iter().map(WorkspaceId::from_uuid).collect())
}

/// (key, workspace) of these keys and these workspaces.
pub(crate) async fn pairs(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
    workspaces: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>> {
    Ok(Entity::find()
        .filter(Column::ApiKeyId.is_in(keys.iter().copied()))
        .filter(Column::WorkspaceId.is_in(workspaces.iter().copied()))
        .select_only()
        .columns([Column::ApiKeyId, Column::WorkspaceId])
        .into_tuple()
        .all(db)
        .await?)
}

/// What each of these keys was granted, a row for each key: a row for each grant would take several
/// times as long. Keys that have no grant are absent.
pub(crate) async fn by_key(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
) -> Result<Vec<(Uuid, Vec<Uuid>)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let joined = match backend {
        DbBackend::Postgres => "string_agg(encode(uuid_send(workspace_id), 'hex'), '')",
        _ => "group_concat(hex(workspace_id), '')",
    };
    let select = Query::select()
        .column(Column::ApiKeyId)
        .expr(Expr::cust(joined))
        .from(Entity)
        .and_where(Column::ApiKeyId.is_in(keys.iter().copied()))
        .group_by_col(Column::ApiKeyId)
        .to_owned();
    let rows = db.query_all_raw(backend.build(&select)).await?;
    let rows = rows.into_iter().map(|row| {
        let text: String = row.try_get_by_index(1)?;
        let ids = text.as_bytes().chunks(32).map(Uuid::try_parse_ascii);
        let ids = ids.collect::<Result<_, _>>().map_err(Error::internal)?;
        Ok((row.try_get_by_index(0)?, ids))
    });
    rows.collect()
}

/// Every (key, workspace) of the account's keys that are not revoked.
pub(crate) async fn of_account(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<(Uuid, Uuid)>> {
    let keys = Query::select()
        .column(api_key::Column::Id)
        .from(api_key::Entity)
        .and_where(api_key::Column::AccountId.eq(account.uuid()))
        .and_where(api_key::Column::RevokedAt.is_null())
        .to_owned();
    let select = Entity::find().filter(Column::ApiKeyId.in_subquery(keys));
    Ok(select
        .select_only()
        .columns([Column::ApiKeyId, Column::WorkspaceId])
        .into_tuple()
        .all(db)
        .await?)
}

/// What a key reaches, shortened: the first few by name of what is not archived, and how many
/// there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Preview {
    pub(crate) first: Vec<BareMetadata<WorkspaceId>>,
    pub(crate) total: u64,
}

#[derive(FromQueryResult)]
struct PreviewRow {
    api_key_id: Uuid,
    workspace_id: Uuid,
    name: String,
    total: i64,
}

/// The previews of these keys, in one statement. Keys without grants are absent.
pub(crate) async fn previews(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
    most: i64,
) -> Result<HashMap<Uuid, Preview>> {
    let (place, total, ranked) = (
        Alias::new("place"),
        Alias::new("total"),
        Alias::new("ranked"),
    );
    let per_key = || WindowStatement::partition_by((Entity, Column::ApiKeyId));
    let by_age = per_key()
        .order_by((workspace::Entity, workspace::Column::Id), Order::Asc)
        .to_owned();
    let inner = Query::select()
        .column((Entity, Column::ApiKeyId))
        .column((Entity, Column::WorkspaceId))
        .column((workspace::Entity, workspace::Column::Name))
        .expr_window_as(Func::cust("ROW_NUMBER"), by_age, place.clone())
        .expr_window_as(
            Func::count(Expr::col((Entity, Column::WorkspaceId))),
            per_key(),
            total.clone(),
        )
        .from(Entity)
        .inner_join(
            workspace::Entity,
            Expr::col((workspace::Entity, workspace::Column::Id))
                .equals((Entity, Column::WorkspaceId)),
        )
        .and_where(Expr::col((Entity, Column::ApiKeyId)).is_in(keys.iter().copied()))
        .and_where(
            Expr::col((workspace::Entity, workspace::Column::Status))
                .ne(status_text(WorkspaceStatus::Archived)),
        )
        .to_owned();
    let outer = Query::select()
        .columns([
            Alias::new("api_key_id"),
            Alias::new("workspace_id"),
            Alias::new("name"),
            total,
        ])
        .from_subquery(inner, ranked)
        .and_where(Expr::col(place.clone()).lte(most))
        .order_by(place, Order::Asc)
        .to_owned();
    let rows = PreviewRow::find_by_statement(db.get_database_backend().build(&outer))
        .all(db)
        .await?;
    let mut previews: HashMap<Uuid, Preview> = HashMap::new();
    for row in rows {
        let preview = previews.entry(row.api_key_id).or_default();
        preview.total = u64::try_from(row.total).unwrap_or_default();
        preview.first.push(BareMetadata {
            id: WorkspaceId::from_uuid(row.workspace_id),
            name: row.name,
        });
    }
    Ok(previews)
}
