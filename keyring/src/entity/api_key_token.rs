//! The digest of a token, never the token.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub api_key_id: Uuid,
    pub digest: Vec<u8>,
    pub pepper_id: String,
    pub hint: String,
    pub created_by: Uuid,
    pub created_at: i64,
    pub retired_at: Option<i64>,
    pub quiet_for: Option<i64>,
    pub quiet_from: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
