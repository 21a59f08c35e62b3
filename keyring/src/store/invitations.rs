//! Links that let somebody in; a person has one at the most.

use std::collections::HashMap;

use contract::{AccountId, ProfileId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
};
use uuid::Uuid;

use crate::entity::invitation::{ActiveModel, Column, Entity, Model};
use crate::error::Result;
use crate::pepper::Digest;

pub(crate) struct NewInvitation {
    pub(crate) id: Uuid,
    pub(crate) account: AccountId,
    pub(crate) profile: ProfileId,
    pub(crate) digest: Digest,
    pub(crate) by: ProfileId,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// In the place of the one before, if there was any.
pub(crate) async fn put(db: &impl ConnectionTrait, new: NewInvitation) -> Result<()> {
    delete(db, new.profile).await?;
    let invitation = ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account.uuid()),
        profile_id: Set(new.profile.uuid()),
        digest: Set(new.digest.0.to_vec()),
        created_by: Set(new.by.uuid()),
        created_at: Set(new.now.unix_millis()),
        expires_at: Set(new.expires_at.unix_millis()),
    };
    invitation.insert(db).await?;
    Ok(())
}

pub(crate) async fn find_by_digest(
    db: &impl ConnectionTrait,
    digest: &Digest,
) -> Result<Option<Model>> {
    let invitation = Entity::find().filter(Column::Digest.eq(digest.0.to_vec()));
    Ok(super::only(db, invitation).await?)
}

/// Those of these people, by person.
pub(crate) async fn of_people(
    db: &impl ConnectionTrait,
    people: Vec<Uuid>,
) -> Result<HashMap<Uuid, Model>> {
    let found = Entity::find()
        .filter(Column::ProfileId.is_in(people))
        .all(db)
        .await?;
    let by_person = |row: Model| (row.profile_id, row);
    Ok(found.into_iter().map(by_person).collect())
}

/// Whether there was one.
pub(crate) async fn delete(db: &impl ConnectionTrait, profile: ProfileId) -> Result<bool> {
    let gone = Entity::delete_many()
        .filter(Column::ProfileId.eq(profile.uuid()))
        .exec(db)
        .await?;
    Ok(gone.rows_affected > 0)
}
