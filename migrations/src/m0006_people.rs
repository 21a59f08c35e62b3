//! People come by invitation, and go.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// It opens its own: within one SQLite cannot stop looking after foreign keys, which making a table
    /// anew needs.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // That it was done is written down in a transaction of its own, which may not have come about.
        if manager.has_table("invitation").await? {
            return Ok(());
        }
        let backend = manager.get_database_backend();
        let own = match backend {
            DbBackend::Postgres => include_str!("m0006_people_postgres.sql"),
            _ => include_str!("m0006_people_sqlite.sql"),
        };
        let common = super::dialect(include_str!("m0006_people.sql"), backend);
        let db = manager.get_connection();
        let script = format!("{own}\n{common}");
        if backend == DbBackend::Postgres {
            // Statements that are sent together are one transaction.
            db.execute_unprepared(&script).await?;
            return Ok(());
        }
        let script = format!("BEGIN;\n{script}\nCOMMIT;");
        // There is one writing connection, so all of this is said to the same.
        db.execute_unprepared("PRAGMA foreign_keys = OFF").await?;
        let made = db.execute_unprepared(&script).await;
        if made.is_err() {
            // What went wrong first is what matters.
            let _ = db.execute_unprepared("ROLLBACK").await;
        }
        db.execute_unprepared("PRAGMA foreign_keys = ON").await?;
        made.map(drop)
    }
}
