//! What requests with an idempotency key led to.

use contract::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::entity::idempotency_record::{ActiveModel, Column, Entity, Model};
use crate::error::Result;
use crate::idempotency::Claim;
use crate::pepper::Digest;

/// What stands in `status` of a request that was carried out and not answered yet.
pub(crate) const CARRIED_OUT: i64 = 0;

pub(crate) async fn find(db: &impl ConnectionTrait, claim: &Claim) -> Result<Option<Model>> {
    let key = (claim.profile.uuid(), claim.key.0.to_vec());
    Ok(Entity::find_by_id(key).one(db).await?)
}

/// Whether there was none yet.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    claim: &Claim,
    body: &Digest,
    now: Timestamp,
) -> Result<bool> {
    let record = ActiveModel {
        account_id: Set(claim.account.uuid()),
        profile_id: Set(claim.profile.uuid()),
        key_digest: Set(claim.key.0.to_vec()),
        body_digest: Set(body.0.to_vec()),
        status: Set(None),
        answer: Set(None),
        secret: Set(None),
        created_at: Set(now.unix_millis()),
    };
    let keep = OnConflict::columns([Column::ProfileId, Column::KeyDigest])
        .do_nothing()
        .to_owned();
    let inserted = Entity::insert(record).on_conflict(keep);
    Ok(inserted.exec_without_returning(db).await? > 0)
}

pub(crate) async fn set_status(
    db: &impl ConnectionTrait,
    claim: &Claim,
    status: i64,
) -> Result<()> {
    let update = Entity::update_many().col_expr(Column::Status, Expr::value(status));
    of(update, claim).exec(db).await?;
    Ok(())
}

pub(crate) async fn set_answer(
    db: &impl ConnectionTrait,
    claim: &Claim,
    status: i64,
    answer: Vec<u8>,
    secret: Option<Vec<u8>>,
) -> Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::Answer, Expr::value(answer))
        .col_expr(Column::Secret, Expr::value(secret));
    of(update, claim).exec(db).await?;
    Ok(())
}

pub(crate) async fn delete(db: &impl ConnectionTrait, claim: &Claim) -> Result<()> {
    Entity::delete_by_id((claim.profile.uuid(), claim.key.0.to_vec()))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes the records made before `records`, and the secrets of those made before `secrets`.
pub(crate) async fn forget(
    db: &impl ConnectionTrait,
    records: Timestamp,
    secrets: Timestamp,
) -> Result<()> {
    Entity::delete_many()
        .filter(Column::CreatedAt.lte(records.unix_millis()))
        .exec(db)
        .await?;
    Entity::update_many()
        .col_expr(Column::Secret, Expr::value(None::<Vec<u8>>))
        .filter(Column::CreatedAt.lte(secrets.unix_millis()))
        .filter(Column::Secret.is_not_null())
        .exec(db)
        .await?;
    Ok(())
}

fn of<Q: QueryFilter>(query: Q, claim: &Claim) -> Q {
    query
        .filter(Column::ProfileId.eq(claim.profile.uuid()))
        .filter(Column::KeyDigest.eq(claim.key.0.to_vec()))
}
