//! A principal: a person, a key, or the system.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profile")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub kind: String,
    pub name: String,
    pub email: Option<String>,
    pub role: Option<String>,
    pub password_hash: Option<String>,
    pub created_by: Uuid,
    pub created_at: i64,
    pub disabled_at: Option<i64>,
    pub search: String,
    pub last_seen_at: Option<i64>,
    pub removed_at: Option<i64>,
    pub removed_by: Option<Uuid>,
    /// What the secret of the second factor is derived from, with the pepper.
    pub factor_salt: Option<Vec<u8>>,
    /// Since when it counts.
    pub factor_since: Option<i64>,
    /// The last time step whose code was taken.
    pub factor_step: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
