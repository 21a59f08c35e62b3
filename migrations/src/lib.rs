//! The schema's history. Each migration is written once, in SQL; [`dialect`] puts in the words in
//! which SQLite and PostgreSQL differ. Knows no entity: a migration means the same for ever,
//! whatever the code around it becomes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

mod m0002_contract;
mod m0004_audit_chain;
mod m0006_people;

/// A migration that is one script. Databases remember it by its name.
struct Script {
    name: &'static str,
    sql: &'static str,
}

/// The script in the file of that name.
macro_rules! script {
    ($name:literal) => {
        Box::new(Script {
            name: $name,
            sql: include_str!(concat!($name, ".sql")),
        })
    };
}

impl MigrationName for Script {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Script {
    /// Whole or not at all, in SQLite as well.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, self.sql).await
    }
}

/// Brings a database to the present schema.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            script!("m0001_initial"),
            Box::new(m0002_contract::Migration),
            script!("m0003_usage"),
            Box::new(m0004_audit_chain::Migration),
            script!("m0005_lifecycle"),
            Box::new(m0006_people::Migration),
            script!("m0007_views"),
            script!("m0008_factor"),
            script!("m0009_usage_pending"),
            script!("m0010_usage_spans"),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Under another name one would be carried out again where it was carried out before.
    #[test]
    fn databases_know_the_migrations_by_their_names() {
        let migrations = Migrator::migrations();
        let names: Vec<_> = migrations.iter().map(|one| one.name()).collect();
        assert_eq!(
            names,
            [
                "m0001_initial",
                "m0002_contract",
                "m0003_usage",
                "m0004_audit_chain",
                "m0005_lifecycle",
                "m0006_people",
                "m0007_views",
                "m0008_factor",
                "m0009_usage_pending",
                "m0010_usage_spans",
            ]
        );
    }
}
