//! The two databases behind one door: how they are opened, what is asserted about them, and how a
//! transaction begins, is tried again, and ends.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use migrations::Migrator;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{self, PgPool, Row};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel, RuntimeErr,
    SqliteTransactionMode, SqlxPostgresConnector, SqlxSqliteConnector, TransactionOptions,
    TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use crate::cache::{Cache, Changed};
use crate::clock::Entropy;
use crate::data_dir;
use crate::error::{Error, Result};

/// The oldest SQLite that is trusted with data: before it, a WAL reset could corrupt the file.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];
const READERS: u32 = 8;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a transaction is tried again after the database called it off.
const MOST_TRIES: u32 = 8;
/// Any number, as long as every node uses the same one.
const MIGRATION_LOCK: i64 = 0x6b65_7972_6163_6b31;

pub(crate) struct Database {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    postgres: Option<PgPool>,
    /// What was read for verdicts. Not with PostgreSQL, which other nodes change as well.
    cache: Option<Arc<Cache>>,
    /// Held for as long as the process lives; the operating system lets go of it with the process.
    _lock: Option<File>,
    #[cfg(test)]
    statements: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

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
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        assert_sqlite(&writer).await?;
        let reader = SqlitePoolOptions::new()
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

    fn new(
        #[cfg_attr(not(test), expect(unused_mut, reason = "only tests listen in"))]
        mut reader: DatabaseConnection,
        writer: DatabaseConnection,
        postgres: Option<sqlx::PgPool>,
        lock: Option<File>,
    ) -> Self {
        #[cfg(test)]
        let statements = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        #[cfg(test)]
        {
            let statements = statements.clone();
            reader.set_metric_callback(move |_| {
                statements.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            });
        }
        Self {
            reader,
            writer,
            cache: postgres.is_none().then(Arc::default),
            postgres,
            _lock: lock,
            #[cfg(test)]
            statements,
        }
    }

    /// How many statements have been read with so far.
    #[cfg(test)]
    pub(crate) fn statements(&self) -> usize {
        self.statements.load(std::sync::atomic::Ordering::SeqCst)
    }

    /// For reading outside a transaction.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// What was read for verdicts, where it may be believed.
    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.cache.as_deref()
    }

    /// For breaking things on purpose.
    #[cfg(test)]
    pub(crate) fn writer_for_tests(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Brings the schema up to date. On PostgreSQL one node migrates and the others wait for it.
    pub(crate) async fn migrate(&self) -> Result<()> {
        let Some(pool) = &self.postgres else {
            return Ok(Migrator::up(&self.writer, None).await?);
        };
        let mut holder = pool.acquire().await.map_err(Error::unavailable)?;
        for wait in 0.. {
            let locked: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
                .bind(MIGRATION_LOCK)
                .fetch_one(&mut *holder)
                .await
                .map_err(Error::unavailable)?;
            if locked {
                break;
            }
            if wait == 600 {
                return Err(Error::unavailable(
                    "another node has been migrating for a minute",
                ));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let migrated = Migrator::up(&self.writer, None).await;
        let unlocked = sqlx::query("SELECT pg_advisory_unlock($1)")
            .bind(MIGRATION_LOCK)
            .execute(&mut *holder)
            .await;
        migrated?;
        unlocked.map_err(Error::internal)?;
        Ok(())
    }

    /// One transaction, from beginning to commit, tried again as a whole when the database called
    /// it off (serialization failure, deadlock). `work` must be able to run more than once.
    pub(crate) async fn transaction<T, F>(
        &self,
        entropy: &Entropy,
        work: impl Fn(Txn) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.attempt(&work).await {
                Err(error) if tries < MOST_TRIES && called_off(&error) => {
                    pause(entropy, tries).await;
                }
                Err(error) if called_off(&error) => return Err(Error::aborted(error)),
                outcome => return outcome,
            }
        }
    }

    async fn attempt<T, F>(&self, work: impl Fn(Txn) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let options = match self.postgres {
            Some(_) => TransactionOptions {
                isolation_level: Some(IsolationLevel::Serializable),
                ..Default::default()
            },
            None => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            },
        };
        let txn = Txn::new(self.writer.begin_with_options(options).await?);
        let outcome = work(txn.clone()).await;
        let (txn, changed) = txn.into_parts()?;
        match outcome {
            Ok(value) => {
                self.commit(txn, changed).await?;
                Ok(value)
            }
            Err(error) => {
                // What went wrong first is what matters; a transaction that cannot be rolled back
                // is gone with its connection.
                let _ = txn.rollback().await;
                Err(error)
            }
        }
    }

    /// Commits, and only then announces what was changed. In a task of its own: the request may be called
    /// off in between, and what is committed must be announced.
    async fn commit(&self, txn: DatabaseTransaction, changed: HashSet<Changed>) -> Result<()> {
        let cache = self.cache.clone();
        let committed = tokio::spawn(async move {
            let committed = txn.commit().await;
            // Whatever came of it: not to be believed costs a reading, nothing else.
            if let Some(cache) = cache {
                cache.forget(&changed);
            }
            committed
        });
        Ok(committed.await.map_err(Error::internal)??)
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<()> {
        self.reader
            .execute_unprepared("SELECT 1")
            .await
            .map_err(Error::unavailable)?;
        Ok(())
    }
}

/// A transaction, and what was changed in it. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Txn(Arc<Transaction>);

struct Transaction {
    database: DatabaseTransaction,
    changed: Mutex<HashSet<Changed>>,
}

impl Txn {
    fn new(database: DatabaseTransaction) -> Self {
        Self(Arc::new(Transaction {
            database,
            changed: Mutex::default(),
        }))
    }

    /// Announced when the transaction is committed.
    pub(crate) fn note(&self, changed: Changed) {
        let mut noted = self
            .0
            .changed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        noted.insert(changed);
    }

    fn into_parts(self) -> Result<(DatabaseTransaction, HashSet<Changed>)> {
        let Transaction { database, changed } = Arc::into_inner(self.0)
            .ok_or_else(|| Error::internal("a transaction was kept beyond its work"))?;
        let changed = changed.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok((database, changed))
    }
}

impl Deref for Txn {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.0.database
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

/// SQLSTATE 40001 (serialization failure) and 40P01 (deadlock): trying the whole transaction again
/// is what the database asks for.
fn called_off(error: &Error) -> bool {
    let Some(DbErr::Exec(cause) | DbErr::Query(cause) | DbErr::Conn(cause)) = error
        .cause()
        .and_then(|cause| cause.downcast_ref::<DbErr>())
    else {
        return false;
    };
    let RuntimeErr::SqlxError(error) = cause else {
        return false;
    };
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == "40001" || code == "40P01")
}

/// A short wait that grows, with chance in it, so that two transactions do not meet again.
async fn pause(entropy: &Entropy, tries: u32) {
    let longest = 5_u64 << tries.min(6);
    let chance = u64::from_le_bytes(entropy.bytes());
    tokio::time::sleep(Duration::from_millis(1 + chance % longest)).await;
}

/// Whether the error is a unique violation of a constraint or column with that name in it.
/// PostgreSQL names the constraint, SQLite the columns.
pub(crate) fn violates(error: &DbErr, name: &str) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(text)) if text.contains(name))
}

/// What a refused insert or update of something with an external id means.
pub(crate) fn duplicate(error: DbErr) -> Error {
    if violates(&error, "external_id") {
        Error::duplicate_external_id()
    } else {
        error.into()
    }
}
