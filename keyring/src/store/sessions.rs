//! Signed-in browsers.

use contract::{AccountId, ProfileId, SessionId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder,
};

use crate::caller::Origin;
use crate::entity::session::{ActiveModel, Column, Entity, Model};
use crate::error::Result;
use crate::pepper::Digest;

pub(crate) struct NewSession<'a> {
    pub(crate) id: SessionId,
    pub(crate) account: AccountId,
    pub(crate) profile: ProfileId,
    pub(crate) digest: Digest,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// When it gave a code of the second factor.
    pub(crate) confirmed_at: Option<Timestamp>,
    pub(crate) origin: &'a Origin,
}

pub(crate) async fn insert(db: &impl ConnectionTrait, new: NewSession<'_>) -> Result<()> {
    let session = ActiveModel {
        id: Set(new.id.uuid()),
        account_id: Set(new.account.uuid()),
        profile_id: Set(new.profile.uuid()),
        digest: Set(new.digest.0.to_vec()),
        created_at: Set(new.now.unix_millis()),
        last_seen_at: Set(new.now.unix_millis()),
        expires_at: Set(new.expires_at.unix_millis()),
        address: Set(new.origin.address.map(|address| address.to_string())),
        user_agent: Set(new.origin.user_agent.clone()),
        confirmed_at: Set(new.confirmed_at.map(Timestamp::unix_millis)),
    };
    session.insert(db).await?;
    Ok(())
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: SessionId) -> Result<Option<Model>> {
    Ok(super::only(db, Entity::find_by_id(id.uuid())).await?)
}

pub(crate) async fn find_by_digest(
    db: &impl ConnectionTrait,
    digest: &Digest,
) -> Result<Option<Model>> {
    let session = Entity::find().filter(Column::Digest.eq(digest.0.to_vec()));
    Ok(super::only(db, session).await?)
}

pub(crate) async fn touch(db: &impl ConnectionTrait, id: SessionId, now: Timestamp) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LastSeenAt, now.unix_millis().into())
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::LastSeenAt.lt(now.unix_millis()))
        .exec(db)
        .await?;
    Ok(())
}

/// Those of a person that are not over, who was there last first.
pub(crate) async fn of_person(
    db: &impl ConnectionTrait,
    profile: ProfileId,
    seen_since: Timestamp,
    now: Timestamp,
) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::ProfileId.eq(profile.uuid()))
        .filter(Column::ExpiresAt.gt(now.unix_millis()))
        .filter(Column::LastSeenAt.gt(seen_since.unix_millis()))
        .order_by_desc(Column::LastSeenAt)
        .order_by_desc(Column::Id)
        .all(db)
        .await?)
}

/// All of a person, or all but one; how many there were.
pub(crate) async fn delete_of(
    db: &impl ConnectionTrait,
    profile: ProfileId,
    but: Option<SessionId>,
) -> Result<u64> {
    let mut theirs = Entity::delete_many().filter(Column::ProfileId.eq(profile.uuid()));
    if let Some(kept) = but {
        theirs = theirs.filter(Column::Id.ne(kept.uuid()));
    }
    Ok(theirs.exec(db).await?.rows_affected)
}

pub(crate) async fn delete(db: &impl ConnectionTrait, id: SessionId) -> Result<()> {
    Entity::delete_by_id(id.uuid()).exec(db).await?;
    Ok(())
}

pub(crate) async fn delete_expired(db: &impl ConnectionTrait, now: Timestamp) -> Result<()> {
    Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now.unix_millis()))
        .exec(db)
        .await?;
    Ok(())
}
