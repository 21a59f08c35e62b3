//! The audit log.

use contract::audit::{Action, Actor, AuditEvent, EntranceKind};
use contract::{AccountId, EventId, ProfileId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, JsonValue,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::caller::Caller;
use crate::entity::audit_event::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, Result};

pub(crate) struct NewEvent<'a> {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) action: Action,
    pub(crate) target: String,
    pub(crate) target_name: &'a str,
    pub(crate) details: JsonValue,
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    caller: &Caller,
    event: NewEvent<'_>,
) -> Result<()> {
    let entrance = match caller.entrance.kind() {
        EntranceKind::Session => "session",
        EntranceKind::Key => "key",
        EntranceKind::CommandLine => "command_line",
    };
    let row = ActiveModel {
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
        request_id: Set(caller.origin.request_id.clone()),
        address: Set(caller.origin.address.map(|address| address.to_string())),
    };
    row.insert(db).await?;
    Ok(())
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
    rows.into_iter().map(read).collect()
}

fn read(row: Model) -> Result<AuditEvent> {
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
        details,
    })
}
