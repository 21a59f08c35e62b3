//! What the page of the audit log shows beside the events: batches as one, what is newer, how many were
//! refused.

use std::collections::HashMap;

use contract::audit::{AuditEvent, BatchTold};
use contract::request::ListEvents;
use contract::{AccountId, BatchId, Timestamp};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::chain::stored;
use super::{Column, Entity, filtered, of_batch, read};
use crate::error::Result;

/// The events of a batch, oldest first, at most `limit` of them.
pub(crate) async fn first_of_batch(
    db: &impl ConnectionTrait,
    account: AccountId,
    batch: BatchId,
    limit: u64,
) -> Result<Vec<AuditEvent>> {
    let events = of_batch(account, batch).order_by_asc(Column::Id);
    let rows = events.limit(limit).all(db).await?;
    rows.into_iter().map(read).collect()
}

/// The event that a batch ends with.
pub(crate) async fn last_of_batch(
    db: &impl ConnectionTrait,
    account: AccountId,
    batch: BatchId,
) -> Result<Option<AuditEvent>> {
    let last = of_batch(account, batch).order_by_desc(Column::Id);
    last.one(db).await?.map(read).transpose()
}

/// How much there is of each batch that one of these events ends, and how many things it is about unless it has
/// more events than `most`: two statements, however many batches there are. The events of a batch follow each
/// other, so that where it begins and ends tells how many there are.
pub(crate) async fn batches(
    db: &impl ConnectionTrait,
    account: AccountId,
    ends: &[AuditEvent],
    most: u64,
) -> Result<HashMap<BatchId, BatchTold>> {
    let ends = ends.iter().filter(|event| event.batch_id.is_some());
    let ends: Vec<Uuid> = ends.map(|event| event.id.uuid()).collect();
    if ends.is_empty() {
        return Ok(HashMap::new());
    }
    let first = Alias::new("first");
    let of_first = |column: Column| Expr::col((first.clone(), column));
    let begins = Query::select()
        .expr(of_first(Column::Sequence))
        .from_as(Entity, first.clone())
        .and_where(of_first(Column::AccountId).eq(account.uuid()))
        .and_where(of_first(Column::BatchId).eq(Expr::col((Entity, Column::BatchId))))
        .order_by((first.clone(), Column::Id), Order::Asc)
        .limit(1)
        .take();
    let places = Entity::find()
        .select_only()
        .column(Column::BatchId)
        .column(Column::Sequence)
        .expr_as(Expr::SubQuery(None, Box::new(begins.into())), "begins")
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::Id.is_in(ends));
    let places: Vec<(Uuid, i64, i64)> = places.into_tuple().all(db).await?;
    let sizes = places.into_iter();
    let sizes: Vec<(Uuid, i64)> = sizes
        .map(|(id, end, begin)| (id, end - begin + 1))
        .collect();
    let told = |(id, size): &(Uuid, i64)| {
        let told = BatchTold {
            size: count(*size),
            keys: None,
            workspaces: None,
        };
        (BatchId::from_uuid(*id), told)
    };
    let mut batches: HashMap<BatchId, BatchTold> = sizes.iter().map(told).collect();
    let small = sizes.iter().filter(|(_, size)| count(*size) <= most);
    let small: Vec<Uuid> = small.map(|(id, _)| *id).collect();
    let things = Entity::find()
        .select_only()
        .column(Column::BatchId)
        .filter(Column::AccountId.eq(account.uuid()))
        .filter(Column::BatchId.is_in(small))
        .group_by(Column::BatchId)
        .column_as(Expr::cust("COUNT(DISTINCT target)"), "keys")
        .column_as(
            Expr::cust("COUNT(DISTINCT details ->> 'workspaceId')"),
            "workspaces",
        );
    let things: Vec<(Uuid, i64, i64)> = things.into_tuple().all(db).await?;
    for (id, keys, workspaces) in things {
        if let Some(told) = batches.get_mut(&BatchId::from_uuid(id)) {
            (told.keys, told.workspaces) = (Some(count(keys)), Some(count(workspaces)));
        }
    }
    Ok(batches)
}

fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or_default()
}

/// How many entries of the list came after the event in this place, at most `most`.
pub(crate) async fn newer(
    db: &impl ConnectionTrait,
    account: AccountId,
    list: &ListEvents,
    entries: bool,
    sequence: u64,
    most: u64,
) -> Result<u64> {
    let mut select = filtered(account, list).filter(Column::Sequence.gt(stored(sequence)));
    if entries {
        select = select.filter(Column::Leads.eq(true));
    }
    let ids = select.select_only().column(Column::Id).limit(most);
    let ids: Vec<Uuid> = ids.into_tuple().all(db).await?;
    Ok(ids.len() as u64)
}

/// How many refusals there were since.
pub(crate) async fn refused_since(
    db: &impl ConnectionTrait,
    account: AccountId,
    since: Option<Timestamp>,
) -> Result<u64> {
    let refusals = ListEvents {
        refused: true,
        since,
        ..ListEvents::default()
    };
    Ok(filtered(account, &refusals).count(db).await?)
}

/// When the account's first event was.
pub(crate) async fn start(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Option<Timestamp>> {
    let first = super::event_at(db, account, 1).await?;
    Ok(first.map(|event| super::super::at(event.created_at)))
}
