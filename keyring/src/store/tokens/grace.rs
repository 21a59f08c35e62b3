//! Tokens that are being retired: good for a while beside those that follow them.

use std::collections::HashMap;
use std::time::Duration;

use contract::{AccountId, ApiKeyId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::entity::api_key_token::{Column, Entity, Model};
use crate::entity::token_use;
use crate::error::Result;
use crate::store::at;

/// A rotation in progress.
#[derive(Clone, Debug)]
pub(crate) struct Grace {
    /// The token before, by the id of its digest.
    pub(crate) token: Uuid,
    pub(crate) hint: String,
    pub(crate) ends_at: Timestamp,
    /// After how long without use it ends sooner.
    pub(crate) quiet_for: Option<Duration>,
    pub(crate) rotated_at: Timestamp,
    pub(crate) rotated_by: Uuid,
}

/// What is said of a key's good tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hints {
    pub(crate) current: String,
    pub(crate) retiring: Option<Grace>,
}

/// The hints of each key's good tokens.
pub(crate) async fn hints(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
    now: Timestamp,
) -> Result<HashMap<Uuid, Hints>> {
    let good = Column::RetiredAt
        .is_null()
        .or(Column::RetiredAt.gt(now.unix_millis()));
    let tokens = Entity::find()
        .filter(Column::ApiKeyId.is_in(keys.iter().copied()))
        .filter(good)
        .all(db)
        .await?;
    let (current, retiring): (Vec<_>, Vec<_>) = tokens
        .into_iter()
        .partition(|token| token.retired_at.is_none());
    let mut retiring: HashMap<Uuid, Model> = retiring
        .into_iter()
        .map(|token| (token.api_key_id, token))
        .collect();
    let of_key = |token: Model| {
        let old = retiring.remove(&token.api_key_id);
        let grace = old.and_then(|old| grace(old, &token));
        let hints = Hints {
            current: token.hint,
            retiring: grace,
        };
        (token.api_key_id, hints)
    };
    Ok(current.into_iter().map(of_key).collect())
}

/// What is said of the last token of keys that have no good one any more.
pub(crate) async fn last_hints(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
) -> Result<HashMap<Uuid, String>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let tokens = Entity::find()
        .filter(Column::ApiKeyId.is_in(keys.iter().copied()))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    // The last of each is what stays.
    let hints = tokens
        .into_iter()
        .map(|token| (token.api_key_id, token.hint));
    Ok(hints.collect())
}

fn grace(old: Model, current: &Model) -> Option<Grace> {
    let quiet_for = old.quiet_for.and_then(|millis| u64::try_from(millis).ok());
    Some(Grace {
        token: old.id,
        hint: old.hint,
        ends_at: at(old.retired_at?),
        quiet_for: quiet_for.map(Duration::from_millis),
        rotated_at: at(current.created_at),
        rotated_by: current.created_by,
    })
}

/// The rotation of a key that is in progress.
pub(crate) async fn in_grace(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    now: Timestamp,
) -> Result<Option<Grace>> {
    let mut hints = hints(db, &[key.uuid()], now).await?;
    Ok(hints.remove(&key.uuid()).and_then(|hints| hints.retiring))
}

/// Ends every token of the key that is being retired.
pub(crate) async fn end_retiring(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    now: Timestamp,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RetiredAt, now.unix_millis().into())
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(Column::RetiredAt.gt(now.unix_millis()))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends the current token of the key at `end`, and every other one `now`.
pub(crate) async fn retire_current(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    now: Timestamp,
    end: Timestamp,
    quiet: Option<Duration>,
) -> Result<()> {
    end_retiring(db, key, now).await?;
    Entity::update_many()
        .col_expr(Column::RetiredAt, end.unix_millis().into())
        .col_expr(Column::QuietFor, quiet.map(millis).into())
        .col_expr(Column::QuietFrom, quiet.map(|_| now.unix_millis()).into())
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(Column::RetiredAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Gives a token that is being retired another end. Of what counts as quiet, only another rule begins anew.
pub(crate) async fn change(
    db: &impl ConnectionTrait,
    before: &Grace,
    after: &Grace,
    now: Timestamp,
) -> Result<()> {
    let mut update =
        Entity::update_many().col_expr(Column::RetiredAt, after.ends_at.unix_millis().into());
    if after.quiet_for != before.quiet_for {
        let from = after.quiet_for.map(|_| now.unix_millis());
        update = update
            .col_expr(Column::QuietFor, after.quiet_for.map(millis).into())
            .col_expr(Column::QuietFrom, from.into());
    }
    update.filter(Column::Id.eq(before.token)).exec(db).await?;
    Ok(())
}

/// A token that was not used for as long as it was to be quiet.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Quiet {
    token_id: Uuid,
    account_id: Uuid,
    api_key_id: Uuid,
    span: i64,
}

impl Quiet {
    pub(crate) fn token(&self) -> Uuid {
        self.token_id
    }

    pub(crate) fn account(&self) -> AccountId {
        AccountId::from_uuid(self.account_id)
    }

    pub(crate) fn key(&self) -> ApiKeyId {
        ApiKeyId::from_uuid(self.api_key_id)
    }

    /// Whether that is so though it was used then.
    pub(crate) fn stays(&self, last_use: Option<Timestamp>, now: Timestamp) -> bool {
        last_use.is_none_or(|last| last.unix_millis() + self.span <= now.unix_millis())
    }
}

/// Tokens that are good now and had, when `told`, been quiet for as long as they were to be, or the one with this
/// id if it is among them; oldest first, a few at a time.
pub(crate) async fn quiet(
    db: &impl ConnectionTrait,
    token: Option<Uuid>,
    told: Timestamp,
    now: Timestamp,
) -> Result<Vec<Quiet>> {
    const AT_ONCE: u64 = 100;
    let (told, now) = (told.unix_millis(), now.unix_millis());
    let due = |since| {
        Expr::col(since)
            .add(Expr::col((Entity, Column::QuietFor)))
            .lte(told)
    };
    let used_at = (token_use::Entity, token_use::Column::UsedAt);
    let unused = Expr::col(used_at).is_null();
    let used = Expr::col(used_at)
        .add(Expr::col((Entity, Column::QuietFor)))
        .lte(told);
    let mut select = Query::select();
    select
        .expr_as(Expr::col((Entity, Column::Id)), "token_id")
        .expr_as(Expr::col((Entity, Column::QuietFor)), "span")
        .columns([(Entity, Column::AccountId), (Entity, Column::ApiKeyId)])
        .from(Entity)
        .left_join(
            token_use::Entity,
            Expr::col((token_use::Entity, token_use::Column::TokenId)).equals((Entity, Column::Id)),
        )
        .and_where(Expr::col((Entity, Column::QuietFor)).is_not_null())
        .and_where(Expr::col((Entity, Column::RetiredAt)).gt(now))
        .and_where(due((Entity, Column::QuietFrom)))
        .and_where(unused.or(used))
        .order_by((Entity, Column::Id), sea_orm::Order::Asc)
        .limit(AT_ONCE);
    if let Some(token) = token {
        select.and_where(Expr::col((Entity, Column::Id)).eq(token));
    }
    let statement = db.get_database_backend().build(&select);
    Ok(Quiet::find_by_statement(statement).all(db).await?)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
