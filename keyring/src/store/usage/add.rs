//! Adding to what was counted.

use std::net::IpAddr;

use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, Iden, IntoActiveModel, ModelTrait};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entity::{token_use, usage_bucket, usage_denial, usage_source};
use crate::error::Result;
use token_use::Column as Last;
use usage_bucket::Column as Bucket;
use usage_denial::Column as Denied;
use usage_source::Column as Source;

/// Calls with a token in an hour and a workspace, and where the last of them that was not denied came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Use {
    pub(crate) account_id: Uuid,
    pub(crate) api_key_id: Uuid,
    pub(crate) token_id: Uuid,
    pub(crate) hour: i64,
    pub(crate) workspace_id: Uuid,
    pub(crate) calls: i64,
    pub(crate) denials: i64,
    pub(crate) last_at: Option<i64>,
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<Box<str>>,
}

impl Use {
    fn bucket(&self) -> usage_bucket::Model {
        usage_bucket::Model {
            account_id: self.account_id,
            api_key_id: self.api_key_id,
            hour: self.hour,
            token_id: self.token_id,
            workspace_id: self.workspace_id,
            calls: self.calls,
            denials: self.denials,
            last_at: self.last_at,
        }
    }

    /// The last use of the token, if this is it.
    fn last(&self) -> Option<token_use::Model> {
        Some(token_use::Model {
            token_id: self.token_id,
            account_id: self.account_id,
            api_key_id: self.api_key_id,
            used_at: self.last_at?,
            workspace_id: self.workspace_id,
            address: self.address.map(|address| address.to_string()),
            user_agent: self.user_agent.as_deref().map(str::to_owned),
        })
    }
}

/// Rows to add, of each kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rows {
    pub(crate) uses: Vec<Use>,
    pub(crate) sources: Vec<usage_source::Model>,
    pub(crate) denials: Vec<usage_denial::Model>,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.uses.len() + self.sources.len() + self.denials.len()
    }
}

/// How many rows one statement adds: databases take only so many parameters.
const AT_ONCE: usize = 500;

/// Adds to what is there. Of the uses, those of a token are beside each other.
pub(crate) async fn add(db: &impl ConnectionTrait, rows: &Rows) -> Result<()> {
    let buckets = super::same_bucket()
        .value(Bucket::Calls, sum(usage_bucket::Entity, Bucket::Calls))
        .value(Bucket::Denials, sum(usage_bucket::Entity, Bucket::Denials))
        .value(Bucket::LastAt, later(usage_bucket::Entity, Bucket::LastAt))
        .to_owned();
    insert(db, rows.uses.iter().map(Use::bucket), buckets).await?;

    let uses = OnConflict::column(Last::TokenId)
        .update_columns([
            Last::UsedAt,
            Last::WorkspaceId,
            Last::Address,
            Last::UserAgent,
        ])
        .action_and_where(Expr::col((token_use::Entity, Last::UsedAt)).lte(excluded(Last::UsedAt)))
        .to_owned();
    let of_tokens = rows
        .uses
        .chunk_by(|one, next| one.token_id == next.token_id);
    let last = |uses: &[Use]| uses.iter().max_by_key(|used| used.last_at)?.last();
    insert(db, of_tokens.filter_map(last), uses).await?;

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
    insert(db, rows.sources.iter().cloned(), sources).await?;

    let denials = OnConflict::columns([Denied::ApiKeyId, Denied::Hour, Denied::Code])
        .value(Denied::Calls, sum(usage_denial::Entity, Denied::Calls))
        .to_owned();
    insert(db, rows.denials.iter().cloned(), denials).await
}

async fn insert<M>(
    db: &impl ConnectionTrait,
    rows: impl Iterator<Item = M>,
    conflict: OnConflict,
) -> Result<()>
where
    M: IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + ModelTrait,
{
    let mut rows = rows
        .map(|row| row.into_active_model().reset_all())
        .peekable();
    while rows.peek().is_some() {
        <M::Entity as EntityTrait>::insert_many(rows.by_ref().take(AT_ONCE))
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
