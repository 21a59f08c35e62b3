//! The audit log.

use std::time::Duration;

use contract::audit::{Action, Actor, AuditEvent, EntranceKind};
use contract::page::SortOrder;
use contract::request::ListEvents;
use contract::{AccountId, BatchId, EventId, ProfileId, Timestamp};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, JsonValue, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::caller::Caller;
use crate::clock::first_id;
use crate::cursor::Place;
use crate::entity::audit_event::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, Result};

pub(crate) struct NewEvent<'a> {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) action: Action,
    pub(crate) target: String,
    pub(crate) target_name: &'a str,
    pub(crate) details: JsonValue,
    pub(crate) batch: Option<BatchId>,
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    caller: &Caller,
    events: Vec<NewEvent<'_>>,
) -> Result<()> {
    let rows = events.into_iter().map(|event| row(caller, event)).collect();
    Ok(super::insert_all::<Entity, _>(db, rows).await?)
}

fn row(caller: &Caller, event: NewEvent<'_>) -> ActiveModel {
    let entrance = match caller.entrance.kind() {
        EntranceKind::Session => "session",
        EntranceKind::Key => "key",
        EntranceKind::CommandLine => "command_line",
    };
    ActiveModel {
        id: Set(event.id),
        account_id: Set(caller.account.uuid()),
        created_at: Set(event.at.unix_millis()),
        actor_id: Set(caller.profile.uuid()),
        actor_name: Set(caller.name.clone()),
        entrance: Set(entrance.to_owned()),
        action: Set(event.action.as_str().to_owned()),
        target: Set(event.target),
        target_name: Set(event.target_name.to_owned()),
        details: Set(event.details),
        request_id: Set(caller.origin.request_id.map(|id| id.to_string())),
        address: Set(caller.origin.address.map(|address| address.to_string())),
        batch_id: Set(event.batch.map(BatchId::uuid)),
    }
}

/// One row more than the limit, newest first, in reading order away from the place.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    list: &ListEvents,
    place: Option<Place>,
) -> Result<Vec<Model>> {
    let mut select = Entity::find().filter(Column::AccountId.eq(account.uuid()));
    if let Some(actor) = list.actor {
        select = select.filter(Column::ActorId.eq(actor.uuid()));
    }
    if let Some(action) = list.action {
        select = select.filter(Column::Action.eq(action.as_str()));
    }
    if let Some(target) = &list.target {
        select = select.filter(Column::Target.eq(target));
    }
    if let Some(since) = list.since {
        select = select
            .filter(Column::CreatedAt.gte(since.unix_millis()))
            .filter(Column::Id.gte(first_id(since.minus(SLACK))));
    }
    if let Some(until) = list.until {
        select = select
            .filter(Column::CreatedAt.lt(until.unix_millis()))
            .filter(Column::Id.lt(first_id(until.plus(SLACK))));
    }
    let select = super::stretch(select, Column::Id, SortOrder::Desc, &list.page, place);
    Ok(select.all(db).await?)
}

/// How far the time in an id may be from that of its event: ids count on within a millisecond.
const SLACK: Duration = Duration::from_mins(1);

/// The events of one changeset, oldest first.
pub(crate) async fn of_batch(
    db: &impl ConnectionTrait,
    account: AccountId,
    batch: BatchId,
) -> Result<Vec<AuditEvent>> {
    let rows = Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::BatchId.eq(batch.uuid()))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    read_all(rows)
}

/// The newest event of an account.
pub(crate) async fn last(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<Uuid>> {
    Ok(Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .order_by_desc(Column::Id)
        .select_only()
        .column(Column::Id)
        .into_tuple()
        .one(db)
        .await?)
}

/// Some of what happened after an event, oldest first.
pub(crate) async fn since(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<AuditEvent>> {
    let select = following(account, after).order_by_asc(Column::Id);
    read_all(select.limit(limit).all(db).await?)
}

/// What happened after an event and until another, oldest first.
pub(crate) async fn between(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: Option<Uuid>,
    until: Option<Uuid>,
) -> Result<Vec<AuditEvent>> {
    let (Some(until), true) = (until, after < until) else {
        return Ok(Vec::new());
    };
    let select = following(account, after).filter(Column::Id.lte(until));
    read_all(select.order_by_asc(Column::Id).all(db).await?)
}

/// Everything that happened after an event.
fn following(account: AccountId, after: Option<Uuid>) -> Select<Entity> {
    Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Id.gt(after.unwrap_or(Uuid::nil())))
}

/// Some of what happened later than an instant, newest first, and before an event that was read already.
pub(crate) async fn later(
    db: &impl ConnectionTrait,
    account: AccountId,
    actions: &[Action],
    than: Timestamp,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<AuditEvent>> {
    let rows = Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Action.is_in(actions.iter().map(|action| action.as_str())))
        .filter(Column::CreatedAt.gt(than.unix_millis()))
        .filter(Column::Id.gte(first_id(than.minus(SLACK))))
        .filter(Column::Id.lt(before.unwrap_or(Uuid::max())))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    read_all(rows)
}

/// The ids of keys whose grants were changed after an event, in their wire form and each once.
pub(crate) async fn granted_since(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<String>> {
    let changing = [
        Action::KeyIssued,
        Action::WorkspaceGranted,
        Action::WorkspaceUngranted,
    ];
    Ok(following(account, after)
        .filter(Column::Action.is_in(changing.map(Action::as_str)))
        .select_only()
        .column(Column::Target)
        .distinct()
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// What happened to one thing, newest first.
pub(crate) async fn of_target(
    db: &impl ConnectionTrait,
    account: AccountId,
    target: &str,
    limit: u64,
) -> Result<Vec<AuditEvent>> {
    let rows = Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Target.eq(target))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    read_all(rows)
}

fn read_all(rows: Vec<Model>) -> Result<Vec<AuditEvent>> {
    rows.into_iter().map(read).collect()
}

pub(crate) fn read(row: Model) -> Result<AuditEvent> {
    let entrance = match row.entrance.as_str() {
        "session" => EntranceKind::Session,
        "key" => EntranceKind::Key,
        _ => EntranceKind::CommandLine,
    };
    let action = Action::parse(&row.action).ok_or_else(|| {
        Error::internal(format!(
            "the audit log has an unknown action {}",
            row.action
        ))
    })?;
    let JsonValue::Object(details) = row.details else {
        return Err(Error::internal(
            "an audit event's details are not an object",
        ));
    };
    Ok(AuditEvent {
        id: EventId::from_uuid(row.id),
        created_at: super::at(row.created_at),
        actor: Actor {
            profile_id: ProfileId::from_uuid(row.actor_id),
            name: row.actor_name,
            entrance,
        },
        action,
        target: row.target,
        target_name: row.target_name,
        batch_id: row.batch_id.map(BatchId::from_uuid),
        request_id: row.request_id,
        address: row.address,
        details,
    })
}
