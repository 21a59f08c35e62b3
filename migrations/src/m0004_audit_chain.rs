//! The audit log becomes append-only, and its events are chained.

use contract::audit::{Action, Actor, AuditEvent, EntranceKind};
use contract::{AccountId, BatchId, EventHash, EventId, ProfileId, Timestamp};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, JsonValue, QueryResult};
use sea_orm_migration::sea_query;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// How many events are chained at a time.
const AT_ONCE: u64 = 400;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Whole or not at all, in SQLite as well.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let triggers = match backend {
            DbBackend::Postgres => include_str!("m0004_audit_chain_postgres.sql"),
            _ => include_str!("m0004_audit_chain_sqlite.sql"),
        };
        let tables = super::dialect(include_str!("m0004_audit_chain.sql"), backend);
        let db = manager.get_connection();
        db.execute_unprepared(&tables).await?;
        let accounts = sea_query::Query::select()
            .column("id")
            .from("account")
            .to_owned();
        for account in db.query_all(&accounts).await? {
            chain(db, account.try_get("", "id")?).await?;
        }
        db.execute_unprepared(include_str!("m0004_audit_chain_indexes.sql"))
            .await?;
        db.execute_unprepared(triggers).await?;
        Ok(())
    }
}

/// Moves the events of an account, oldest first, each with the hash of the one before it.
async fn chain(db: &impl ConnectionTrait, account: Uuid) -> Result<(), DbErr> {
    let mut last: Option<AuditEvent> = None;
    let mut waiting: Option<AuditEvent> = None;
    loop {
        let beyond = waiting.as_ref().map(|event| event.id.uuid());
        let rows = db.query_all(&some(account, beyond)).await?;
        if rows.is_empty() {
            break;
        }
        let mut links = Vec::with_capacity(rows.len());
        for row in rows {
            let next = read(account, &row)?;
            // Whether an event leads is known once the next is there.
            if let Some(event) = waiting.replace(next) {
                let next = waiting.as_ref();
                links.push(link(event, &mut last, next.and_then(|next| next.batch_id)));
            }
        }
        insert(db, &links).await?;
    }
    if let Some(event) = waiting {
        insert(db, &[link(event, &mut last, None)]).await?;
    }
    let Some(last) = last else { return Ok(()) };
    let head = sea_query::Query::insert()
        .into_table("audit_head")
        .columns(["account_id", "sequence", "event_id", "hash"])
        .values_panic([
            account.into(),
            stored(last.sequence).into(),
            last.id.uuid().into(),
            last.hash.bytes().to_vec().into(),
        ])
        .to_owned();
    db.execute(&head).await?;
    Ok(())
}

/// The next of the old events.
fn some(account: Uuid, beyond: Option<Uuid>) -> sea_query::SelectStatement {
    let mut select = sea_query::Query::select();
    select
        .columns(OLD)
        .from("audit_event")
        .and_where(Expr::col("account_id").eq(account))
        .order_by("id", sea_query::Order::Asc)
        .limit(AT_ONCE);
    if let Some(beyond) = beyond {
        select.and_where(Expr::col("id").gt(beyond));
    }
    select
}

const OLD: [&str; 12] = [
    "id",
    "created_at",
    "actor_id",
    "actor_name",
    "entrance",
    "action",
    "target",
    "target_name",
    "details",
    "request_id",
    "address",
    "batch_id",
];

fn read(account: Uuid, row: &QueryResult) -> Result<AuditEvent, DbErr> {
    let (entrance, action): (String, String) =
        (row.try_get("", "entrance")?, row.try_get("", "action")?);
    let broken = |what: &str| DbErr::Migration(format!("an audit event has no {what}"));
    let JsonValue::Object(details) = row.try_get("", "details")? else {
        return Err(broken("details"));
    };
    let batch: Option<Uuid> = row.try_get("", "batch_id")?;
    Ok(AuditEvent {
        id: EventId::from_uuid(row.try_get("", "id")?),
        account_id: AccountId::from_uuid(account),
        sequence: 0,
        created_at: Timestamp::from_unix_millis(row.try_get("", "created_at")?),
        actor: Actor {
            profile_id: ProfileId::from_uuid(row.try_get("", "actor_id")?),
            name: row.try_get("", "actor_name")?,
            entrance: EntranceKind::parse(&entrance).ok_or_else(|| broken("known entrance"))?,
        },
        action: Action::parse(&action).ok_or_else(|| broken("known action"))?,
        target: row.try_get("", "target")?,
        target_name: row.try_get("", "target_name")?,
        batch_id: batch.map(BatchId::from_uuid),
        request_id: row.try_get("", "request_id")?,
        address: row.try_get("", "address")?,
        details,
        previous_hash: EventHash::NOTHING,
        hash: EventHash::NOTHING,
    })
}

/// The event in its place, and whether it leads.
fn link(
    mut event: AuditEvent,
    last: &mut Option<AuditEvent>,
    next_batch: Option<BatchId>,
) -> (AuditEvent, bool) {
    if let Some(last) = last {
        (event.sequence, event.previous_hash) = (last.sequence, last.hash);
    }
    event.sequence += 1;
    event.hash = EventHash::from_bytes(Sha256::digest(event.canonical()).into());
    *last = Some(event.clone());
    let leads = event.batch_id.is_none() || event.batch_id != next_batch;
    (event, leads)
}

async fn insert(db: &impl ConnectionTrait, links: &[(AuditEvent, bool)]) -> Result<(), DbErr> {
    if links.is_empty() {
        return Ok(());
    }
    let new = ["account_id", "sequence", "leads", "previous_hash", "hash"];
    let mut insert = sea_query::Query::insert();
    insert
        .into_table("audit_event_chained")
        .columns(OLD.into_iter().chain(new));
    for (event, leads) in links {
        insert.values_panic([
            event.id.uuid().into(),
            event.created_at.unix_millis().into(),
            event.actor.profile_id.uuid().into(),
            event.actor.name.clone().into(),
            event.actor.entrance.as_str().into(),
            event.action.as_str().into(),
            event.target.clone().into(),
            event.target_name.clone().into(),
            JsonValue::Object(event.details.clone()).into(),
            event.request_id.clone().into(),
            event.address.clone().into(),
            event.batch_id.map(BatchId::uuid).into(),
            event.account_id.uuid().into(),
            stored(event.sequence).into(),
            (*leads).into(),
            event.previous_hash.bytes().to_vec().into(),
            event.hash.bytes().to_vec().into(),
        ]);
    }
    db.execute(&insert).await?;
    Ok(())
}

fn stored(sequence: u64) -> i64 {
    sequence.try_into().unwrap_or(i64::MAX)
}
