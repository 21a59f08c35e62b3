//! A key; its tokens are rows of their own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub profile_id: Uuid,
    pub name: String,
    pub description: Option<String>,
    pub external_id: Option<String>,
    pub labels: Json,
    pub permissions: String,
    pub system: bool,
    pub all_workspaces: bool,
    pub state: String,
    pub search: String,
    pub created_by: Uuid,
    pub owner_id: Uuid,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub revoked_at: Option<i64>,
    pub revoked_by: Option<Uuid>,
    pub disabled_at: Option<i64>,
    pub disabled_by: Option<Uuid>,
    pub disabled_reason: Option<String>,
    pub revoked_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
