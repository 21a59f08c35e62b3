//! Who did what to which thing.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub sequence: i64,
    pub created_at: i64,
    pub actor_id: Uuid,
    pub actor_name: String,
    pub entrance: String,
    pub action: String,
    pub target: String,
    pub target_name: String,
    pub details: Json,
    pub request_id: Option<String>,
    pub address: Option<String>,
    pub batch_id: Option<Uuid>,
    pub leads: bool,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
