//! Members: which person belongs to which workspace.

use std::collections::BTreeSet;

use contract::page::{PageRequest, SortOrder};
use contract::{AccountId, MemberId, ProfileId, Timestamp, WorkspaceId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::cursor::Place;
use crate::entity::workspace_member::{ActiveModel, Column, Entity, Model};
use crate::error::Result;

pub(crate) struct NewMember {
    pub(crate) id: MemberId,
    pub(crate) account: AccountId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) profile: ProfileId,
    pub(crate) by: ProfileId,
    pub(crate) now: Timestamp,
}

/// Whether they did not belong to it yet.
pub(crate) async fn insert(db: &impl ConnectionTrait, new: &NewMember) -> Result<bool> {
    let member = ActiveModel {
        id: Set(new.id.uuid()),
        account_id: Set(new.account.uuid()),
        workspace_id: Set(new.workspace.uuid()),
        profile_id: Set(new.profile.uuid()),
        added_by: Set(new.by.uuid()),
        added_at: Set(new.now.unix_millis()),
    };
    let keep = OnConflict::columns([Column::WorkspaceId, Column::ProfileId])
        .do_nothing()
        .to_owned();
    let inserted = Entity::insert(member).on_conflict(keep);
    Ok(inserted.exec_without_returning(db).await? > 0)
}

pub(crate) async fn find(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    profile: ProfileId,
) -> Result<Option<Model>> {
    let member = Entity::find()
        .filter(Column::WorkspaceId.eq(workspace.uuid()))
        .filter(Column::ProfileId.eq(profile.uuid()));
    Ok(super::only(db, member).await?)
}

/// Whether there was somebody to remove.
pub(crate) async fn delete(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    profile: ProfileId,
) -> Result<bool> {
    let gone = Entity::delete_many()
        .filter(Column::WorkspaceId.eq(workspace.uuid()))
        .filter(Column::ProfileId.eq(profile.uuid()))
        .exec(db)
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Takes a person out of every workspace; out of which.
pub(crate) async fn delete_of(
    db: &impl ConnectionTrait,
    profile: ProfileId,
) -> Result<BTreeSet<WorkspaceId>> {
    let workspaces = workspaces_of(db, profile).await?;
    Entity::delete_many()
        .filter(Column::ProfileId.eq(profile.uuid()))
        .exec(db)
        .await?;
    Ok(workspaces)
}

/// One row more than the limit, who came last first, in reading order away from the place.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    page: &PageRequest,
    place: Option<Place>,
) -> Result<Vec<Model>> {
    let select = Entity::find().filter(Column::WorkspaceId.eq(workspace.uuid()));
    let select = super::stretch(select, Column::Id, SortOrder::Desc, page, place);
    Ok(select.all(db).await?)
}

/// The workspaces a person belongs to.
pub(crate) async fn workspaces_of(
    db: &impl ConnectionTrait,
    profile: ProfileId,
) -> Result<BTreeSet<WorkspaceId>> {
    let ids: Vec<Uuid> = Entity::find()
        .filter(Column::ProfileId.eq(profile.uuid()))
        .select_only()
        .column(Column::WorkspaceId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(WorkspaceId::from_uuid).collect())
}
