//! Which keys deserve a look. One condition each, by which they are counted and listed alike.

use std::time::Duration;

use contract::attention::{Attention, AttentionCount, AttentionCounts};
use contract::{AccountId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
};

use super::{ENABLED, Visible};
use crate::entity::api_key::{Column, Entity};
use crate::entity::{api_key_token, token_use};
use crate::error::{Error, Result};

const DAY: Duration = Duration::from_hours(24);
/// After how long without use a key is idle.
const IDLE: Duration = Duration::from_hours(24 * 90);

/// What ends by itself unless somebody does something, the most urgent first.
pub(crate) const URGENT: [Attention; 2] = [Attention::OldTokenCalled, Attention::Expiring7d];

/// For how many days a key that was last used then has been idle, if it is.
pub(crate) fn idle_days(last_use: Timestamp, now: Timestamp) -> Option<u64> {
    let unused = now.since(last_use);
    (unused > IDLE).then(|| unused.as_secs() / DAY.as_secs())
}

/// How many of the keys are urgent, each counted once.
pub(crate) async fn count_urgent(
    db: &impl ConnectionTrait,
    visible: Visible,
    now: Timestamp,
) -> Result<u64> {
    let any = URGENT.iter().fold(Condition::any(), |any, which| {
        any.add(condition(*which, visible.account, now))
    });
    Ok(visible.select().filter(any).count(db).await?)
}

/// The keys of an account that deserve this look at an instant.
pub(super) fn condition(which: Attention, account: AccountId, now: Timestamp) -> Condition {
    let until =
        |days: u32| Condition::all().add(Column::ExpiresAt.lte(now.plus(DAY * days).unix_millis()));
    let deserves = match which {
        Attention::OldTokenCalled => {
            Condition::all().add(Column::Id.in_subquery(called_with_old_tokens(account, now)))
        }
        Attention::Expiring1d => until(1),
        Attention::Expiring7d => until(7),
        Attention::Expiring30d => until(30),
        Attention::Idle90d => {
            let since = now.minus(IDLE).unix_millis();
            let used_at = || use_column(token_use::Column::UsedAt);
            // Found by the old uses, which are few, and not key by key.
            let before = Query::select()
                .column(token_use::Column::ApiKeyId)
                .from(token_use::Entity)
                .and_where(use_column(token_use::Column::AccountId).eq(account.uuid()))
                .and_where(used_at().lt(since))
                .to_owned();
            let lately = uses().and_where(used_at().gte(since)).to_owned();
            Condition::all()
                .add(Column::Id.in_subquery(before))
                .add(Expr::not_exists(lately))
        }
        Attention::NeverUsed => Condition::all().add(Expr::not_exists(uses())),
        Attention::AllWorkspaces => Condition::all().add(Column::AllWorkspaces.eq(true)),
        // Written out, not bound: SQLite must see that it is what the index was made for.
        Attention::FullAccess => Condition::all().add(Expr::cust("permissions = '*'")),
    };
    let expires_later = Column::ExpiresAt
        .is_null()
        .or(Column::ExpiresAt.gt(now.unix_millis()));
    Condition::all()
        .add(Column::State.eq(ENABLED))
        .add(expires_later)
        .add(deserves)
}

/// How many of the keys deserve each look, all of it counted at once.
pub(crate) async fn counts(
    db: &impl ConnectionTrait,
    visible: Visible,
    now: Timestamp,
) -> Result<AttentionCounts> {
    let mut counts = Query::select();
    for which in Attention::ALL {
        let keys = visible
            .select()
            .filter(condition(*which, visible.account, now))
            .select_only()
            .column_as(Column::Id.count(), "keys")
            .into_query();
        counts.expr_as(Expr::SubQuery(None, Box::new(keys.into())), which.as_str());
    }
    let statement = db.get_database_backend().build(&counts);
    let row = db.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::internal("a count gave no row"))?;
    let count = |which: &Attention| {
        let keys: i64 = row.try_get("", which.as_str())?;
        Ok(AttentionCount {
            attention: *which,
            keys: u64::try_from(keys).unwrap_or_default(),
        })
    };
    let items = Attention::ALL.iter().map(count).collect::<Result<_>>()?;
    Ok(AttentionCounts { items })
}

fn use_column(column: token_use::Column) -> Expr {
    Expr::col((token_use::Entity, column))
}

fn token_column(alias: &'static str, column: api_key_token::Column) -> Expr {
    Expr::col((alias, column))
}

/// What is known of the use of the key's tokens.
fn uses() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(token_use::Entity)
        .and_where(use_column(token_use::Column::ApiKeyId).equals((Entity, Column::Id)))
        .to_owned()
}

/// The keys with a token that is good although a later one was made, and that was used since then.
fn called_with_old_tokens(account: AccountId, now: Timestamp) -> SelectStatement {
    use api_key_token::Column as Token;
    let (old, current) = ("old", "current");
    Query::select()
        .expr(token_column(old, Token::ApiKeyId))
        .from_as(api_key_token::Entity, old)
        .join_as(
            sea_orm::JoinType::InnerJoin,
            api_key_token::Entity,
            current,
            token_column(current, Token::ApiKeyId)
                .equals((old, Token::ApiKeyId))
                .and(token_column(current, Token::RetiredAt).is_null()),
        )
        .inner_join(
            token_use::Entity,
            use_column(token_use::Column::TokenId).equals((old, Token::Id)),
        )
        .and_where(token_column(old, Token::AccountId).eq(account.uuid()))
        .and_where(token_column(old, Token::RetiredAt).gt(now.unix_millis()))
        .and_where(
            use_column(token_use::Column::UsedAt).gt(token_column(current, Token::CreatedAt)),
        )
        .to_owned()
}
