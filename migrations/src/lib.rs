//! The schema's history. Each migration is written once, in SQL; [`dialect`] puts in the words in
//! which SQLite and PostgreSQL differ. Knows no entity: a migration means the same for ever,
//! whatever the code around it becomes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

mod m0001_initial;
mod m0002_contract;
mod m0003_usage;
mod m0004_audit_chain;
mod m0005_lifecycle;
mod m0006_people;
mod m0007_views;
mod m0008_factor;
mod m0009_usage_pending;
mod m0010_usage_spans;

/// Brings a database to the present schema.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_initial::Migration),
            Box::new(m0002_contract::Migration),
            Box::new(m0003_usage::Migration),
            Box::new(m0004_audit_chain::Migration),
            Box::new(m0005_lifecycle::Migration),
            Box::new(m0006_people::Migration),
            Box::new(m0007_views::Migration),
            Box::new(m0008_factor::Migration),
            Box::new(m0009_usage_pending::Migration),
            Box::new(m0010_usage_spans::Migration),
        ]
    }
}

/// Carries a script out, in the words of the database that it is for.
async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let script = dialect(script, manager.get_database_backend());
    manager.get_connection().execute_unprepared(&script).await?;
    Ok(())
}

/// Puts the column types of one database into a script. Times are milliseconds since the Unix
/// epoch; SQLite's STRICT tables know no more types than these.
fn dialect(script: &str, backend: DbBackend) -> String {
    let words = match backend {
        DbBackend::Postgres => [
            ("{id}", "uuid"),
            ("{instant}", "bigint"),
            ("{count}", "bigint"),
            ("{bool}", "boolean"),
            ("{json}", "jsonb"),
            ("{bytes}", "bytea"),
            ("{strict}", ""),
            ("{newline}", "chr(10)"),
            ("{nil}", "'00000000-0000-0000-0000-000000000000'::uuid"),
            ("{last}", "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid"),
        ],
        _ => [
            ("{id}", "BLOB"),
            ("{instant}", "INTEGER"),
            ("{count}", "INTEGER"),
            ("{bool}", "INTEGER"),
            ("{json}", "TEXT"),
            ("{bytes}", "BLOB"),
            ("{strict}", "STRICT"),
            ("{newline}", "char(10)"),
            ("{nil}", "zeroblob(16)"),
            ("{last}", "x'ffffffffffffffffffffffffffffffff'"),
        ],
    };
    words
        .iter()
        .fold(script.to_owned(), |script, (word, meaning)| {
            script.replace(word, meaning)
        })
}
