//! What requests with an idempotency key led to.

use contract::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::entity::idempotency_record::{ActiveModel, Column, Entity, Model};
use crate::error::Result;
use crate::idempotency::Claim;
use crate::pepper::Digest;

/// What stands in `status` of a request that was carried out and not answered yet.
const CARRIED_OUT: i64 = 0;

pub(crate) async fn find(db: &impl ConnectionTrait, claim: &Claim) -> Result<Option<Model>> {
    let key = (claim.profile.uuid(), claim.key.0.to_vec());
    Ok(super::only(db, Entity::find_by_id(key)).await?)
}

/// Whether there was none yet.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    claim: &Claim,
    body: &Digest,
) -> Result<bool> {
    let keep = OnConflict::columns([Column::ProfileId, Column::KeyDigest])
        .do_nothing()
        .to_owned();
    let inserted = Entity::insert(record(claim, body)).on_conflict(keep);
    Ok(inserted.exec_without_returning(db).await? > 0)
}

/// Puts a claim in the place of whatever there is.
pub(crate) async fn replace(db: &impl ConnectionTrait, claim: &Claim, body: &Digest) -> Result<()> {
    Entity::delete_by_id((claim.profile.uuid(), claim.key.0.to_vec()))
        .exec(db)
        .await?;
    Entity::insert(record(claim, body))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

fn record(claim: &Claim, body: &Digest) -> ActiveModel {
    ActiveModel {
        account_id: Set(claim.account.uuid()),
        profile_id: Set(claim.profile.uuid()),
        key_digest: Set(claim.key.0.to_vec()),
        body_digest: Set(body.0.to_vec()),
        status: Set(None),
        answer: Set(None),
        secret: Set(None),
        created_at: Set(claim.at.unix_millis()),
    }
}

/// Whether the claim was still there and under way.
pub(crate) async fn mark_carried_out(db: &impl ConnectionTrait, claim: &Claim) -> Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(CARRIED_OUT))
        .filter(Column::Status.is_null());
    Ok(of(update, claim).exec(db).await?.rows_affected > 0)
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

/// Removes a claim that is under way.
pub(crate) async fn delete(db: &impl ConnectionTrait, claim: &Claim) -> Result<()> {
    let delete = Entity::delete_many().filter(Column::Status.is_null());
    of(delete, claim).exec(db).await?;
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

/// This claim, not one that took its place.
fn of<Q: QueryFilter>(query: Q, claim: &Claim) -> Q {
    query
        .filter(Column::CreatedAt.eq(claim.at.unix_millis()))
        .filter(Column::ProfileId.eq(claim.profile.uuid()))
        .filter(Column::KeyDigest.eq(claim.key.0.to_vec()))
}
