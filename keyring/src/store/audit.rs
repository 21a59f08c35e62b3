//! The audit log: reading it. [`chain`] writes it.

mod chain;
mod entries;

use std::time::Duration;

use contract::audit::{Action, Actor, AuditEvent, EntranceKind};
use contract::page::SortOrder;
use contract::request::ListEvents;
use contract::{AccountId, BatchId, EventHash, EventId, ProfileId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JsonValue, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

use super::containing;
use crate::clock::first_id;
use crate::cursor::Place;
use crate::entity::audit_event::{Column, Entity, Model};
use crate::error::{Error, Result};

use chain::stored;
pub(crate) use chain::{NewEvent, event_at, hash, head, insert, is_unreadable, place, stretch};
pub(crate) use entries::{batches, first_of_batch, last_of_batch, newer, refused_since, start};

/// One row more than the limit, newest first, in reading order away from the place.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
    list: &ListEvents,
    place: Option<Place>,
) -> Result<Vec<Model>> {
    let select = filtered(account, list);
    let select = super::stretch(select, Column::Id, SortOrder::Desc, &list.page, place);
    Ok(select.all(db).await?)
}

/// Like [`list`], with a batch as one entry: its last event.
pub(crate) async fn list_entries(
    db: &impl ConnectionTrait,
    account: AccountId,
    list: &ListEvents,
    place: Option<Place>,
) -> Result<Vec<Model>> {
    let select = filtered(account, list).filter(Column::Leads.eq(true));
    let select = super::stretch(select, Column::Id, SortOrder::Desc, &list.page, place);
    Ok(select.all(db).await?)
}

/// The next events of the list in the order of the chain, after one place and up to another.
pub(crate) async fn between(
    db: &impl ConnectionTrait,
    account: AccountId,
    list: &ListEvents,
    after: u64,
    up_to: u64,
    limit: u64,
) -> Result<Vec<Model>> {
    let select = filtered(account, list)
        .filter(Column::Sequence.gt(stored(after)))
        .filter(Column::Sequence.lte(stored(up_to)))
        .order_by_asc(Column::Sequence)
        .limit(limit);
    Ok(select.all(db).await?)
}

/// The kinds that ids of targets begin with.
const KINDS: [&str; 4] = [
    contract::ApiKeyId::PREFIX,
    contract::WorkspaceId::PREFIX,
    ProfileId::PREFIX,
    AccountId::PREFIX,
];

fn filtered(account: AccountId, list: &ListEvents) -> Select<Entity> {
    let mut select = Entity::find().filter(Column::AccountId.eq(account.uuid()));
    if let Some(actor) = list.actor {
        select = select.filter(Column::ActorId.eq(actor.uuid()));
    }
    if let Some(entrance) = list.entrance {
        select = select.filter(Column::Entrance.eq(entrance.as_str()));
    }
    if let Some(action) = list.action {
        select = select.filter(Column::Action.eq(action.as_str()));
    }
    if list.refused {
        select = select.filter(Column::Action.is_in(REFUSALS.map(Action::as_str)));
    }
    if let Some(target) = &list.target {
        select = select.filter(if KINDS.contains(&target.as_str()) {
            Column::Target.starts_with(format!("{target}_"))
        } else {
            Column::Target.eq(target)
        });
    }
    if let Some(batch) = list.batch {
        select = select.filter(Column::BatchId.eq(batch.uuid()));
    }
    if let Some(query) = super::wanted(list.query.as_deref()) {
        select = select.filter(found(&query));
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
    select
}

/// What a search finds. It reads event after event, newest first.
fn found(query: &str) -> Condition {
    let part_of = |column: Column| {
        let lower = Func::lower(Expr::col(column));
        Expr::expr(lower).like(containing(query))
    };
    let mut any = Condition::any();
    for column in [
        Column::ActorName,
        Column::Action,
        Column::Target,
        Column::TargetName,
    ] {
        any = any.add(part_of(column));
    }
    any = any.add(Column::RequestId.eq(query));
    // Ids are upper case but for their kind.
    let (kind, digits) = query.split_once('_').unwrap_or_default();
    let id = format!("{kind}_{}", digits.to_uppercase());
    if let Ok(id) = id.parse::<EventId>() {
        any = any.add(Column::Id.eq(id.uuid()));
    }
    if let Ok(id) = id.parse::<BatchId>() {
        any = any.add(Column::BatchId.eq(id.uuid()));
    }
    if let Ok(id) = id.parse::<ProfileId>() {
        any = any.add(Column::ActorId.eq(id.uuid()));
    }
    any
}

/// What says that somebody was refused.
pub(crate) const REFUSALS: [Action; 2] = [Action::RequestRefused, Action::SignInRefused];

/// How far the time in an id may be from that of its event: ids count on within a millisecond.
const SLACK: Duration = Duration::from_mins(1);

/// The events of one batch.
fn of_batch(account: AccountId, batch: BatchId) -> Select<Entity> {
    Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::BatchId.eq(batch.uuid()))
}

/// All of them, oldest first.
pub(crate) async fn all_of_batch(
    db: &impl ConnectionTrait,
    account: AccountId,
    batch: BatchId,
) -> Result<Vec<AuditEvent>> {
    let events = of_batch(account, batch).order_by_asc(Column::Id);
    read_all(events.all(db).await?)
}

/// Some of what happened after a place in the log, oldest first.
pub(crate) async fn since(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: u64,
    limit: u64,
) -> Result<Vec<AuditEvent>> {
    read_all(stretch(db, account, Some(after), limit).await?)
}

/// Some of what happened later than an instant, newest first, and before a place that was read already.
pub(crate) async fn later(
    db: &impl ConnectionTrait,
    account: AccountId,
    actions: &[Action],
    than: Timestamp,
    before: Option<u64>,
    limit: u64,
) -> Result<Vec<AuditEvent>> {
    let rows = Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Action.is_in(actions.iter().map(|action| action.as_str())))
        .filter(Column::CreatedAt.gt(than.unix_millis()))
        .filter(Column::Id.gte(first_id(than.minus(SLACK))))
        .filter(Column::Sequence.lt(before.map_or(i64::MAX, stored)))
        .order_by_desc(Column::Sequence)
        .limit(limit)
        .all(db)
        .await?;
    read_all(rows)
}

/// The ids of keys whose grants were changed after a place in the log, in their wire form and each once.
pub(crate) async fn granted_since(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: u64,
    limit: u64,
) -> Result<Vec<String>> {
    let changing = [
        Action::KeyIssued,
        Action::WorkspaceGranted,
        Action::WorkspaceUngranted,
    ];
    Ok(Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Sequence.gt(stored(after)))
        .filter(Column::Action.is_in(changing.map(Action::as_str)))
        .select_only()
        .column(Column::Target)
        .distinct()
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// Whether anything after a place in the log may have changed a key or a workspace itself. Whatever is not known
/// to leave both alone may have.
pub(crate) async fn rows_changed_since(
    db: &impl ConnectionTrait,
    account: AccountId,
    after: u64,
) -> Result<bool> {
    let leaves_alone = [
        Action::SignedIn,
        Action::SignedOut,
        Action::SessionsEnded,
        Action::SignInRefused,
        Action::RequestRefused,
        Action::AuditExported,
        Action::WorkspaceGranted,
        Action::WorkspaceUngranted,
    ];
    let first: Option<Uuid> = Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Sequence.gt(stored(after)))
        .filter(Column::Action.is_not_in(leaves_alone.map(Action::as_str)))
        .select_only()
        .column(Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(first.is_some())
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

/// The event with this id.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    id: EventId,
) -> Result<Option<AuditEvent>> {
    let row = Entity::find_by_id(id.uuid()).filter(Column::AccountId.eq(account.uuid()));
    super::only(db, row).await?.map(read).transpose()
}

pub(crate) fn read(row: Model) -> Result<AuditEvent> {
    let unknown = |what: &str| Error::internal(format!("an audit event has an unknown {what}"));
    let JsonValue::Object(details) = row.details else {
        return Err(Error::internal(
            "an audit event's details are not an object",
        ));
    };
    let hash = |bytes: Vec<u8>| -> Result<EventHash> {
        let bytes = bytes.try_into().map_err(|_| unknown("hash"))?;
        Ok(EventHash::from_bytes(bytes))
    };
    Ok(AuditEvent {
        id: EventId::from_uuid(row.id),
        account_id: AccountId::from_uuid(row.account_id),
        sequence: u64::try_from(row.sequence).map_err(Error::internal)?,
        created_at: super::at(row.created_at),
        actor: Actor {
            profile_id: ProfileId::from_uuid(row.actor_id),
            name: row.actor_name,
            entrance: EntranceKind::parse(&row.entrance).ok_or_else(|| unknown("entrance"))?,
        },
        action: Action::parse(&row.action).ok_or_else(|| unknown("action"))?,
        target: row.target,
        target_name: row.target_name,
        batch_id: row.batch_id.map(BatchId::from_uuid),
        request_id: row.request_id,
        address: row.address,
        details,
        previous_hash: hash(row.previous_hash)?,
        hash: hash(row.hash)?,
    })
}
