//! How a database is opened, and what is asserted about it.

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{self, Row};
use sea_orm::{SqlxPostgresConnector, SqlxSqliteConnector};

use super::Database;
use crate::data_dir;

/// The oldest SQLite that is trusted with data: before it, a WAL reset could corrupt the file.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];
const READERS: u32 = 8;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data directory {path} cannot be used: {cause}")]
    DataDir { path: PathBuf, cause: io::Error },
    #[error("the database file {path} cannot be used: {cause}")]
    File { path: PathBuf, cause: io::Error },
    #[error("another Keyrack is using the database {0}; stop it, or give this one its own")]
    Locked(PathBuf),
    #[error("the database URL must begin with sqlite: or postgres:")]
    UnknownScheme,
    #[error("the database cannot be opened: {0}")]
    Database(#[from] sqlx::Error),
    #[error("SQLite {0} is too old: 3.51.3 or newer is needed")]
    OldSqlite(String),
    #[error("SQLite did not take the setting {name}: it says {is}, not {wanted}")]
    Pragma {
        name: &'static str,
        is: String,
        wanted: &'static str,
    },
    #[error(transparent)]
    Pepper(#[from] crate::pepper::PepperError),
}

impl Database {
    /// Opens what [`crate::Options::database_url`] says. An SQLite file is made and locked.
    pub(crate) async fn open(url: &str, dir: &Path) -> Result<Self, OpenError> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Self::open_postgres(url).await;
        }
        match url.strip_prefix("sqlite:") {
            None => Err(OpenError::UnknownScheme),
            Some("") => Self::open_sqlite(&dir.join(data_dir::DATABASE)).await,
            Some(path) => Self::open_sqlite(path.strip_prefix("//").unwrap_or(path).as_ref()).await,
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self, OpenError> {
        let unusable = |cause| OpenError::File {
            path: path.to_owned(),
            cause,
        };
        let file = data_dir::make_private_file(path).map_err(unusable)?;
        let lock = data_dir::lock(&file).map_err(unusable)?;
        let lock = lock.ok_or_else(|| OpenError::Locked(path.to_owned()))?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        // Nothing lies between us and the file that could break while a connection is idle.
        let pool = || SqlitePoolOptions::new().test_before_acquire(false);
        let writer = pool()
            .max_connections(1)
            // What a statement would take back if it failed is kept in memory: it is little, and in a file
            // it would lie outside the data directory, made and removed with every change.
            .connect_with(options.clone().pragma("temp_store", "MEMORY"))
            .await?;
        assert_sqlite(&writer).await?;
        let reader = pool()
            .max_connections(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Self::new(
            SqlxSqliteConnector::from_sqlx_sqlite_pool(reader),
            SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
            None,
            Some(lock),
        ))
    }

    async fn open_postgres(url: &str) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url)?.application_name("keyrack");
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options)
            .await?;
        let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        Ok(Self::new(connection.clone(), connection, Some(pool), None))
    }
}

/// What was asked for is what is: a pragma that SQLite does not take is silently ignored by it.
async fn assert_sqlite(pool: &sqlx::SqlitePool) -> Result<(), OpenError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(pool)
        .await?;
    let numbers: Vec<u32> = version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect();
    if numbers.as_slice() < OLDEST_SQLITE.as_slice() {
        return Err(OpenError::OldSqlite(version));
    }
    for (name, query, wanted) in [
        ("journal_mode", "PRAGMA journal_mode", "wal"),
        ("synchronous", "PRAGMA synchronous", "2"),
        ("foreign_keys", "PRAGMA foreign_keys", "1"),
        ("temp_store", "PRAGMA temp_store", "2"),
    ] {
        let row = sqlx::query(query).fetch_one(pool).await?;
        let is = row
            .try_get::<String, _>(0)
            .or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string()))?;
        if is != wanted {
            return Err(OpenError::Pragma { name, is, wanted });
        }
    }
    Ok(())
}
