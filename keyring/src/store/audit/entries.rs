//! What the page of the audit log shows beside the events: batches as one, what is newer, how many were
//! refused.

use contract::audit::AuditEvent;
use contract::request::ListEvents;
use contract::{AccountId, BatchId, Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::chain::stored;
use super::{Column, filtered, of_batch, read};
use crate::error::Result;

/// A changeset: how much there is of it, and the first events of it.
pub(crate) struct Batch {
    pub(crate) size: u64,
    pub(crate) events: Vec<AuditEvent>,
}

/// The events of a batch, oldest first, at most `limit` of them.
pub(crate) async fn batch(
    db: &impl ConnectionTrait,
    account: AccountId,
    batch: BatchId,
    limit: u64,
) -> Result<Batch> {
    let all = of_batch(account, batch);
    let size = all.clone().count(db).await?;
    let rows = all.order_by_asc(Column::Id).limit(limit).all(db).await?;
    let events = rows.into_iter().map(read).collect::<Result<_>>()?;
    Ok(Batch { size, events })
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
