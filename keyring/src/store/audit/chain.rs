//! Writing the audit log: each event with the hash of the one before it.

use contract::audit::{Action, Actor, AuditEvent};
use contract::{AccountId, AuditHead, BatchId, EventHash, EventId, Timestamp};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JsonValue, QueryFilter,
    QueryOrder, QuerySelect, RuntimeErr, sqlx,
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::caller::Author;
use crate::entity::audit_event::{ActiveModel, Column, Entity, Model};
use crate::entity::audit_head;
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

/// Appends to the chain of the author's account. Its head is held until the transaction ends, so that
/// whoever writes at the same time comes after.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    by: &Author,
    events: Vec<NewEvent<'_>>,
) -> Result<()> {
    let last = audit_head::Entity::find_by_id(by.account.uuid()).lock_exclusive();
    let head = super::super::only(db, last).await?;
    let head = head.map(read_head).transpose()?;
    let (mut sequence, mut previous) =
        head.map_or((0, EventHash::NOTHING), |head| (head.sequence, head.hash));
    let mut chained = Vec::with_capacity(events.len());
    for event in events {
        let mut event = described(by, event)?;
        sequence += 1;
        (event.sequence, event.previous_hash) = (sequence, previous);
        event.hash = hash(&event);
        previous = event.hash;
        chained.push(event);
    }
    let Some(last) = chained.last().map(head_at) else {
        return Ok(());
    };
    let batches: Vec<_> = chained.iter().map(|event| event.batch_id).collect();
    let nexts = batches.into_iter().skip(1).chain([None]);
    let rows = chained.into_iter().zip(nexts).map(|(event, next)| {
        let leads = event.batch_id.is_none() || event.batch_id != next;
        row(event, leads)
    });
    super::super::insert_all::<Entity, _>(db, rows.collect::<Result<_>>()?).await?;
    move_head(db, last).await
}

/// SHA-256 over the canonical form.
pub(crate) fn hash(event: &AuditEvent) -> EventHash {
    EventHash::from_bytes(Sha256::digest(event.canonical()).into())
}

/// The event as it will be told, but for its place in the chain.
fn described(by: &Author, event: NewEvent<'_>) -> Result<AuditEvent> {
    let JsonValue::Object(details) = event.details else {
        return Err(Error::internal("what an event tells is not an object"));
    };
    Ok(AuditEvent {
        id: EventId::from_uuid(event.id),
        account_id: by.account,
        sequence: 0,
        created_at: event.at,
        actor: Actor {
            profile_id: by.profile,
            name: by.name.clone(),
            entrance: by.entrance,
        },
        action: event.action,
        target: event.target,
        target_name: event.target_name.to_owned(),
        batch_id: event.batch,
        request_id: by.origin.request_id.map(|id| id.to_string()),
        address: by.origin.address.map(|address| address.to_string()),
        details,
        previous_hash: EventHash::NOTHING,
        hash: EventHash::NOTHING,
    })
}

fn row(event: AuditEvent, leads: bool) -> Result<ActiveModel> {
    Ok(ActiveModel {
        id: Set(event.id.uuid()),
        account_id: Set(event.account_id.uuid()),
        sequence: Set(i64::try_from(event.sequence).map_err(Error::internal)?),
        created_at: Set(event.created_at.unix_millis()),
        actor_id: Set(event.actor.profile_id.uuid()),
        actor_name: Set(event.actor.name),
        entrance: Set(event.actor.entrance.as_str().to_owned()),
        action: Set(event.action.as_str().to_owned()),
        target: Set(event.target),
        target_name: Set(event.target_name),
        details: Set(JsonValue::Object(event.details)),
        request_id: Set(event.request_id),
        address: Set(event.address),
        batch_id: Set(event.batch_id.map(BatchId::uuid)),
        leads: Set(leads),
        previous_hash: Set(event.previous_hash.bytes().to_vec()),
        hash: Set(event.hash.bytes().to_vec()),
    })
}

fn head_at(event: &AuditEvent) -> AuditHead {
    AuditHead {
        account_id: event.account_id,
        sequence: event.sequence,
        event_id: event.id,
        hash: event.hash,
    }
}

async fn move_head(db: &impl ConnectionTrait, head: AuditHead) -> Result<()> {
    let row = audit_head::ActiveModel {
        account_id: Set(head.account_id.uuid()),
        sequence: Set(i64::try_from(head.sequence).map_err(Error::internal)?),
        event_id: Set(head.event_id.uuid()),
        hash: Set(head.hash.bytes().to_vec()),
    };
    let onward = OnConflict::column(audit_head::Column::AccountId)
        .update_columns([
            audit_head::Column::Sequence,
            audit_head::Column::EventId,
            audit_head::Column::Hash,
        ])
        .to_owned();
    audit_head::Entity::insert(row)
        .on_conflict(onward)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The last event of an account; `None` before the first.
pub(crate) async fn head(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Option<AuditHead>> {
    let row = audit_head::Entity::find_by_id(account.uuid());
    let row = super::super::only(db, row).await?;
    row.map(read_head).transpose()
}

/// Where the log of an account ends; 0 before its first event. Whoever writes an event holds the end until
/// it is committed: what is read after this is of this place or later, and nothing earlier comes any more.
pub(crate) async fn place(db: &impl ConnectionTrait, account: AccountId) -> Result<u64> {
    Ok(head(db, account).await?.map_or(0, |head| head.sequence))
}

/// A place as the databases keep it.
pub(super) fn stored(sequence: u64) -> i64 {
    sequence.try_into().unwrap_or(i64::MAX)
}

fn read_head(row: audit_head::Model) -> Result<AuditHead> {
    let altered = |_| Error::internal("the head of the audit log has no hash");
    Ok(AuditHead {
        account_id: AccountId::from_uuid(row.account_id),
        sequence: u64::try_from(row.sequence).map_err(Error::internal)?,
        event_id: EventId::from_uuid(row.event_id),
        hash: EventHash::from_bytes(row.hash.try_into().map_err(altered)?),
    })
}

/// The next events of the chain, oldest first; all of them have their places after `sequence`.
pub(crate) async fn stretch(
    db: &impl ConnectionTrait,
    account: AccountId,
    sequence: Option<u64>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut select = Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .order_by_asc(Column::Sequence)
        .limit(limit);
    if let Some(sequence) = sequence {
        select = select.filter(Column::Sequence.gt(stored(sequence)));
    }
    select.all(db).await
}

/// The event in this place.
pub(crate) async fn event_at(
    db: &impl ConnectionTrait,
    account: AccountId,
    sequence: u64,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Sequence.eq(stored(sequence)))
        .one(db)
        .await
}

/// Whether it was a value that could not be read, and not the database that could not be asked.
pub(crate) fn is_unreadable(error: &DbErr) -> bool {
    match error {
        DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } | DbErr::ConvertFromU64(_) => {
            true
        }
        DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error)) => {
            matches!(
                **error,
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)
            )
        }
        _ => false,
    }
}
