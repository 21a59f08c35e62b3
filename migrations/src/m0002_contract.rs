//! What the whole of the REST contract needs: searching, batches of changes, and indexes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Whole or not at all, in SQLite as well.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let own = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("m0002_contract_postgres.sql"),
            _ => include_str!("m0002_contract_sqlite.sql"),
        };
        super::run(manager, include_str!("m0002_contract.sql")).await?;
        manager.get_connection().execute_unprepared(own).await?;
        Ok(())
    }
}
