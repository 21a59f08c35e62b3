//! Keys. A revoked one stays in its table, for the audit log and the matrix as it was; everything else
//! finds those that are not.

use std::collections::{BTreeSet, HashMap};

mod attention;
mod search;

use contract::request::{IssueKey, KeyChanges, ListKeys};
use contract::resource::KeyState;
use contract::text::Reason;
use contract::{AccountId, ApiKeyId, Permissions, ProfileId, Timestamp, WorkspaceId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr,
    EntityTrait, FromQueryResult, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use crate::cursor::Place;
use crate::entity::api_key::{Column, Entity, Model};
use crate::entity::{api_key_workspace, workspace};
use crate::error::Result;

pub(crate) use attention::{URGENT, count_urgent, counts, idle_days};
use search::{id_range, search_text};

/// What the column `state` says of a key that was not revoked.
const ENABLED: &str = "enabled";
const DISABLED: &str = "disabled";

/// What the store needs beyond the request to insert a key.
pub(crate) struct NewKey {
    pub(crate) id: ApiKeyId,
    pub(crate) account: AccountId,
    /// The key's own principal.
    pub(crate) profile: ProfileId,
    pub(crate) created_by: ProfileId,
    pub(crate) system: bool,
    pub(crate) hint: String,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) now: Timestamp,
}

/// The row of a new key.
pub(crate) fn new(new: NewKey, request: &IssueKey) -> Model {
    let external_id = request
        .external_id
        .as_ref()
        .map(|id| id.as_str().to_owned());
    Model {
        id: new.id.uuid(),
        account_id: new.account.uuid(),
        profile_id: new.profile.uuid(),
        name: request.name.as_str().to_owned(),
        description: request.description.clone(),
        labels: super::labels_to_json(&request.labels),
        permissions: permissions_text(&request.permissions),
        system: new.system,
        all_workspaces: request.all_workspaces,
        state: ENABLED.to_owned(),
        search: search_text(
            request.name.as_str(),
            request.description.as_deref(),
            external_id.as_deref(),
            &new.hint,
        ),
        external_id,
        created_by: new.created_by.uuid(),
        owner_id: new.created_by.uuid(),
        created_at: new.now.unix_millis(),
        expires_at: new.expires_at.map(Timestamp::unix_millis),
        revoked_at: None,
        revoked_by: None,
        disabled_at: None,
        disabled_by: None,
        disabled_reason: None,
        revoked_reason: None,
    }
}

pub(crate) async fn insert_all(db: &impl ConnectionTrait, rows: Vec<Model>) -> Result<(), DbErr> {
    let rows = rows.into_iter();
    let rows = rows.map(|row| row.into_active_model().reset_all());
    super::insert_all::<Entity, _>(db, rows.collect()).await
}

pub(crate) async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: ApiKeyId,
) -> Result<Option<Model>> {
    let key = present(account).filter(Column::Id.eq(id.uuid()));
    Ok(super::only(db, key).await?)
}

/// Also one that was revoked.
pub(crate) async fn find_ever(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: ApiKeyId,
) -> Result<Option<Model>> {
    let ever = ever(account).filter(Column::Id.eq(id.uuid()));
    Ok(super::only(db, ever).await?)
}

pub(crate) async fn update(
    db: &impl ConnectionTrait,
    row: Model,
    changes: &KeyChanges,
    hint: &str,
) -> Result<Model, DbErr> {
    let mut next = row.clone();
    if let Some(name) = &changes.name {
        name.as_str().clone_into(&mut next.name);
    }
    if let Some(external_id) = &changes.external_id {
        next.external_id = external_id.as_ref().map(|id| id.as_str().to_owned());
    }
    if let Some(labels) = &changes.labels {
        next.labels = super::labels_to_json(labels);
    }
    if let Some(description) = &changes.description {
        next.description.clone_from(description);
    }
    if let Some(permissions) = &changes.permissions {
        next.permissions = permissions_text(permissions);
    }
    if let Some(expires_at) = &changes.expires_at {
        next.expires_at = expires_at.map(Timestamp::unix_millis);
    }
    if let Some(all_workspaces) = changes.all_workspaces {
        next.all_workspaces = all_workspaces;
    }
    next.search = search_text(
        &next.name,
        next.description.as_deref(),
        next.external_id.as_deref(),
        hint,
    );
    if next == row {
        return Ok(row);
    }
    next.into_active_model().reset_all().update(db).await
}

/// A new token has a new hint, which searches look through.
pub(crate) async fn set_hint(db: &impl ConnectionTrait, row: Model, hint: &str) -> Result<Model> {
    Ok(update(db, row, &KeyChanges::default(), hint).await?)
}

/// Who stops a key, when, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop<'a> {
    pub(crate) by: ProfileId,
    pub(crate) now: Timestamp,
    pub(crate) reason: Option<&'a Reason>,
}

impl Stop<'_> {
    fn reason(self) -> Option<String> {
        self.reason.map(|reason| reason.as_str().to_owned())
    }
}

pub(crate) async fn disable(
    db: &impl ConnectionTrait,
    row: Model,
    stop: Stop<'_>,
) -> Result<Model> {
    let mut row = row.into_active_model();
    row.state = Set(DISABLED.to_owned());
    row.disabled_at = Set(Some(stop.now.unix_millis()));
    row.disabled_by = Set(Some(stop.by.uuid()));
    row.disabled_reason = Set(stop.reason());
    Ok(row.update(db).await?)
}

pub(crate) async fn enable(db: &impl ConnectionTrait, row: Model) -> Result<Model> {
    let mut row = row.into_active_model();
    row.state = Set(ENABLED.to_owned());
    row.disabled_at = Set(None);
    row.disabled_by = Set(None);
    row.disabled_reason = Set(None);
    Ok(row.update(db).await?)
}

/// Lets these keys reach all workspaces, or stops them from it.
pub(crate) async fn set_all_workspaces(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
    on: bool,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::AllWorkspaces, on.into())
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(db)
        .await?;
    Ok(())
}

pub(crate) async fn revoke(db: &impl ConnectionTrait, row: Model, stop: Stop<'_>) -> Result<()> {
    let mut row = row.into_active_model();
    row.revoked_at = Set(Some(stop.now.unix_millis()));
    row.revoked_by = Set(Some(stop.by.uuid()));
    row.revoked_reason = Set(stop.reason());
    row.update(db).await?;
    Ok(())
}

/// Whose keys a list holds: everybody's in the account, or one owner's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visible {
    pub(crate) account: AccountId,
    pub(crate) owner: Option<ProfileId>,
}

impl Visible {
    pub(crate) fn everybodys(account: AccountId) -> Self {
        Self {
            account,
            owner: None,
        }
    }

    fn select(self) -> Select<Entity> {
        self.of_these(present(self.account))
    }

    /// Those that were revoked.
    fn revoked(self) -> Select<Entity> {
        let ended = ever(self.account).filter(Column::RevokedAt.is_not_null());
        self.of_these(ended)
    }

    fn of_these(self, select: Select<Entity>) -> Select<Entity> {
        match self.owner {
            None => select,
            Some(owner) => select.filter(Column::OwnerId.eq(owner.uuid())),
        }
    }
}

/// One row more than the limit, in reading order away from the place.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    visible: Visible,
    list: &ListKeys,
    now: Timestamp,
    place: Option<Place>,
) -> Result<Vec<Model>> {
    let select = filtered(db, visible, list, now).await?;
    let select = super::stretch(select, Column::Id, list.order, &list.page, place);
    Ok(select.all(db).await?)
}

/// The newest so many of all that a list holds.
pub(crate) async fn first_listed(
    db: &impl ConnectionTrait,
    visible: Visible,
    list: &ListKeys,
    now: Timestamp,
    most: u64,
) -> Result<Vec<Model>> {
    newest(db, filtered(db, visible, list, now).await?, most).await
}

/// The newest so many of a list whose name is all of what is searched for.
pub(crate) async fn first_named(
    db: &impl ConnectionTrait,
    visible: Visible,
    list: &ListKeys,
    now: Timestamp,
    most: u64,
) -> Result<Vec<Model>> {
    let Some(name) = super::wanted(list.query.as_deref()) else {
        return Ok(Vec::new());
    };
    let select = filtered(db, visible, list, now).await?;
    // The name is the first line of what is searched.
    let named = select.filter(Expr::col(Column::Search).like(super::headed(&name)));
    newest(db, named, most).await
}

async fn newest(
    db: &impl ConnectionTrait,
    select: Select<Entity>,
    most: u64,
) -> Result<Vec<Model>> {
    let newest = select.order_by_desc(Column::Id).limit(most);
    Ok(newest.all(db).await?)
}

/// How many a list holds on all its pages.
pub(crate) async fn count_listed(
    db: &impl ConnectionTrait,
    visible: Visible,
    list: &ListKeys,
    now: Timestamp,
) -> Result<u64> {
    Ok(filtered(db, visible, list, now).await?.count(db).await?)
}

async fn filtered(
    db: &impl ConnectionTrait,
    visible: Visible,
    list: &ListKeys,
    now: Timestamp,
) -> Result<Select<Entity>> {
    let revoked = list.state == Some(KeyState::Revoked);
    let mut select = match list.state {
        None => visible.select(),
        Some(KeyState::Enabled) => visible.select().filter(Column::State.eq(ENABLED)),
        Some(KeyState::Disabled) => visible.select().filter(Column::State.eq(DISABLED)),
        Some(KeyState::Revoked) => visible.revoked(),
    };
    if let Some((first, last)) = list.prefix.as_deref().map(id_range) {
        select = select.filter(Column::Id.between(first, last));
    }
    if let Some(workspace) = list.workspace {
        select = select.filter(reaching(visible.account, workspace));
    }
    if let Some(attention) = list.attention {
        select = select.filter(attention::condition(attention, visible.account, now));
    }
    if let Some(part) = super::wanted(list.query.as_deref()) {
        // Revoked keys are not in the index.
        if !revoked && let Some(candidates) = search::candidates(db, visible.account, &part).await?
        {
            select = select.filter(candidates);
        }
        select = select.filter(Expr::col(Column::Search).like(super::containing(&part)));
    }
    Ok(super::labelled(select, db, Column::Labels, &list.labels))
}

/// The keys reach this workspace, by a grant or because they reach all of the account.
fn reaching(account: AccountId, workspace: WorkspaceId) -> Condition {
    let granted = api_key_workspace::Entity::find()
        .select_only()
        .column(api_key_workspace::Column::ApiKeyId)
        .filter(api_key_workspace::Column::WorkspaceId.eq(workspace.uuid()))
        .into_query();
    let here = workspace::Entity::find()
        .select_only()
        .column(workspace::Column::AccountId)
        .filter(workspace::Column::Id.eq(workspace.uuid()))
        .filter(workspace::Column::AccountId.eq(account.uuid()))
        .into_query();
    Condition::any().add(Column::Id.in_subquery(granted)).add(
        Column::AllWorkspaces
            .eq(true)
            .and(Column::AccountId.in_subquery(here)),
    )
}

/// Those with these ids that there are.
pub(crate) async fn find_many(
    db: &impl ConnectionTrait,
    visible: Visible,
    ids: &BTreeSet<ApiKeyId>,
) -> Result<Vec<Model>> {
    let these = Column::Id.is_in(super::uuids(ids));
    Ok(visible.select().filter(these).all(db).await?)
}

/// Like [`find_many`], and also those that were revoked.
pub(crate) async fn find_many_ever(
    db: &impl ConnectionTrait,
    visible: Visible,
    ids: &BTreeSet<ApiKeyId>,
) -> Result<Vec<Model>> {
    let these = Column::Id.is_in(super::uuids(ids));
    let ever = visible.of_these(ever(visible.account));
    Ok(ever.filter(these).all(db).await?)
}

/// Those with these ids, revoked ones included.
pub(crate) async fn with_revoked(
    db: &impl ConnectionTrait,
    account: AccountId,
    ids: &BTreeSet<ApiKeyId>,
) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Id.is_in(super::uuids(ids)))
        .all(db)
        .await?)
}

/// When the next key expires after an instant.
pub(crate) async fn next_expiry(
    db: &impl ConnectionTrait,
    visible: Visible,
    after: i64,
) -> Result<Option<i64>> {
    let next = visible.select().filter(Column::ExpiresAt.gt(after));
    let next = next
        .select_only()
        .column_as(Column::ExpiresAt.min(), "next");
    let next: Option<Option<i64>> = next.into_tuple().one(db).await?;
    Ok(next.flatten())
}

/// The keys that expire after an instant and until another; the newest so many.
pub(crate) async fn expiring(
    db: &impl ConnectionTrait,
    visible: Visible,
    (after, until): (i64, i64),
    limit: u64,
) -> Result<Vec<Model>> {
    Ok(visible
        .select()
        .filter(Column::ExpiresAt.gt(after))
        .filter(Column::ExpiresAt.lte(until))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// The global key of the account.
pub(crate) async fn system(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<Model>> {
    Ok(present(account)
        .filter(Column::System.eq(true))
        .one(db)
        .await?)
}

/// Makes one person's keys another's. Revoked ones stay whose they were.
pub(crate) async fn transfer(
    db: &impl ConnectionTrait,
    account: AccountId,
    from: ProfileId,
    to: ProfileId,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::OwnerId, to.uuid().into())
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::OwnerId.eq(from.uuid()))
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// How many keys each of these people has.
pub(crate) async fn count_by_owner(
    db: &impl ConnectionTrait,
    account: AccountId,
    owners: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    let rows: Vec<(Uuid, i64)> = present(account)
        .filter(Column::OwnerId.is_in(owners.iter().copied()))
        .select_only()
        .column(Column::OwnerId)
        .column_as(Column::Id.count(), "keys")
        .group_by(Column::OwnerId)
        .into_tuple()
        .all(db)
        .await?;
    let count = |(owner, keys): (Uuid, i64)| (owner, u64::try_from(keys).unwrap_or_default());
    Ok(rows.into_iter().map(count).collect())
}

/// The rows of the matrix, newest first.
pub(crate) async fn rows(
    db: &impl ConnectionTrait,
    visible: Visible,
    limit: u64,
) -> Result<Vec<Model>> {
    Ok(visible
        .select()
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// The keys that there were at an instant, as they are now, newest first.
pub(crate) async fn rows_at(
    db: &impl ConnectionTrait,
    visible: Visible,
    at: Timestamp,
    limit: u64,
) -> Result<Vec<Model>> {
    let at = at.unix_millis();
    let revoked = Column::RevokedAt.is_null().or(Column::RevokedAt.gt(at));
    let mut select = Entity::find()
        .filter(Column::AccountId.eq(visible.account.uuid()))
        .filter(Column::CreatedAt.lte(at))
        .filter(revoked);
    if let Some(owner) = visible.owner {
        select = select.filter(Column::OwnerId.eq(owner.uuid()));
    }
    Ok(select
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// Makes a row say another state, in memory.
pub(crate) fn put_state(row: &mut Model, state: KeyState) {
    let text = match state {
        KeyState::Enabled => ENABLED,
        KeyState::Disabled | KeyState::Revoked => DISABLED,
    };
    text.clone_into(&mut row.state);
}

pub(crate) async fn count(db: &impl ConnectionTrait, visible: Visible) -> Result<u64> {
    Ok(visible.select().count(db).await?)
}

#[derive(FromQueryResult)]
struct Reached {
    workspace_id: Uuid,
    keys: i64,
}

/// How many keys reach each of these workspaces through a grant of their own, leaving out those
/// that reach everything anyway.
pub(crate) async fn granted_per_workspace(
    db: &impl ConnectionTrait,
    account: AccountId,
    workspaces: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    // Those that do not count are few: asked the other way round, each key would be looked up in each workspace.
    let apart = ever(account)
        .filter(
            Condition::any()
                .add(Column::RevokedAt.is_not_null())
                .add(Column::AllWorkspaces.eq(true)),
        )
        .select_only()
        .column(Column::Id)
        .into_query();
    let rows: Vec<Reached> = api_key_workspace::Entity::find()
        .select_only()
        .column(api_key_workspace::Column::WorkspaceId)
        .column_as(api_key_workspace::Column::ApiKeyId.count(), "keys")
        .filter(api_key_workspace::Column::WorkspaceId.is_in(workspaces.iter().copied()))
        .filter(api_key_workspace::Column::ApiKeyId.not_in_subquery(apart))
        .group_by(api_key_workspace::Column::WorkspaceId)
        .into_model()
        .all(db)
        .await?;
    let count = |row: Reached| {
        (
            row.workspace_id,
            u64::try_from(row.keys).unwrap_or_default(),
        )
    };
    Ok(rows.into_iter().map(count).collect())
}

/// How many keys reach all workspaces.
pub(crate) async fn count_all_workspaces(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<u64> {
    Ok(present(account)
        .filter(Column::AllWorkspaces.eq(true))
        .count(db)
        .await?)
}

fn present(account: AccountId) -> Select<Entity> {
    ever(account).filter(Column::RevokedAt.is_null())
}

/// Revoked ones included.
fn ever(account: AccountId) -> Select<Entity> {
    Entity::find().filter(Column::AccountId.eq(account.uuid()))
}

impl Model {
    pub(crate) fn typed_id(&self) -> ApiKeyId {
        ApiKeyId::from_uuid(self.id)
    }

    pub(crate) fn state(&self) -> KeyState {
        if self.revoked_at.is_some() {
            KeyState::Revoked
        } else if self.state == ENABLED {
            KeyState::Enabled
        } else {
            KeyState::Disabled
        }
    }

    /// They were checked when they were stored; a row that was altered since holds nothing.
    pub(crate) fn permissions(&self) -> Permissions {
        let texts: Vec<&str> = self
            .permissions
            .split(' ')
            .filter(|text| !text.is_empty())
            .collect();
        Permissions::parse("permissions", &texts).unwrap_or_default()
    }
}

fn permissions_text(permissions: &Permissions) -> String {
    permissions.to_strings().join(" ")
}
