//! Workspaces, and who belongs to them.

use std::collections::BTreeSet;

use contract::request::{ListWorkspaces, NewWorkspace, WorkspaceChanges};
use contract::resource::WorkspaceStatus;
use contract::{AccountId, ProfileId, Timestamp, WorkspaceId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::cache::Statuses;
use crate::caller::Reach;
use crate::cursor::Place;
use crate::entity::workspace::{ActiveModel, Column, Entity, Model};
use crate::error::Result;

pub(crate) const fn status_text(status: WorkspaceStatus) -> &'static str {
    match status {
        WorkspaceStatus::Enabled => "enabled",
        WorkspaceStatus::Disabled => "disabled",
        WorkspaceStatus::Archived => "archived",
    }
}

fn read_status(text: &str) -> WorkspaceStatus {
    match text {
        "enabled" => WorkspaceStatus::Enabled,
        "disabled" => WorkspaceStatus::Disabled,
        _ => WorkspaceStatus::Archived,
    }
}

impl Model {
    pub(crate) fn status(&self) -> WorkspaceStatus {
        read_status(&self.status)
    }

    pub(crate) fn typed_id(&self) -> WorkspaceId {
        WorkspaceId::from_uuid(self.id)
    }
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: WorkspaceId,
    new: &NewWorkspace,
    created_by: ProfileId,
    now: Timestamp,
) -> Result<Model, DbErr> {
    let workspace = ActiveModel {
        id: Set(id.uuid()),
        account_id: Set(account.uuid()),
        name: Set(new.name.as_str().to_owned()),
        description: Set(new.description.clone()),
        external_id: Set(new.external_id.as_ref().map(|id| id.as_str().to_owned())),
        labels: Set(super::labels_to_json(&new.labels)),
        status: Set(status_text(WorkspaceStatus::Enabled).to_owned()),
        created_by: Set(created_by.uuid()),
        created_at: Set(now.unix_millis()),
    };
    workspace.insert(db).await
}

pub(crate) async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: WorkspaceId,
) -> Result<Option<Model>> {
    let workspace = of_account(account).filter(Column::Id.eq(id.uuid()));
    Ok(super::only(db, workspace).await?)
}

pub(crate) async fn find_many(
    db: &impl ConnectionTrait,
    account: AccountId,
    ids: &BTreeSet<WorkspaceId>,
) -> Result<Vec<Model>> {
    Ok(of_account(account)
        .filter(Column::Id.is_in(super::uuids(ids)))
        .all(db)
        .await?)
}

pub(crate) async fn update(
    db: &impl ConnectionTrait,
    row: Model,
    changes: &WorkspaceChanges,
) -> Result<Model, DbErr> {
    let mut row = row.into_active_model();
    if let Some(name) = &changes.name {
        row.name = Set(name.as_str().to_owned());
    }
    if let Some(external_id) = &changes.external_id {
        row.external_id = Set(external_id.as_ref().map(|id| id.as_str().to_owned()));
    }
    if let Some(labels) = &changes.labels {
        row.labels = Set(super::labels_to_json(labels));
    }
    if let Some(description) = &changes.description {
        row.description = Set(description.clone());
    }
    row.update(db).await
}

pub(crate) async fn set_status(
    db: &impl ConnectionTrait,
    row: Model,
    status: WorkspaceStatus,
) -> Result<Model> {
    let mut row = row.into_active_model();
    row.status = Set(status_text(status).to_owned());
    Ok(row.update(db).await?)
}

/// One row more than the limit, in reading order away from the place.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    reach: &Reach,
    list: &ListWorkspaces,
    place: Option<Place>,
) -> Result<Vec<Model>> {
    let mut select = within(of_account(account), reach);
    if !list.include_archived {
        select = select.filter(Column::Status.ne(status_text(WorkspaceStatus::Archived)));
    }
    let select = super::labelled(select, db, Column::Labels, &list.labels);
    let select = super::stretch(select, Column::Id, list.order, &list.page, place);
    Ok(select.all(db).await?)
}

/// Makes a row say another status, in memory.
pub(crate) fn put_status(row: &mut Model, status: WorkspaceStatus) {
    status_text(status).clone_into(&mut row.status);
}

/// Every workspace of the account, archived ones included, oldest first.
pub(crate) async fn all(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Model>> {
    Ok(of_account(account).order_by_asc(Column::Id).all(db).await?)
}

/// Those within reach that are not archived, oldest first: the columns of the matrix.
pub(crate) async fn present(
    db: &impl ConnectionTrait,
    account: AccountId,
    reach: &Reach,
    limit: u64,
) -> Result<Vec<Model>> {
    let select = not_archived(account, reach).order_by_asc(Column::Id);
    Ok(select.limit(limit).all(db).await?)
}

pub(crate) async fn count_present(
    db: &impl ConnectionTrait,
    account: AccountId,
    reach: &Reach,
) -> Result<u64> {
    Ok(not_archived(account, reach).count(db).await?)
}

pub(crate) async fn count_enabled(db: &impl ConnectionTrait, account: AccountId) -> Result<u64> {
    let select =
        of_account(account).filter(Column::Status.eq(status_text(WorkspaceStatus::Enabled)));
    Ok(select.count(db).await?)
}

/// Every workspace of the account with its status, archived ones included.
pub(crate) async fn statuses(db: &impl ConnectionTrait, account: AccountId) -> Result<Statuses> {
    let rows: Vec<(Uuid, String)> = of_account(account)
        .select_only()
        .columns([Column::Id, Column::Status])
        .into_tuple()
        .all(db)
        .await?;
    let read = |(id, status): (Uuid, String)| (WorkspaceId::from_uuid(id), read_status(&status));
    Ok(rows.into_iter().map(read).collect())
}

fn of_account(account: AccountId) -> Select<Entity> {
    Entity::find().filter(Column::AccountId.eq(account.uuid()))
}

fn not_archived(account: AccountId, reach: &Reach) -> Select<Entity> {
    within(of_account(account), reach)
        .filter(Column::Status.ne(status_text(WorkspaceStatus::Archived)))
}

fn within(select: Select<Entity>, reach: &Reach) -> Select<Entity> {
    match reach {
        Reach::All => select,
        Reach::Only(ids) => select.filter(Column::Id.is_in(super::uuids(ids))),
    }
}
