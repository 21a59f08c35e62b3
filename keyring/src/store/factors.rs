//! The second factors of people, and the codes for when they are lost.

use contract::{ProfileId, SessionId, Timestamp};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter,
};

use crate::entity::{profile, recovery_code, session};
use crate::error::Result;
use crate::pepper::Digest;

/// Somebody sets one up: it does not count yet.
pub(crate) async fn begin(
    db: &impl ConnectionTrait,
    person: &profile::Model,
    salt: &[u8],
) -> Result<()> {
    set(db, person, Some(salt), None).await
}

/// It counts from now on.
pub(crate) async fn turn_on(
    db: &impl ConnectionTrait,
    person: &profile::Model,
    now: Timestamp,
) -> Result<()> {
    let changed = profile::ActiveModel {
        id: Set(person.id),
        factor_since: Set(Some(now.unix_millis())),
        ..Default::default()
    };
    changed.update(db).await?;
    Ok(())
}

/// Nothing of it is left.
pub(crate) async fn forget(db: &impl ConnectionTrait, person: &profile::Model) -> Result<()> {
    set(db, person, None, None).await?;
    delete_codes(db, person).await?;
    session::Entity::update_many()
        .col_expr(session::Column::ConfirmedAt, Option::<i64>::None.into())
        .filter(session::Column::ProfileId.eq(person.id))
        .exec(db)
        .await?;
    Ok(())
}

async fn set(
    db: &impl ConnectionTrait,
    person: &profile::Model,
    salt: Option<&[u8]>,
    since: Option<Timestamp>,
) -> Result<()> {
    let changed = profile::ActiveModel {
        id: Set(person.id),
        factor_salt: Set(salt.map(<[u8]>::to_vec)),
        factor_since: Set(since.map(Timestamp::unix_millis)),
        factor_step: Set(None),
        ..Default::default()
    };
    changed.update(db).await?;
    Ok(())
}

/// Takes the code of a time step; whether no code of it or of a later one was taken before.
pub(crate) async fn take_step(
    db: &impl ConnectionTrait,
    person: ProfileId,
    step: i64,
) -> Result<bool> {
    use profile::{Column, Entity};
    let fresh = Column::FactorStep.is_null().or(Column::FactorStep.lt(step));
    let taken = Entity::update_many()
        .col_expr(Column::FactorStep, step.into())
        .filter(Column::Id.eq(person.uuid()))
        .filter(fresh)
        .exec(db)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Uses a recovery code up; whether it was one that is not used.
pub(crate) async fn take_code(
    db: &impl ConnectionTrait,
    person: ProfileId,
    digest: &Digest,
    now: Timestamp,
) -> Result<bool> {
    use recovery_code::{Column, Entity};
    let taken = Entity::update_many()
        .col_expr(Column::UsedAt, now.unix_millis().into())
        .filter(Column::ProfileId.eq(person.uuid()))
        .filter(Column::Digest.eq(digest.0.to_vec()))
        .filter(Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// These recovery codes and no others.
pub(crate) async fn put_codes(
    db: &impl ConnectionTrait,
    person: &profile::Model,
    digests: Vec<Digest>,
) -> Result<()> {
    delete_codes(db, person).await?;
    let row = |digest: Digest| recovery_code::ActiveModel {
        account_id: Set(person.account_id),
        profile_id: Set(person.id),
        digest: Set(digest.0.to_vec()),
        used_at: Set(None),
    };
    let rows = digests.into_iter().map(row).collect();
    super::insert_all::<recovery_code::Entity, _>(db, rows).await?;
    Ok(())
}

/// How many recovery codes of somebody are not used.
pub(crate) async fn codes_left(db: &impl ConnectionTrait, person: ProfileId) -> Result<u64> {
    use recovery_code::{Column, Entity};
    let left = Entity::find()
        .filter(Column::ProfileId.eq(person.uuid()))
        .filter(Column::UsedAt.is_null());
    Ok(left.count(db).await?)
}

async fn delete_codes(db: &impl ConnectionTrait, person: &profile::Model) -> Result<()> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::ProfileId.eq(person.id))
        .exec(db)
        .await?;
    Ok(())
}

/// The session has given a code.
pub(crate) async fn confirm(
    db: &impl ConnectionTrait,
    session: SessionId,
    now: Timestamp,
) -> Result<()> {
    use session::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::ConfirmedAt, now.unix_millis().into())
        .filter(Column::Id.eq(session.uuid()))
        .exec(db)
        .await?;
    Ok(())
}
