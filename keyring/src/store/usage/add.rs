//! Adding to what was counted.

use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, Iden, IntoActiveModel, ModelTrait};

use serde::{Deserialize, Serialize};

use crate::entity::{token_use, usage_bucket, usage_denial, usage_source};
use crate::error::Result;
use token_use::Column as Use;
use usage_bucket::Column as Bucket;
use usage_denial::Column as Denied;
use usage_source::Column as Source;

/// Rows to add, of each kind.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Rows {
    pub(crate) buckets: Vec<usage_bucket::Model>,
    pub(crate) uses: Vec<token_use::Model>,
    pub(crate) sources: Vec<usage_source::Model>,
    pub(crate) denials: Vec<usage_denial::Model>,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.buckets.len() + self.uses.len() + self.sources.len() + self.denials.len()
    }
}

/// How many rows one statement adds: databases take only so many parameters.
const AT_ONCE: usize = 500;

/// Adds to what is there.
pub(crate) async fn add(db: &impl ConnectionTrait, rows: &Rows) -> Result<()> {
    let buckets = super::same_bucket()
        .value(Bucket::Calls, sum(usage_bucket::Entity, Bucket::Calls))
        .value(Bucket::Denials, sum(usage_bucket::Entity, Bucket::Denials))
        .value(Bucket::LastAt, later(usage_bucket::Entity, Bucket::LastAt))
        .to_owned();
    insert(db, &rows.buckets, buckets).await?;

    let uses = OnConflict::column(Use::TokenId)
        .update_columns([Use::UsedAt, Use::WorkspaceId, Use::Address, Use::UserAgent])
        .action_and_where(Expr::col((token_use::Entity, Use::UsedAt)).lte(excluded(Use::UsedAt)))
        .to_owned();
    insert(db, &rows.uses, uses).await?;

    let sources = OnConflict::columns([
        Source::ApiKeyId,
        Source::Hour,
        Source::TokenId,
        Source::Address,
        Source::UserAgent,
    ])
    .value(Source::Calls, sum(usage_source::Entity, Source::Calls))
    .value(Source::LastAt, later(usage_source::Entity, Source::LastAt))
    .to_owned();
    insert(db, &rows.sources, sources).await?;

    let denials = OnConflict::columns([Denied::ApiKeyId, Denied::Hour, Denied::Code])
        .value(Denied::Calls, sum(usage_denial::Entity, Denied::Calls))
        .to_owned();
    insert(db, &rows.denials, denials).await
}

async fn insert<M>(db: &impl ConnectionTrait, rows: &[M], conflict: OnConflict) -> Result<()>
where
    M: Clone + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + ModelTrait,
{
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().cloned();
        <M::Entity as EntityTrait>::insert_many(
            rows.map(|row| row.into_active_model().reset_all()),
        )
        .on_conflict(conflict.clone())
        .exec_without_returning(db)
        .await?;
    }
    Ok(())
}

/// What a conflicting row would have brought.
fn excluded(column: impl Iden) -> SimpleExpr {
    Expr::col((Alias::new("excluded"), Alias::new(column.to_string())))
}

fn sum<E: EntityTrait>(table: E, column: E::Column) -> SimpleExpr {
    Expr::col((table, column)).add(excluded(column))
}

/// The later of the two: counts are not always added in the order in which they were made.
fn later<E: EntityTrait>(table: E, column: E::Column) -> SimpleExpr {
    let there = || Expr::col((table, column));
    let is_later = there().is_null().or(excluded(column).gt(there()));
    CaseStatement::new()
        .case(is_later, excluded(column))
        .finally(there())
        .into()
}
