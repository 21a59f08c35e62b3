//! Digests of tokens. A key has one current token, and may have one that is being retired.

use std::collections::HashMap;

use contract::resource::RetiringToken;
use contract::{AccountId, ApiKeyId, ProfileId, Timestamp};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
};
use uuid::Uuid;

use crate::entity::api_key_token::{ActiveModel, Column, Entity, Model};
use crate::error::Result;
use crate::pepper::Digest;

pub(crate) struct NewToken<'a> {
    pub(crate) id: Uuid,
    pub(crate) account: AccountId,
    pub(crate) key: ApiKeyId,
    pub(crate) digest: Digest,
    pub(crate) pepper_id: &'a str,
    pub(crate) hint: &'a str,
    pub(crate) created_by: ProfileId,
    pub(crate) now: Timestamp,
}

pub(crate) async fn insert(db: &impl ConnectionTrait, new: NewToken<'_>) -> Result<()> {
    let token = ActiveModel {
        id: Set(new.id),
        account_id: Set(new.account.uuid()),
        api_key_id: Set(new.key.uuid()),
        digest: Set(new.digest.0.to_vec()),
        pepper_id: Set(new.pepper_id.to_owned()),
        hint: Set(new.hint.to_owned()),
        created_by: Set(new.created_by.uuid()),
        created_at: Set(new.now.unix_millis()),
        retired_at: Set(None),
    };
    token.insert(db).await?;
    Ok(())
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

pub(crate) async fn find_by_digest(
    db: &impl ConnectionTrait,
    digest: &Digest,
) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::Digest.eq(digest.0.to_vec()))
        .one(db)
        .await?)
}

/// Ends every token of the key that is still good.
pub(crate) async fn retire_all(
    db: &impl ConnectionTrait,
    key: ApiKeyId,
    now: Timestamp,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RetiredAt, now.unix_millis().into())
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(
            Column::RetiredAt
                .is_null()
                .or(Column::RetiredAt.gt(now.unix_millis())),
        )
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
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::RetiredAt, now.unix_millis().into())
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(Column::RetiredAt.gt(now.unix_millis()))
        .exec(db)
        .await?;
    Entity::update_many()
        .col_expr(Column::RetiredAt, end.unix_millis().into())
        .filter(Column::ApiKeyId.eq(key.uuid()))
        .filter(Column::RetiredAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// What is said of a key's good tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hints {
    pub(crate) current: String,
    pub(crate) retiring: Option<RetiringToken>,
}

/// The hints of each key's good tokens.
pub(crate) async fn hints(
    db: &impl ConnectionTrait,
    keys: &[Uuid],
    now: Timestamp,
) -> Result<HashMap<Uuid, Hints>> {
    let tokens = Entity::find()
        .filter(Column::ApiKeyId.is_in(keys.iter().copied()))
        .filter(
            Column::RetiredAt
                .is_null()
                .or(Column::RetiredAt.gt(now.unix_millis())),
        )
        .all(db)
        .await?;
    let mut hints: HashMap<Uuid, Hints> = HashMap::new();
    for token in tokens {
        let of_key = hints.entry(token.api_key_id).or_default();
        match token.retired_at {
            None => of_key.current = token.hint,
            Some(at) => {
                of_key.retiring = Some(RetiringToken {
                    hint: token.hint,
                    expires_at: super::at(at),
                    last_used_at: None,
                });
            }
        }
    }
    Ok(hints)
}
